import type { AllowanceTerms, Outcome, Posting, Upload } from '@sikka/bank/deciding';
import type { Allowance, Mode, PublishedIssuerKey, Role, Signer, Suite } from '@sikka/protocol';
import type { MemoryLedger } from './ledger.ts';
import { createMemoryLedger } from './ledger.ts';
import type { KeyTables } from './memory-keys.ts';
import { createKeyTables } from './memory-keys.ts';
import type { OrderTables } from './memory-orders.ts';
import { createOrderTables } from './memory-orders.ts';
import type { UndoLog } from './undo-log.ts';
import { createUndoLog } from './undo-log.ts';

/** The bank's tables in memory: named and keyed as the migrations name and key them. */
export interface Tables {
  readonly log: UndoLog;
  readonly ledger: MemoryLedger;
  /** By public id. */
  readonly accounts: Map<string, AccountRow>;
  readonly wallets: Map<number, WalletRow>;
  readonly keys: KeyTables;
  readonly orders: OrderTables;
  readonly devices: Map<bigint, DeviceRow>;
  /** By document id. */
  readonly credentials: Map<string, CredentialRow>;
  /** By number and by document id. */
  readonly allowances: Map<bigint, AllowanceRow>;
  readonly allowancesById: Map<string, AllowanceRow>;
  readonly uploads: Map<bigint, UploadRow>;
  readonly uploadsByHash: Map<string, UploadRow>;
  readonly inbox: Map<bigint, InboxRow>;
  readonly heldItems: Map<bigint, readonly HeldRow[]>;
  readonly batches: BatchRow[];
  /** By allowance: ascending by sequence, each sequence once. */
  readonly settled: Map<bigint, readonly SettledRow[]>;
  /** By payment id. */
  readonly settledById: Map<string, SettledRow>;
  /** By payee's wallet and bind. */
  readonly paidRequests: Map<string, SettledRow>;
  /** By allowance and both ids. */
  readonly proofs: Map<string, ProofRow>;
  readonly rejected: RejectedRow[];
  /** Those for ever, by document id. */
  readonly rejectedById: Map<string, RejectedRow>;
  /** By document id. */
  readonly returns: Map<string, ReturnRow>;
  /** By document id, and by payment: ascending by number. */
  readonly refundsById: Map<string, RefundRow>;
  readonly refunds: Map<string, readonly RefundRow[]>;
  /** Proofs whose case was decided, by id. */
  readonly decidedCases: Map<string, true>;
  /** By the bytes: account, what it is for, and until when. */
  readonly challenges: Map<string, ChallengeRow>;
  readonly issuerKeys: IssuerKeyRow[];
  readonly bulletins: BulletinRow[];
}

export interface ChallengeRow {
  readonly accountId: bigint;
  readonly purpose: 'allowance' | 'enrolment' | 'wallet_key';
  readonly expiresAt: number;
}

export type IssuerKeyRow = PublishedIssuerKey & { readonly signer: Signer };

export interface BulletinRow {
  readonly version: number;
  readonly id: Uint8Array;
  /** Of what it announces, without version and times. */
  readonly content: string;
  readonly packet: Uint8Array;
  readonly at: number;
}

export interface AccountRow {
  readonly id: bigint;
  readonly publicId: string;
  status: 'active' | 'review' | 'closed';
  /** Seconds; undefined where it is active. */
  blockedAt?: number;
}

export interface WalletRow {
  readonly number: number;
  readonly accountId: bigint;
  readonly kind: 'current' | 'offline';
  readonly currency: number;
  readonly ledgerAccount: bigint;
  status: 'active' | 'inactive';
}

export interface DeviceRow {
  /** Also the till's number. */
  readonly no: bigint;
  readonly accountId: bigint;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly keyHash: Uint8Array;
  readonly role: Role;
  /** The packet as received: the same again gets the first answer. */
  readonly enrolment: Uint8Array;
  readonly ecdhKey: Uint8Array | undefined;
  status: 'active' | 'suspended' | 'revoked';
}

export interface CredentialRow {
  readonly id: Uint8Array;
  readonly serial: number;
  readonly deviceNo: bigint;
  readonly wallet: number;
  readonly mode: Mode;
  readonly currency: number;
  readonly name: string;
  readonly town: string;
  readonly from: number;
  readonly until: number;
  readonly packet: Uint8Array;
  readonly issuedAt: number;
  revoked: boolean;
}

export interface AllowanceRow {
  readonly terms: AllowanceTerms;
  readonly fields: Allowance;
  readonly packet: Uint8Array;
  readonly requestId: Uint8Array;
  readonly payerWallet: number;
  readonly issuedAt: number;
  status: 'active' | 'exhausted' | 'returned' | 'revoked' | 'expired' | 'closed';
  settledMinor: bigint;
  releasedMinor: bigint;
  /** Seconds; of the bulletin. */
  revokedAt: number | undefined;
}

export type UploadRow = Omit<Upload, 'held' | 'undecided'>;

export interface InboxRow {
  visibleAt: number;
  attempts: number;
  /** Number of the review until which nobody decides about it. */
  readonly heldBy?: bigint | undefined;
}

export interface HeldRow {
  readonly place: number;
  readonly allowanceNo: bigint | undefined;
  readonly reason: string;
}

type Decision = Posting['decision'];
type Settling = Decision['settled'][number];

/** One decision over one upload. */
export interface BatchRow {
  readonly id: bigint;
  readonly uploadId: bigint;
  readonly at: number;
  readonly part: Posting['part'];
  /** One an item that was decided now, in order. */
  readonly outcomes: readonly Outcome[];
}

export type SettledRow = Settling['payment'] & {
  readonly bind: Uint8Array;
  readonly mode: Mode;
  readonly batchId: bigint;
  readonly ordinal: number;
};

export interface ProofRow {
  readonly id: Uint8Array;
  readonly packet: Uint8Array;
  readonly verdict: 'double_spend' | 'contradiction';
  readonly firstId: Uint8Array;
  readonly secondId: Uint8Array;
  readonly allowanceNo: bigint;
  readonly deviceNo: bigint;
  readonly accountId: bigint;
  readonly at: number;
}

type Rejecting = Decision['rejected'][number];

export type RejectedRow = Pick<
  Rejecting,
  'allowanceNo' | 'code' | 'documentId' | 'kind' | 'sequence'
> & {
  readonly place: number;
  readonly uploadId: bigint;
  readonly sha256: Uint8Array;
  readonly proofId: Uint8Array | undefined;
  /** Of the order that holds its number. */
  readonly orderId: Uint8Array | undefined;
  readonly at: number;
};

export type ReturnRow = Decision['returned'][number]['recorded'];

export type RefundRow = Decision['refunded'][number]['refund'];

/** `fault` may throw at any write of a transaction: nothing of it stays. */
export function createTables(fault?: (point: string) => void): Tables {
  const log = createUndoLog(fault);
  return {
    log,
    ledger: createMemoryLedger(log),
    accounts: new Map(),
    wallets: new Map(),
    keys: createKeyTables(),
    orders: createOrderTables(),
    devices: new Map(),
    credentials: new Map(),
    allowances: new Map(),
    allowancesById: new Map(),
    uploads: new Map(),
    uploadsByHash: new Map(),
    inbox: new Map(),
    heldItems: new Map(),
    batches: [],
    settled: new Map(),
    settledById: new Map(),
    paidRequests: new Map(),
    proofs: new Map(),
    rejected: [],
    rejectedById: new Map(),
    returns: new Map(),
    refundsById: new Map(),
    refunds: new Map(),
    decidedCases: new Map(),
    challenges: new Map(),
    issuerKeys: [],
    bulletins: [],
  };
}

/** A map key for bytes. */
export function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** The rows that there are of these keys, as `read` reads each. */
export function pick<K, R, V>(
  rows: ReadonlyMap<K, R>,
  keys: readonly K[],
  read: (row: R) => V,
): Map<K, V> {
  const found = new Map<K, V>();
  for (const key of keys) {
    const row = rows.get(key);
    if (row !== undefined) found.set(key, read(row));
  }
  return found;
}

export function byId<R>(rows: ReadonlyMap<string, R>, ids: readonly Uint8Array[]): Map<string, R> {
  return pick(rows, ids.map(keyOf), (row) => row);
}

/** Under which a dynamic request is paid once. */
export function requestKey(payeeWallet: number, bind: Uint8Array): string {
  return `${payeeWallet}:${keyOf(bind)}`;
}

/** Of the case of two documents: one, however often either is signed again. */
export function pairKey({
  allowanceNo,
  firstId,
  secondId,
}: Pick<ProofRow, 'allowanceNo' | 'firstId' | 'secondId'>): string {
  return `${allowanceNo}:${keyOf(firstId)}:${keyOf(secondId)}`;
}

/** A proof whose case nobody has decided: nothing goes back to who is accused meanwhile. */
export function isAccused({ proofs, decidedCases }: Tables, no: bigint): boolean {
  for (const { allowanceNo, id } of proofs.values()) {
    if (allowanceNo === no && !decidedCases.has(keyOf(id))) return true;
  }
  return false;
}
