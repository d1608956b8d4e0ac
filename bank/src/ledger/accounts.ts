import type { Tx } from '../db/index.ts';
import { openAccounts } from './store.ts';

/** The number of a ledger account. Never reused. */
export type AccountId = bigint;

/** `bank_cash` is the counterpart of all customers' money, so it alone has no floor. */
export const ACCOUNT_KINDS = [
  'bank_cash',
  'wallet_current',
  'wallet_offline',
  'reservation',
  'guarantee',
  'suspense',
  'float',
  'credit_line',
  'limit',
] as const;

export type AccountKind = (typeof ACCOUNT_KINDS)[number];

export interface NewAccount {
  readonly kind: AccountKind;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** Of a `credit_line` only: how far below zero it may go, as a number of at most 0. */
  readonly floorMinor?: bigint;
}

/** Opens accounts with a balance of 0 and answers their ids in the same order; one statement. */
export async function createAccounts(
  tx: Tx,
  accounts: readonly NewAccount[],
  at: Date,
): Promise<readonly AccountId[]> {
  if (accounts.length === 0) return [];
  if (accounts.some((account) => account.floorMinor !== undefined && !hasFloor(account))) {
    throw new RangeError('Only a credit line has a floor of its own.');
  }
  return openAccounts(tx, accounts, at);
}

function hasFloor({ kind }: NewAccount): boolean {
  return kind === 'credit_line';
}
