import type { Outcome } from '@sikka/api';
import type { BankView } from './bank/port.ts';
import type { OrderTruth } from './orders/records.ts';

/**
 * What truly happened, known to nobody inside the simulation: invariants compare the bank's books
 * with it. Everything is in the order in which it happened; ids are lower-case hex, times true.
 */
export interface Truth {
  /** By account. */
  readonly parties: ReadonlyMap<string, Party>;
  /** Every payment that a phone or a thief signed, by id. */
  readonly signed: ReadonlyMap<string, SignedPayment>;
  /** What payees took as payment offline, by payment id: more than one where a thief found two. */
  readonly accepted: ReadonlyMap<string, readonly AcceptedPayment[]>;
  readonly refunds: ReadonlyMap<string, SignedRefund>;
  readonly returns: ReadonlyMap<string, SignedReturn>;
  /** Keys of wallets, as each was registered; the next of an account retires the one before. */
  readonly walletKeys: readonly RegisteredKey[];
  /** What a key signed, by payment id, whosever wallet it names. */
  readonly keyPayments: ReadonlyMap<string, SignedKeyPayment>;
  /** What ledgers' senders and tills signed. */
  readonly orders: OrderTruth;
  /** `account till` of devices reported as lost, with the time from which the bank knew. */
  readonly lostTills: ReadonlyMap<string, number>;
  /** Every answer that the bank gave about a document, also those whose reply was lost. */
  readonly answers: readonly BankAnswer[];
}

export interface Party {
  readonly account: string;
  readonly wallet: number;
  /** What it loaded at first. */
  readonly balanceMinor: bigint;
  readonly role: 'payer' | 'payee' | 'both';
  /** Signs what contradicts, or spends on a copy; everybody else must never be accused. */
  readonly dishonest: boolean;
}

export interface SignedPayment {
  readonly id: string;
  readonly allowanceId: string;
  readonly sequence: number;
  readonly amountMinor: bigint;
  readonly spentMinor: bigint;
  readonly previous: string;
  readonly payeeWallet: number;
  readonly currency: number;
  readonly mode: 'dynamic' | 'static';
  readonly bind: string;
  /** Account whose device signed. */
  readonly by: string;
  readonly at: number;
  /** As signed, in the clear. */
  readonly packet: Uint8Array;
  /** What the wallet knew when it signed; undefined where no wallet did. */
  readonly knew: Known | undefined;
}

export interface AcceptedPayment {
  readonly id: string;
  /** The payee's account. */
  readonly by: string;
  readonly at: number;
  /** Of the phone that took it. */
  readonly phone: string;
  /** As its journal keeps it. */
  readonly packet: Uint8Array;
  /** What the phone knew by the bulletin it had seen. */
  readonly knew: Known;
  /** No disk has it any more: an older backup was restored over it. The payer may have it. */
  readonly lost: boolean;
}

/** What a bulletin says against an allowance. */
export interface Known {
  /** Its bank time is after the allowance's end. */
  readonly over: boolean;
  /** It revokes the allowance, or its key. */
  readonly revoked: boolean;
  /** Its bank time is after the request's end. */
  readonly late: boolean;
  /** It revokes the payee's key, or the credential that was shown. */
  readonly payeeRevoked: boolean;
}

export interface SignedRefund {
  readonly id: string;
  readonly paymentId: string;
  readonly number: number;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly cumulativeMinor: bigint;
  readonly previous: string;
  readonly by: string;
}

export interface SignedReturn {
  readonly id: string;
  readonly allowanceId: string;
  readonly lastSequence: number;
  readonly totalMinor: bigint;
  readonly head: string;
  readonly by: string;
}

/** A key of an account's offline wallet (spec/wallet-key.md). */
export interface RegisteredKey {
  readonly id: string;
  readonly account: string;
  readonly from: number;
}

export interface SignedKeyPayment {
  readonly id: string;
  readonly keyId: string;
  /** Account whose key signed; the account whose wallet would pay. */
  readonly by: string;
  readonly payer: string;
  readonly payerWallet: number;
  /** That the key it is addressed to is of; 0 where it is nobody's. */
  readonly payeeWallet: number;
  readonly nonce: string;
  readonly amountMinor: bigint;
  readonly at: number;
}

export interface BankAnswer {
  /** The same for everything that was handed in at once. */
  readonly batch: number;
  readonly documentId: string;
  readonly at: number;
  /** Who handed it in. */
  readonly account: string;
  /** What was handed in, byte for byte. */
  readonly packet: Uint8Array;
  readonly result: 'settled' | 'recorded' | 'rejected' | 'pending';
  readonly code: string | undefined;
  readonly proofId: string | undefined;
  readonly extra: boolean;
  /** The answer itself. */
  readonly said: Outcome;
}

/** A rule of the specification that does not hold. */
export interface Violation {
  /** The invariant's name. */
  readonly invariant: string;
  /** What it found, in words, with the ids. */
  readonly detail: string;
}

/** What must hold. It keeps what it saw, so that one event costs little. */
export interface Invariants {
  /** After every event. */
  afterEvent(truth: Truth, view: BankView): readonly Violation[];
  /** Once everybody is back online, handed everything in, and every claim window is over. */
  atEnd(truth: Truth, view: BankView): readonly Violation[];
}
