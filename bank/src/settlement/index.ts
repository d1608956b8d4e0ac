import type { IssuerKeys, Verifier } from '@sikka/protocol';
import type { Db, Pool } from '../db/index.ts';
import { closeAllowances } from './close.ts';
import type { Drained } from './drain.ts';
import { drainInbox } from './drain.ts';
import type { KeyPayments } from './key-payments.ts';
import { createKeyPayments } from './key-payments.ts';
import { limits } from './limits.ts';
import type { Intakes } from './order-doors.ts';
import { createIntakes } from './order-doors.ts';
import type { PaymentState } from './payments.ts';
import { findPayment } from './payments.ts';
import type { IssuerSigner, Receipts } from './receipts.ts';
import { createReceipts } from './receipts.ts';
import type { Settling, SettlingOptions } from './settlement.ts';
import { createSettling } from './settlement.ts';
import { createSettlementStore } from './store/index.ts';
import type { Head, KeptProof } from './store/reading.ts';
import { selectHeads, selectProof, selectProofs } from './store/reading.ts';

/** Settlement (spec/settlement.md): from bytes handed in to money that moved, once. */
export type { Claim, Handed, ReadBefore } from './claims.ts';
export { readClaims } from './claims.ts';
export type { RefusalCode, SettlementCode } from './codes.ts';
export { PASSING_CODES, SETTLEMENT_CODES } from './codes.ts';
export type { Accusation, Answer, Decision, Hearing } from './decide/index.ts';
export { decide } from './decide/index.ts';
export type { Drained } from './drain.ts';
export type { SettlementErrorCode } from './errors.ts';
export { SETTLEMENT_ERROR_CODES, SettlementError } from './errors.ts';
export type { Proof } from './evidence.ts';
export { proveAccusations } from './evidence.ts';
export type { AllowanceTerms, Facts, Known, KnownQuestion, Question } from './facts.ts';
export type { BatchCode, Item } from './intakes/documents.ts';
export { readBatch, readEvidence } from './intakes/documents.ts';
export type { BundleItem } from './intakes/orders.ts';
export { bundleBatch, ledgerBatch, ledgerClaims } from './intakes/orders.ts';
export type { SignedItem } from './intakes/wallet-key.ts';
export { walletKeyBatch } from './intakes/wallet-key.ts';
export type { KeyPayments, StoreCode, Stored, StoringBy } from './key-payments.ts';
export { limits as settlementLimits } from './limits.ts';
export type { Intakes, PaymentProgress, ReceivingIn } from './order-doors.ts';
export { allowanceNosOf, documentKey, paymentStates } from './order-doors.ts';
export type { KnownOrders, OrderFacts, OrderKind, SettledOrder } from './orders.ts';
export type { ItemKind, Outcome } from './outcomes.ts';
export type { PaymentState } from './payments.ts';
export type { Posted, Posting } from './post.ts';
export { digestOf, outcomesOf } from './post.ts';
export type { GivenProofs } from './prove-orders.ts';
export type { Proved, Proving } from './prove.ts';
export { prove } from './prove.ts';
export { knownQuestion, questionOf } from './question.ts';
export type { IssuerSigner, ReceiptAnswer } from './receipts.ts';
export type {
  DecidedUpload,
  Received,
  SettledNow,
  Settling,
  SettlingGiven,
  SettlingOptions,
} from './settlement.ts';
export { createSettling } from './settlement.ts';
export type { DecidingStore, Hold, NewUpload, SettlementStore, Upload } from './store/index.ts';
export { createSettlementStore } from './store/index.ts';
export type { KeyPaymentRow, KeyPaymentsPage, KeyPaymentStatus } from './store/key-payments.ts';
export type { Head, KeptProof } from './store/reading.ts';

export interface SettlementOptions {
  readonly pool: Pool;
  /** The bank's id. */
  readonly bank: string;
  /** The bank's keys at this moment. */
  readonly issuers: () => Promise<IssuerKeys>;
  /** The current issuer key. */
  readonly signer: (db: Db) => Promise<IssuerSigner>;
  readonly verifier: Verifier;
  readonly clock: () => Date;
  readonly observe?: SettlingOptions['observe'];
}

export interface Settlement extends Settling, Receipts, KeyPayments, Intakes {
  /** Decides what is due in the inbox by now, or until it is to stop; for workers. */
  drain(stopping?: AbortSignal): Promise<Drained>;
  /** Closes allowances whose claim window is over; answers how many. For a worker. */
  closeAllowances(): Promise<number>;
  /** What became of a payment; undefined where nothing is known of this id. */
  findPayment(paymentId: Uint8Array): Promise<PaymentState | undefined>;
  /** The last settled payment of each of these allowances that has one. */
  headsOf(allowanceNos: readonly bigint[]): Promise<ReadonlyMap<bigint, Head>>;
  headOf(allowanceNo: bigint): Promise<Head | undefined>;
  findProof(id: Uint8Array): Promise<KeptProof | undefined>;
  /** Newest first, at most `limits.proofsPage`. */
  listProofs(): Promise<readonly KeptProof[]>;
}

export function createSettlement(options: SettlementOptions): Settlement {
  const { pool } = options;
  const settling = createSettling({ ...options, store: createSettlementStore(pool) });
  return {
    ...settling,
    ...createReceipts(options),
    ...createKeyPayments(options),
    ...createIntakes(),
    drain: (stopping) => drainInbox(pool, settling, stopping),
    closeAllowances: () => closeAllowances(pool),
    findPayment: (paymentId) => findPayment(pool, paymentId),
    headsOf: (nos) => selectHeads(pool, nos),
    headOf: async (no) => (await selectHeads(pool, [no])).get(no),
    findProof: (id) => selectProof(pool, id),
    listProofs: () => selectProofs(pool, limits.proofsPage),
  };
}
