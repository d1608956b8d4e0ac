import type { AccountId } from '../ledger/index.ts';
import type { RefusalCode } from './codes.ts';
import type { ItemKind } from './outcomes.ts';

/** What never changes about an allowance: its terms, and the accounts its money moves between. */
export interface AllowanceTerms {
  readonly no: bigint;
  readonly id: Uint8Array;
  readonly accountId: bigint;
  readonly deviceNo: bigint;
  readonly reservation: AccountId;
  /** Of the payer's offline wallet, where released money goes. */
  readonly payerOffline: AccountId;
  readonly currency: number;
  readonly limitMinor: bigint;
  readonly count: number;
  readonly firstSequence: number;
}

export type AllowanceStatus =
  'active' | 'exhausted' | 'returned' | 'revoked' | 'expired' | 'closed';

/** Where a packet stands in the bytes received. */
export interface EvidencePlace {
  readonly uploadId: bigint;
  /** Offset of its CBOR head. */
  readonly at: number;
}

export interface SettledPayment {
  readonly id: Uint8Array;
  readonly allowanceNo: bigint;
  readonly sequence: number;
  readonly amountMinor: bigint;
  readonly spentMinor: bigint;
  readonly previous: Uint8Array;
  readonly currency: number;
  readonly payeeWallet: number;
  readonly settledAt: number;
  readonly extra: boolean;
  readonly evidence: EvidencePlace;
  /** Of the packet's bytes. */
  readonly sha256: Uint8Array;
}

export interface RecordedReturn {
  readonly id: Uint8Array;
  readonly allowanceNo: bigint;
  readonly lastSequence: number;
  readonly totalMinor: bigint;
  readonly head: Uint8Array;
  /** Agreed with everything settled when it came: what contradicts it later is a proof. */
  readonly first: boolean;
  readonly receivedAt: number;
  readonly proofId: Uint8Array | undefined;
  /** The packet as received. */
  readonly packet: Uint8Array;
}

/** A refusal that stands for ever under its document's id. */
export interface Rejection {
  readonly kind: ItemKind;
  readonly documentId: Uint8Array;
  readonly code: RefusalCode;
  readonly proofId: Uint8Array | undefined;
  readonly sha256: Uint8Array;
}

export interface DoneRefund {
  readonly id: Uint8Array;
  readonly paymentId: Uint8Array;
  readonly number: number;
  readonly amountMinor: bigint;
  readonly cumulativeMinor: bigint;
  readonly at: number;
  /** Of the packet's bytes. */
  readonly sha256: Uint8Array;
}

/** A wallet that documents name. What it is paid goes to its owner's current wallets. */
export interface PayeeWallet {
  readonly number: number;
  /** The owner's current wallets, by currency. */
  readonly accounts: ReadonlyMap<number, AccountId>;
}

/** A credential that this bank gave out, as it stands now. Times in seconds. */
export interface KnownCredential {
  readonly wallet: number;
  readonly from: number;
  readonly until: number;
  readonly revoked: boolean;
  readonly deviceRevoked: boolean;
}

/** An allowance's row of state, locked, with what is known of its documents. */
export interface AllowanceFacts {
  readonly terms: AllowanceTerms;
  readonly status: AllowanceStatus;
  /** Whether there is a proof under it: nothing is released before that case is decided. */
  readonly proved: boolean;
  /** By sequence, ascending: complete around every sequence that was asked for. */
  readonly settled: readonly SettledPayment[];
  /** The first Return that agreed with everything settled. */
  readonly returned: RecordedReturn | undefined;
}

/** A payment that refunds speak of, with its done refunds by number. */
export interface RefundedPayment {
  readonly payment: SettledPayment;
  readonly refunds: readonly DoneRefund[];
}

/**
 * Everything that deciding one batch needs, read in one go under the locks of its allowances.
 * Maps by bytes are keyed by `keyOf`.
 */
export interface Facts {
  readonly allowances: ReadonlyMap<bigint, AllowanceFacts>;
  readonly wallets: ReadonlyMap<number, PayeeWallet>;
  /** By document id. */
  readonly rejections: ReadonlyMap<string, Rejection>;
  /** By document id, whether compared or not. */
  readonly returns: ReadonlyMap<string, RecordedReturn>;
  /** By document id. */
  readonly refunds: ReadonlyMap<string, DoneRefund>;
  /** By payment id: those settled before this batch. */
  readonly refunded: ReadonlyMap<string, RefundedPayment>;
  /** The payer's current wallet, by allowance: where refunds go. */
  readonly payers: ReadonlyMap<bigint, AccountId>;
  /** Balances above the floor, of the wallets that refunds are paid from. */
  readonly funds: ReadonlyMap<AccountId, bigint>;
}

/** Sequences of one allowance around which the settled documents are needed. */
export interface AskedRange {
  readonly no: bigint;
  readonly lowest: number;
  readonly highest: number;
}

/** What a batch asks to know before it is decided. */
export interface Question {
  readonly ranges: readonly AskedRange[];
  /** Allowances of Returns: their last settled payment is needed. */
  readonly returnedNos: readonly bigint[];
  /** Documents whose earlier refusal would be the answer. */
  readonly documentIds: readonly Uint8Array[];
  readonly wallets: readonly number[];
  readonly refunds: RefundQuestion;
}

export interface RefundQuestion {
  readonly refundIds: readonly Uint8Array[];
  readonly paymentIds: readonly Uint8Array[];
  /** Allowances of these payments. */
  readonly allowanceNos: readonly bigint[];
  /** Wallets that would pay. */
  readonly wallets: readonly number[];
}

/** What can be read before any lock, because it never changes once it is there. */
export interface Known {
  /** By allowance id. */
  readonly allowances: ReadonlyMap<string, AllowanceTerms>;
  /** By payment id: those of the claims, and those that refunds speak of. */
  readonly settled: ReadonlyMap<string, SettledPayment>;
  /** By document id. */
  readonly refunds: ReadonlyMap<string, DoneRefund>;
  /** By credential id. */
  readonly credentials: ReadonlyMap<string, KnownCredential>;
}

/** Claimed sequences under one allowance. */
export interface ClaimedRange {
  readonly allowanceId: Uint8Array;
  readonly lowest: number;
  readonly highest: number;
}

export interface KnownQuestion {
  /** Of Returns; those of payments are in their ranges. */
  readonly allowanceIds: readonly Uint8Array[];
  readonly ranges: readonly ClaimedRange[];
  /** That refunds speak of. */
  readonly paymentIds: readonly Uint8Array[];
  readonly refundIds: readonly Uint8Array[];
  readonly credentialIds: readonly Uint8Array[];
}
