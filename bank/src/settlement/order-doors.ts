import type { Result } from '@sikka/protocol';
import type { Db, Pool, Tx } from '../db/index.ts';
import type { AccountId } from '../ledger/index.ts';
import type { BatchCode } from './intakes/documents.ts';
import { keyOf } from './keys.ts';
import type { Received } from './settlement.ts';
import { receivedOf, uploadOf } from './settlement.ts';
import { receiveUpload } from './store/inbox.ts';
import type { Hold } from './store/index.ts';
import { requeueOrdersOf, selectAllowanceNos, selectStates } from './store/orders.ts';

export interface ReceivingIn {
  /** A public id, or an intake's own name with a colon: `till:…`, `ledger:…`. */
  readonly uploader: string;
  readonly hold?: Hold | undefined;
}

/** Doors of settlement for intakes that write rows of their own with what they hand in. */
export interface Intakes {
  /**
   * Stores a batch in the caller's transaction, as its last statement but those about its own two
   * rows: from the commit on it is settled, or held by its review. Refuses what is no batch.
   */
  receiveIn(tx: Tx, bytes: Uint8Array, by: ReceivingIn): Promise<Result<Received, BatchCode>>;
  /** Queues again what waited for money on this account, in the transaction that brings some. */
  requeueOrders(tx: Tx, debit: AccountId): Promise<number>;
}

export function createIntakes(): Intakes {
  return {
    receiveIn: async (tx, bytes, by) => {
      const upload = uploadOf(bytes, by);
      if (!upload.ok) return upload;
      return { ok: true, value: receivedOf(upload.value, await receiveUpload(tx, upload.value)) };
    },
    requeueOrders: requeueOrdersOf,
  };
}

/** Numbers of the allowances among these ids that are ours: what a hold keeps open. */
export function allowanceNosOf(
  db: Db,
  allowanceIds: readonly Uint8Array[],
): Promise<readonly bigint[]> {
  return selectAllowanceNos(db, allowanceIds);
}

export type PaymentProgress = 'settled' | 'refused' | 'pending';

/**
 * What became of payments and orders of any kind, by `documentKey` of their ids; `pending` is what
 * is not decided, waits, or was never handed in.
 */
export async function paymentStates(
  db: Db | Pool,
  documentIds: readonly Uint8Array[],
): Promise<ReadonlyMap<string, PaymentProgress>> {
  const pending = documentIds.map((id): [string, PaymentProgress] => [documentKey(id), 'pending']);
  const decided = await selectStates(db, documentIds);
  return new Map<string, PaymentProgress>([
    ...pending,
    ...decided.map(([id, state]): [string, PaymentProgress] => [documentKey(id), state]),
  ]);
}

/** The key of a document's id in such a map. */
export function documentKey(id: Uint8Array): string {
  return keyOf(id);
}
