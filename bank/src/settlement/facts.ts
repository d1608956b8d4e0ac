import type { WalletKey } from '@sikka/protocol';
import type { AccountId } from '../ledger/index.ts';
import type { RefusalCode } from './codes.ts';
import type { KnownOrderQuestion, KnownOrders, OrderFacts, OrderQuestion } from './orders.ts';
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

/** A payment by a wallet's key that moved money. */
export interface SettledKeyPayment {
  readonly id: Uint8Array;
  readonly payerWallet: number;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly payeeWallet: number;
  readonly settledAt: number;
  /** Of the item's bytes. */
  readonly sha256: Uint8Array;
}

/** A wallet's key, with the seconds from and before which it spoke for its wallet. */
export interface KeyWindow {
  readonly wallet: number;
  /** Public id of the wallet's owner. */
  readonly owner: string;
  readonly from: number;
  readonly until: number | undefined;
}

/** The wallet that a payment by a key is paid from, locked. */
export interface KeyPayer {
  readonly accountId: bigint;
  /** Public id of its owner. */
  readonly owner: string;
  readonly account: AccountId;
  readonly kind: 'current' | 'offline';
  readonly currency: number;
  readonly active: boolean;
  readonly accountActive: boolean;
  /** Seconds; where a review began at a time that nobody noted, since ever. */
  readonly blockedAt: number;
}

/** The first payment that was proved under a nonce, settled or not. */
export interface TakenNonce {
  readonly paymentId: Uint8Array;
  readonly receivedAt: number;
  /** In the payer's own session, which vouches for the time. */
  readonly bySession: boolean;
}

/** What deciding about payments by wallet keys needs, under the locks of the payers' wallets. */
export interface KeyFacts {
  readonly payers: ReadonlyMap<number, KeyPayer>;
  /** Those that signed and those that are named as payee's, by key id. */
  readonly keys: ReadonlyMap<string, KeyWindow>;
  /** By `nonceKeyOf`. */
  readonly taken: ReadonlyMap<string, TakenNonce>;
  /** By payment id. */
  readonly settled: ReadonlyMap<string, SettledKeyPayment>;
  /** Places of this upload whose item was refused before: it came again. */
  readonly refusedBefore: ReadonlySet<number>;
}

export const NO_KEY_FACTS: KeyFacts = {
  payers: new Map(),
  keys: new Map(),
  taken: new Map(),
  settled: new Map(),
  refusedBefore: new Set(),
};

/** Under which a nonce is unique: its payer's wallet. */
export function nonceKeyOf({ wallet, nonce }: AskedNonce): string {
  return `${wallet}:${nonce}`;
}

export interface AskedNonce {
  readonly wallet: number;
  readonly nonce: string;
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
  readonly keys: KeyFacts;
  readonly orders: OrderFacts;
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
  readonly keys: KeyQuestion;
  readonly orders: OrderQuestion;
}

/** About payments by wallet keys; nothing is read where `nonces` is empty. */
export interface KeyQuestion {
  /** Keys that signed, and keys named as payee's. */
  readonly keyIds: readonly Uint8Array[];
  readonly nonces: readonly AskedNonce[];
  readonly paymentIds: readonly Uint8Array[];
}

export const NO_KEY_QUESTION: KeyQuestion = { keyIds: [], nonces: [], paymentIds: [] };

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
  readonly keys: KnownKeys;
  readonly orders: KnownOrders;
}

/** Which keys may have signed, and what settled: what either is worth is decided under lock. */
export interface KnownKeys {
  /** By wallet: the live key, then those retired last. */
  readonly byWallet: ReadonlyMap<number, readonly WalletKey[]>;
  /** By `nonceKeyOf`: the key of the first payment under that nonce, whatever its age. */
  readonly byNonce: ReadonlyMap<string, WalletKey>;
  /** By payment id. */
  readonly settled: ReadonlyMap<string, SettledKeyPayment>;
}

export const NO_KNOWN_KEYS: KnownKeys = {
  byWallet: new Map(),
  byNonce: new Map(),
  settled: new Map(),
};

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
  readonly keys: Pick<KeyQuestion, 'nonces' | 'paymentIds'>;
  readonly orders: KnownOrderQuestion;
}
