import type {
  Allowance,
  Credential,
  PaymentPacket,
  PrintedCodePacket,
  PublishedIssuerKey,
  RequestPacket,
  ReceiptPacket,
  RefundPacket,
  ReturnPacket,
  Role,
  Signed,
} from '@sikka/protocol';
import type { ExchangeState } from '../exchange/exchange.ts';

/** Ids, nonces and hashes as lower-case hex, so that they can be keys of maps. */
export type Hex = string;

export interface HeldCredential {
  readonly credential: Signed<Credential>;
  readonly credentialId: Uint8Array;
}

export interface EnrolmentState {
  readonly role: Role;
  /** Sent again byte for byte until the bank has answered. */
  readonly packet: Uint8Array;
  readonly answer?: {
    readonly till: number;
    readonly credential: HeldCredential | undefined;
    readonly issuerKeys: readonly PublishedIssuerKey[];
  };
}

/** An allowance of this journal and what was signed under it. */
export interface HeldAllowance {
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
  /** Of the last payment signed; the first sequence less one where there is none. */
  readonly lastSequence: number;
  readonly spentMinor: bigint;
  /** Id of the last payment signed; the allowance's where there is none. */
  readonly head: Uint8Array;
  readonly returned: ReturnMade | undefined;
  /** By sequence: to compare with what the bank says is the head. */
  readonly paymentIds: ReadonlyMap<number, Uint8Array>;
}

/** What the bank said of one document handed in. */
export interface BankAnswer {
  readonly result: 'settled' | 'recorded' | 'rejected' | 'pending';
  readonly code: string | undefined;
  readonly proofId: Uint8Array | undefined;
  readonly extra: boolean;
}

export interface GivenPayment {
  readonly packet: PaymentPacket;
  readonly shown: Uint8Array;
  readonly paid: RequestPacket | PrintedCodePacket;
  readonly at: number;
  readonly receipt: ReceiptPacket | undefined;
  /** The payee did not take it: this wallet does not hand it in, unless a receipt comes. */
  readonly withheld: boolean;
  readonly state: ExchangeState;
  readonly answer: BankAnswer | undefined;
}

export interface OpenRequest {
  readonly packet: RequestPacket;
  readonly at: number;
}

export interface AcceptedPayment {
  readonly packet: PaymentPacket;
  /** The receipt's exact bytes. */
  readonly receipt: Uint8Array;
  readonly at: number;
  readonly state: ExchangeState;
  readonly answer: BankAnswer | undefined;
  readonly refunds: readonly RefundMade[];
}

export interface RefundMade {
  readonly packet: RefundPacket;
  readonly answer: BankAnswer | undefined;
}

export interface ReturnMade {
  readonly packet: ReturnPacket;
  readonly answer: BankAnswer | undefined;
}

/** Kept to be handed in: it contradicts a payment that this payee accepted. */
export interface Contradiction {
  readonly packet: PaymentPacket;
  readonly answer: BankAnswer | undefined;
}

/** The greatest bank-signed time seen, and the phone's clock then. */
export interface BankTimeSeen {
  readonly lastBankTime: number;
  readonly phoneAtLast: number;
}

/** Who knew: the bank, or a witness on this phone (spec/journal.md 5, 9). */
export type RolledBack =
  | { readonly by: 'bank'; readonly allowanceId: Uint8Array; readonly sequence: number }
  | { readonly by: 'witness' };

/** What the journal adds up to. Only the fold writes to it. */
export interface WalletState {
  readonly created: boolean;
  /** Every nonce this journal asked under, or will: only their allowances may be spent. */
  readonly nonces: ReadonlySet<Hex>;
  /** Drawn and not used in a request yet. */
  readonly freshNonce: Uint8Array | undefined;
  readonly enrolment: EnrolmentState | undefined;
  /** Sent again byte for byte until the bank has answered. */
  readonly allowanceRequest:
    { readonly nonce: Uint8Array; readonly packet: Uint8Array } | undefined;
  readonly allowances: ReadonlyMap<Hex, HeldAllowance>;
  readonly given: ReadonlyMap<Hex, GivenPayment>;
  /** Request id → the payment that paid it. Permanent (spec/journal.md 6). */
  readonly givenByRequest: ReadonlyMap<Hex, Hex>;
  readonly openRequests: ReadonlyMap<Hex, OpenRequest>;
  /** Every request that is no longer open; permanent, so that a late payment gets a true code. */
  readonly closedRequests: ReadonlyMap<Hex, RequestPacket>;
  /** Request id → the payment accepted for it. Permanent. */
  readonly requestPaidBy: ReadonlyMap<Hex, Hex>;
  /** By credential id. */
  readonly printedCodes: ReadonlyMap<Hex, PrintedCodePacket>;
  /** By payment id: the seen-set. Permanent. */
  readonly accepted: ReadonlyMap<Hex, AcceptedPayment>;
  /** SHA-256 of the sealed bytes → payment id. */
  readonly acceptedByShown: ReadonlyMap<Hex, Hex>;
  /** Allowance id → accepted payments by rising sequence. */
  readonly acceptedUnder: ReadonlyMap<Hex, readonly PaymentPacket[]>;
  /** Refund id → the payment it gives back of. */
  readonly refundOf: ReadonlyMap<Hex, Hex>;
  /** By payment id. */
  readonly contradictions: ReadonlyMap<Hex, Contradiction>;
  readonly bankTime: BankTimeSeen | undefined;
  /** Set for good once somebody knew more of what we signed than this journal. */
  readonly rolledBack: RolledBack | undefined;
}
