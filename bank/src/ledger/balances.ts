import type { Db } from '../db/index.ts';
import type { AccountId } from './accounts.ts';
import { readBalances, readDiscrepancies, readSums } from './store.ts';

export interface Balance {
  readonly account: AccountId;
  /** ISO 4217 numeric. */
  readonly currency: number;
  readonly balanceMinor: bigint;
  /** The least it may be; `undefined` where there is no least. */
  readonly floorMinor: bigint | undefined;
}

/** The accounts' balances by id; an id that is not there is not in the map. */
export async function balances(
  db: Db,
  accounts: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, Balance>> {
  return byAccount(await readBalances(db, accounts));
}

export interface Discrepancy {
  readonly account: AccountId;
  readonly currency: number;
  readonly balanceMinor: bigint;
  /** What the transfers add up to. */
  readonly explainedMinor: bigint;
}

export interface Books {
  /** Every currency in use; each sum is 0. */
  readonly sums: ReadonlyMap<number, bigint>;
  /** Accounts whose balance is not what their transfers say; none. */
  readonly discrepancies: readonly Discrepancy[];
  readonly ok: boolean;
}

/** The sum over all accounts, by currency in use: 0 at every commit. */
export async function ledgerSums(db: Db): Promise<ReadonlyMap<number, bigint>> {
  return new Map((await readSums(db)).map(({ currency, sum }) => [currency, sum]));
}

/**
 * Recomputes the books from all transfers. Reads the whole ledger; the two readings are of one
 * moment only inside a `repeatable read` transaction.
 */
export async function checkBooks(db: Db): Promise<Books> {
  const sums = await ledgerSums(db);
  const discrepancies = await readDiscrepancies(db);
  const ok = discrepancies.length === 0 && [...sums.values()].every((sum) => sum === 0n);
  return { sums, discrepancies, ok };
}

function byAccount(rows: readonly Balance[]): ReadonlyMap<AccountId, Balance> {
  return new Map(rows.map((row) => [row.account, row]));
}
