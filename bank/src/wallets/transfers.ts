import { equalBytes, sha256 } from '@sikka/protocol';
import type { Db } from '../db/index.ts';
import { limits } from './limits.ts';
import type { TransferRefusal } from './rules.ts';
import { placeOrder, readHistory } from './store/transfers.ts';
import type { TransferRow } from './store/transfers.ts';

/** `payment`: an online transaction between people, with a reference of the payer’s own. */
export type TransferKind = 'transfer' | 'payment';

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
  readonly kind: TransferKind;
  /** 6 to 64 printable characters, used once by its payer. */
  readonly reference?: string | undefined;
  readonly idempotencyKey: string | undefined;
  /**
   * At most so much to others in a day (UTC), where the payer has not just proved a second factor;
   * undefined where they have.
   */
  readonly unprovedLimitMinor: bigint | undefined;
  readonly at: Date;
}

export interface OrderedTransfer extends TransferOrder {
  /** SHA-256 of what was asked: what a repeated key is compared with. */
  readonly request: Uint8Array;
}

export type OrderRefusal =
  | TransferRefusal
  | 'wallet/insufficient_funds'
  | 'transaction/reference_taken'
  | 'auth/step_up_required';

export type CompletedTransfer = TransferRow;

export type TransferAnswer =
  | { readonly ok: true; readonly transfer: CompletedTransfer; readonly repeated: boolean }
  | { readonly ok: false; readonly code: OrderRefusal | 'idempotency/key_reused' };

/**
 * Moves money between two wallets, in one round trip to the database. With an idempotency key the
 * effect and the key are one row: the same request again gives the first answer, whenever, also
 * where it would be refused by now; the same key with another request is refused. A refusal leaves
 * nothing behind, so the same key may succeed later.
 */
export async function transfer(db: Db, order: TransferOrder): Promise<TransferAnswer> {
  const ordered = orderedOf(order);
  const { id, at, request, repeated, refused } = await placeOrder(db, ordered);
  if (refused !== undefined) return { ok: false, code: refused };
  if (id === undefined || at === undefined || request === undefined) {
    throw new Error('The transfer got no number.');
  }
  if (!equalBytes(request, ordered.request)) return { ok: false, code: 'idempotency/key_reused' };
  return { ok: true, transfer: completedOf(order, { id, at }), repeated };
}

/** With what its key is compared by. */
export function orderedOf(order: TransferOrder): OrderedTransfer {
  return { ...order, request: requestHash(order) };
}

export function completedOf(
  { account, from, to, currency, amountMinor, kind, reference }: TransferOrder,
  { id, at }: { readonly id: bigint; readonly at: Date },
): CompletedTransfer {
  return { id, account, from, to, currency, amountMinor, kind, reference, at };
}

export interface TransferPage {
  readonly transfers: readonly CompletedTransfer[];
  /** The last one's id, where there are more. */
  readonly next: bigint | undefined;
}

/** Newest first: from or to any of the person's wallets, whoever ordered it. */
export async function transfersOf(
  db: Db,
  accountId: bigint,
  page: {
    readonly most?: number | undefined;
    readonly before?: bigint | undefined;
    readonly kind?: TransferKind;
  } = {},
): Promise<TransferPage> {
  const { most = limits.historyRows, before, kind } = page;
  const rows = await readHistory(db, accountId, { most: most + 1, before, kind });
  const transfers = rows.slice(0, most);
  return { transfers, next: rows.length > most ? transfers.at(-1)?.id : undefined };
}

function requestHash(order: TransferOrder): Uint8Array {
  const { kind, from, to, currency, amountMinor, reference } = order;
  const asked = [kind, from, to, currency, amountMinor.toString()];
  const text = JSON.stringify(reference === undefined ? asked : [...asked, reference]);
  return sha256(new TextEncoder().encode(text));
}
