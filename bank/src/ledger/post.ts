import type { Tx } from '../db/index.ts';
import type { AccountId } from './accounts.ts';
import { limits } from './limits.ts';
import { tryPost } from './store.ts';

export interface Transfer {
  /** Lower case words joined by `_`: `transfer`, `deposit`, `reserve`, `settlement`, `refund` … */
  readonly kind: string;
  /** ISO 4217 numeric; both accounts must be in it. */
  readonly currency: number;
  readonly debit: AccountId;
  readonly credit: AccountId;
  /** 1 … 2^53 − 1 minor units. */
  readonly amountMinor: bigint;
  /** 1 to 64 bytes, unique within the kind (but for `settlement`): what this is the effect of. */
  readonly reference?: Uint8Array;
}

export const LEDGER_REFUSAL_CODES = [
  /** After all transfers of the call some account would be under its floor. */
  'insufficient_funds',
  /** Another transfer of this kind has this reference; compare with what it did. */
  'duplicate_reference',
  'currency_mismatch',
  'unknown_account',
  /** A balance would leave 64 bits. */
  'balance_out_of_range',
] as const;

export type Refusal = (typeof LEDGER_REFUSAL_CODES)[number];

export type Posted =
  | { readonly ok: true; readonly ids: readonly bigint[] }
  | { readonly ok: false; readonly code: Refusal };

/**
 * Moves money: all of these transfers or none, judged on the balances after all of them. Answers
 * the transfers' ids in order. A refusal undoes only this call; the transaction goes on.
 *
 * Locks the accounts' balances in id order and as the last thing: call it last in a transaction,
 * and once, with everything that moves; then no two transactions deadlock over money.
 *
 * Throws `RangeError` for what no caller may ask: an amount outside 1 … 2^53 − 1, an account paying
 * itself, more than `transfersAtOnce`.
 */
export async function post(tx: Tx, transfers: readonly Transfer[], at: Date): Promise<Posted> {
  if (transfers.length === 0) return { ok: true, ids: [] };
  if (transfers.length > limits.transfersAtOnce) {
    throw new RangeError(`${transfers.length} transfers at once; ${limits.transfersAtOnce} fit.`);
  }
  for (const { amountMinor, debit, credit } of transfers) {
    if (amountMinor < 1n || amountMinor > limits.amountMinor) {
      throw new RangeError('An amount is 1 … 2^53 − 1 minor units.');
    }
    if (debit === credit) throw new RangeError('An account cannot pay itself.');
  }
  const { ids, refused } = await tryPost(tx, transfers, at);
  return refused === undefined ? { ok: true, ids } : { ok: false, code: refused };
}
