import type { Suite } from '../suites/suite.ts';

/** Money is in minor units as `bigint`, times are whole seconds since 1970, ids are 32 bytes. */

/** Proof of possession of a device key (spec/documents.md §2, type 1). */
export interface Enrolment {
  readonly type: 'enrolment';
  readonly bank: string;
  readonly account: string;
  readonly challenge: Uint8Array;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  /** The lasting key of a printed code's till, a compressed P-256 point. */
  readonly ecdhKey: Uint8Array | undefined;
  readonly role: Role;
  readonly time: number;
}

export type Role = 'payer' | 'payee' | 'both';

/** Whether a payment answers a fresh request or a printed code (spec/documents.md §3). */
export type Mode = 'dynamic' | 'static';

/** The bank's word that a wallet and a verified name belong to one device key (type 2). */
export interface Credential {
  readonly type: 'credential';
  readonly issuerKey: number;
  readonly serial: number;
  readonly wallet: number;
  readonly name: string;
  readonly town: string;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly mode: Mode;
  readonly till: number;
  /** Present exactly where the mode is static: a dynamic request brings its own. */
  readonly ecdhKey: Uint8Array | undefined;
  readonly currency: number;
  readonly from: number;
  readonly until: number;
  readonly minVersion: number;
}

/** One allowance per device and journal nonce is asked for with this (type 3). */
export interface AllowanceRequest {
  readonly type: 'allowance-request';
  readonly bank: string;
  readonly account: string;
  readonly keyHash: Uint8Array;
  readonly journalNonce: Uint8Array;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly challenge: Uint8Array;
}

/** The bank-signed right to spend offline up to a limit that the bank has reserved (type 4). */
export interface Allowance {
  readonly type: 'allowance';
  readonly issuerKey: number;
  readonly serial: number;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly journalNonce: Uint8Array;
  readonly currency: number;
  readonly limitMinor: bigint;
  readonly perPaymentMinor: bigint;
  readonly count: number;
  readonly firstSequence: number;
  readonly from: number;
  readonly until: number;
  readonly claimUntil: number;
  readonly policyEpoch: number;
  readonly minVersion: number;
}

/** What a payee asks, once; its ECDH key is also its challenge (type 5). */
export interface PaymentRequest {
  readonly type: 'request';
  readonly currency: number;
  /** Absent: the payer chooses the amount. */
  readonly amountMinor: bigint | undefined;
  readonly ecdhKey: Uint8Array;
  readonly until: number;
  readonly mode: 'dynamic';
  readonly bulletinVersion: number;
}

/** What a payer signs (type 6). */
export interface Payment {
  readonly type: 'payment';
  readonly sequence: number;
  readonly amountMinor: bigint;
  readonly currency: number;
  /** Spent under the allowance so far, this payment included. */
  readonly spentMinor: bigint;
  /** Id of the payment with the sequence before; for the first, the allowance's id. */
  readonly previous: Uint8Array;
  readonly payeeWallet: number;
  readonly mode: Mode;
  /** Id of the request (dynamic) or of the printed credential (static). */
  readonly bind: Uint8Array;
  readonly salt: Uint8Array;
  /** The phone's clock; decides nothing. */
  readonly claimedAt: number;
}

/** The payee verified and took a payment offline; it does not say settled (type 7). */
export interface Receipt {
  readonly type: 'receipt';
  readonly paymentId: Uint8Array;
  readonly amountMinor: bigint;
  readonly verdict: 'accepted';
  readonly time: number;
  readonly bulletinVersion: number;
}

/** The bank has these bytes since that time (type 8). */
export interface UploadReceipt {
  readonly type: 'upload-receipt';
  readonly issuerKey: number;
  readonly sha256: Uint8Array;
  readonly uploader: string;
  readonly receivedAt: number;
}

/** Money moved; names the leaf of the log that says so (type 9). */
export interface SettlementReceipt {
  readonly type: 'settlement-receipt';
  readonly issuerKey: number;
  readonly paymentId: Uint8Array;
  readonly allowanceId: Uint8Array;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly payeeWallet: number;
  readonly settledAt: number;
  readonly logId: Uint8Array;
  readonly position: number;
}

/** The payee gives money of one payment back, to the payer's current wallet (type 10). */
export interface Refund {
  readonly type: 'refund';
  readonly paymentId: Uint8Array;
  /** Counts 1, 2, … for each payment. */
  readonly number: number;
  readonly amountMinor: bigint;
  readonly currency: number;
  /** Refunded of this payment so far, this refund included. */
  readonly cumulativeMinor: bigint;
  /** Id of the refund before; for the first, the payment's id. */
  readonly previous: Uint8Array;
}

/** "I sign no more under this allowance"; moves no money (type 11). */
export interface Return {
  readonly type: 'return';
  /** Of the last payment signed; the first sequence less one where there was none. */
  readonly lastSequence: number;
  readonly totalMinor: bigint;
  readonly head: Uint8Array;
  readonly journalNonce: Uint8Array;
}

/** What the bank tells everybody who verifies offline (type 12). */
export interface Bulletin {
  readonly type: 'bulletin';
  readonly issuerKey: number;
  /** Counts up by one; a verifier refuses one lower than the highest it has seen. */
  readonly version: number;
  readonly previous: Uint8Array;
  readonly bankTime: number;
  readonly nextDue: number;
  readonly revokedAllowances: readonly Uint8Array[];
  readonly revokedDevices: readonly Uint8Array[];
  readonly revokedCredentials: readonly Uint8Array[];
  /** Those of a suite that this version knows; the payload keeps all (spec/documents.md §4). */
  readonly issuerKeys: readonly PublishedIssuerKey[];
  readonly policyEpochs: readonly PolicyEpoch[];
  readonly minVersion: number;
  /** Those that this version knows. */
  readonly suites: readonly Suite[];
}

export interface PublishedIssuerKey {
  readonly number: number;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly from: number;
  readonly until: number;
}

export interface PolicyEpoch {
  readonly currency: number;
  readonly epoch: number;
}

/** The bank's commitment to both its logs at one moment (type 13). */
export interface Checkpoint {
  readonly type: 'checkpoint';
  readonly issuerKey: number;
  readonly logId: Uint8Array;
  readonly logSize: number;
  readonly logRoot: Uint8Array;
  readonly auditSize: number;
  readonly auditHead: Uint8Array;
  readonly time: number;
  readonly previous: Uint8Array;
}

/** Every document by its name. */
export interface DocumentsByType {
  readonly enrolment: Enrolment;
  readonly credential: Credential;
  readonly 'allowance-request': AllowanceRequest;
  readonly allowance: Allowance;
  readonly request: PaymentRequest;
  readonly payment: Payment;
  readonly receipt: Receipt;
  readonly 'upload-receipt': UploadReceipt;
  readonly 'settlement-receipt': SettlementReceipt;
  readonly refund: Refund;
  readonly return: Return;
  readonly bulletin: Bulletin;
  readonly checkpoint: Checkpoint;
}

export type DocumentType = keyof DocumentsByType;
export type SikkaDocument = DocumentsByType[DocumentType];

/**
 * A document as it travels: the exact payload, its signature, and what the payload says. That the
 * signature is valid is not said: see `verifyDocument` and the judge.
 */
export interface Signed<T extends SikkaDocument = SikkaDocument> {
  /** The suite written beside the signature; trusted only once it equals the key record's. */
  readonly suite: Suite;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly fields: T;
}
