import type { Verifier } from '@sikka/protocol';
import type { WalletKey } from '@sikka/protocol';
import type { WalletParts } from '@sikka/wallet/payer';
import type { Random } from '../random.ts';
import type { Violation } from '../truth.ts';
import type { OrderDesk, OrdersView } from './order-port.ts';

/** The routes that a wallet calls, answered by whichever bank stands behind. */
export type BankCalls = WalletParts['client'];

/** Their names, for what stands between a wallet and its bank. */
export const BANK_CALLS = [
  'createAllowance',
  'createChallenge',
  'createPrintedCode',
  'enrolDevice',
  'getBulletin',
  'getIssuerKeys',
  'getLatestBulletin',
  'handInDocuments',
  'listAllowances',
  'listDevices',
] as const satisfies readonly (keyof BankCalls)[];

/** What a bank of the simulation is made of; everything that could differ between two runs. */
export interface SimBankParts {
  readonly bankId: string;
  /** Numeric. */
  readonly currency: number;
  /** True time, in whole seconds. */
  readonly now: () => number;
  /** Serials, challenges and the issuer's keys come from here. */
  readonly random: Random;
  readonly policy: BankPolicy;
  /** On the calling thread, with what was verified already: the same for everybody in a world. */
  readonly verifier: Verifier;
  /**
   * Called before and after each write of a transaction, by the point's name, and around commit;
   * throws {@link BankDied} where the process dies there. Nothing of the transaction may stay.
   */
  readonly fault: (point: string) => void;
}

export interface BankPolicy {
  readonly perPaymentMinor: bigint;
  readonly count: number;
  readonly validSeconds: number;
  /** From the issue to the end of the claim window. */
  readonly claimSeconds: number;
}

/** The bank's process died at a point; whoever waited for it sees a lost connection. */
export class BankDied extends Error {
  override readonly name = 'BankDied';
  /** As the database's driver says it: the bank takes it for no fault of what it was given. */
  readonly code = '57P02';
}

/** What an operator does, drawn by the schedule. */
export type OperatorAct =
  | { readonly act: 'rotate-issuer-key' }
  | { readonly act: 'revoke-device'; readonly account: string; readonly till: number }
  | { readonly act: 'issue-bulletin' }
  /** Decides the case of a proof, so that what is left of the reservation may go back. */
  | { readonly act: 'decide-case'; readonly proofId: string };

/**
 * A bank in this process or behind HTTP. Every call runs to its end before the next begins; none
 * of them may look at a clock or a random source but its own.
 */
export interface SimBank {
  /** An account with that much in its offline wallet; answers its wallet's number. */
  openAccount(account: string, balanceMinor: bigint): Promise<number>;
  /** Makes a key the live one of the account's offline wallet; the one before retires. */
  registerKey(account: string, key: WalletKey): Promise<void>;
  /** Sealed ledgers and tills' bundles, where the bank takes them. */
  readonly orders?: OrderDesk;
  /** The calls of one signed-in account. They answer problems as values, but throw BankDied. */
  client(account: string): BankCalls;
  operate(act: OperatorAct): Promise<void>;
  /** One round of the worker: drains the inbox, closes allowances, issues what is due. */
  work(): Promise<void>;
  /** The process is started again: whatever was only in memory is gone. */
  restart(): Promise<void>;
  /** Everything that invariants may read. Reading changes nothing. */
  observe(): Promise<BankView>;
  /** Everything recomputed by the independent auditor, where there are tables to read. */
  audit?(): Promise<readonly Violation[]>;
  stop(): Promise<void>;
}

/** What is answered about one item of a batch. */
export interface ItemOutcome {
  readonly result: 'settled' | 'recorded' | 'rejected' | 'pending';
  readonly code: string | undefined;
}

/** What stands in the bank's books. Ids are lower-case hex; amounts minor units. */
export interface BankView {
  /** When it was looked at, in whole seconds. */
  readonly now: number;
  /** Of every ledger account, by a name: the sum of all is zero. */
  readonly balances: ReadonlyMap<string, bigint>;
  /** Names of the accounts that may fall below zero: where money enters the system. */
  readonly mayBeNegative: ReadonlySet<string>;
  /** By wallet number: what its owner has there, offline money and reservations apart. */
  readonly wallets: ReadonlyMap<number, bigint>;
  /** By account: what is there for allowances and keys. */
  readonly offlineWallets: ReadonlyMap<string, OfflineWalletView>;
  readonly allowances: readonly AllowanceView[];
  readonly settled: readonly SettledView[];
  /** Settled payments by wallet keys, in the order in which they were decided. */
  readonly keyPayments: readonly KeyPaymentView[];
  readonly rejected: readonly RejectedView[];
  readonly proofs: readonly ProofView[];
  readonly refunds: readonly RefundView[];
  readonly returns: readonly ReturnView[];
  /** In the order in which they were stored. */
  readonly uploads: readonly UploadView[];
  readonly bulletinVersion: number;
  readonly orders?: OrdersView | undefined;
}

export interface AllowanceView {
  readonly id: string;
  readonly account: string;
  readonly till: number;
  readonly status: string;
  readonly limitMinor: bigint;
  readonly settledMinor: bigint;
  readonly releasedMinor: bigint;
  /** What the reservation's account holds. */
  readonly reservedMinor: bigint;
  readonly until: number;
  readonly claimUntil: number;
  readonly packet: Uint8Array;
}

export interface UploadView {
  readonly id: number;
  /** Who handed these bytes in first. */
  readonly account: string;
  /** By the store's clock when they were stored first; what claim windows are judged by. */
  readonly receivedAt: number;
  readonly bytes: Uint8Array;
  readonly decided: boolean;
}

export interface SettledView {
  readonly id: string;
  readonly allowanceId: string;
  readonly sequence: number;
  readonly amountMinor: bigint;
  readonly payeeWallet: number;
  readonly settledAt: number;
  readonly extra: boolean;
  /** The upload that was decided with it, by its id; undefined where items were decided alone. */
  readonly uploadId: number | undefined;
}

export interface OfflineWalletView {
  readonly number: number;
  readonly balanceMinor: bigint;
}

export interface KeyPaymentView {
  readonly id: string;
  readonly payerWallet: number;
  /** That the payee's key is of: its owner is paid in his current wallet. */
  readonly payeeWallet: number;
  readonly nonce: string;
  readonly amountMinor: bigint;
  readonly settledAt: number;
}

export interface RejectedView {
  readonly id: string;
  readonly code: string;
  readonly proofId: string | undefined;
}

export interface ProofView {
  readonly id: string;
  readonly allowanceId: string;
  /** The account accused. */
  readonly account: string;
  /** Whether its case was decided: until then nothing of the reservation goes back. */
  readonly decided: boolean;
  /** The two documents: ids, then the bytes kept. */
  readonly documents: readonly [string, string];
  readonly packets: readonly [Uint8Array, Uint8Array];
}

export interface RefundView {
  readonly id: string;
  readonly paymentId: string;
  readonly number: number;
  readonly amountMinor: bigint;
}

export interface ReturnView {
  readonly id: string;
  readonly allowanceId: string;
  readonly lastSequence: number;
  readonly totalMinor: bigint;
  readonly head: string;
}
