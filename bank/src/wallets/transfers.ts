import { equalBytes, sha256 } from '@sikka/protocol';
import type { Db } from '../db/index.ts';
import { limits } from './limits.ts';
import { refuseTransfer } from './rules.ts';
import type { TransferRefusal } from './rules.ts';
import { postTransfer, readHistory, readPair, readTransfer, readTransferByKey } from './store.ts';
import type { TransferRow } from './store.ts';

export interface TransferOrder {
  /** Who orders it. */
  readonly accountId: bigint;
  readonly account: string;
  readonly from: number;
  readonly to: number;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** 1 … 2^53 − 1 minor units. */
  readonly amountMinor: bigint;
  readonly idempotencyKey: string | undefined;
  readonly at: Date;
}

export interface OrderedTransfer extends TransferOrder {
  /** SHA-256 of what was asked: what a repeated key is compared with. */
  readonly request: Uint8Array;
}

export type CompletedTransfer = Omit<TransferRow, 'request'>;

export type TransferAnswer =
  | { readonly ok: true; readonly transfer: CompletedTransfer; readonly repeated: boolean }
  | {
      readonly ok: false;
      readonly code: TransferRefusal | 'wallet/insufficient_funds' | 'idempotency/key_reused';
    };

/**
 * Moves money between two wallets. With an idempotency key the effect and the key are one row:
 * the same request again gives the first answer, whenever; the same key with another request is
 * refused. A refusal leaves nothing behind, so the same key may succeed later.
 */
export async function transfer(db: Db, order: TransferOrder): Promise<TransferAnswer> {
  const wallets = await readPair(db, [order.from, order.to]);
  const from = wallets.get(order.from);
  const to = wallets.get(order.to);
  const ordered = { ...order, request: requestHash(order) };
  const refusal = refuseTransfer({ ...order, from, to });
  if (refusal !== undefined || from === undefined || to === undefined) {
    const earlier = await earlierAnswer(db, ordered);
    return earlier ?? { ok: false, code: refusal ?? 'wallet/not_found' };
  }
  const posted = await postTransfer(db, {
    ...ordered,
    debit: from.ledgerAccount,
    credit: to.ledgerAccount,
  });
  if (posted.refused !== undefined) return { ok: false, code: 'wallet/insufficient_funds' };
  if (posted.id === undefined) throw new Error('The transfer got no number.');
  if (!posted.repeated) {
    const { account, currency, amountMinor, at } = order;
    const { id } = posted;
    const { from: debited, to: credited } = order;
    const made = { id, account, from: debited, to: credited, currency, amountMinor, at };
    return { ok: true, transfer: made, repeated: false };
  }
  return compare(await readTransfer(db, posted.id), ordered);
}

/** Newest first: from or to any of the person's wallets, whoever ordered it. */
export async function transfersOf(
  db: Db,
  accountId: bigint,
  most: number = limits.historyRows,
): Promise<readonly CompletedTransfer[]> {
  return readHistory(db, accountId, most);
}

/** A key used before is answered as then, also where the same order would be refused by now. */
async function earlierAnswer(db: Db, order: OrderedTransfer): Promise<TransferAnswer | undefined> {
  if (order.idempotencyKey === undefined) return undefined;
  const first = await readTransferByKey(db, order.accountId, order.idempotencyKey);
  return first === undefined ? undefined : compare(first, order);
}

function compare(first: TransferRow | undefined, order: OrderedTransfer): TransferAnswer {
  if (first === undefined) throw new Error('A transfer vanished.');
  if (!equalBytes(first.request, order.request)) {
    return { ok: false, code: 'idempotency/key_reused' };
  }
  return { ok: true, transfer: first, repeated: true };
}

function requestHash({ from, to, currency, amountMinor }: TransferOrder): Uint8Array {
  const text = JSON.stringify(['transfer', from, to, currency, amountMinor.toString()]);
  return sha256(new TextEncoder().encode(text));
}
