import type { Period } from './period.ts';

/** Something that moved, seen from the account of the statement. */
export interface Entry {
  /** Unique in its statement; at most 35 of A–Z, a–z, 0–9, dash. */
  readonly id: string;
  readonly at: Date;
  /** As the ledger calls it: `deposit`, `transfer`, `settlement` … */
  readonly kind: string;
  /** More than 0: it came in; less: it went out. */
  readonly amountMinor: bigint;
  /** The other wallet's number, or the other kind of account. */
  readonly other?: string;
  /** What it was for: a person's own words, or an id. */
  readonly reference?: string;
  /** Of several transfers of one day that are told as one: how many. */
  readonly transfers?: number;
}

/** Both balances and all that lies between them. */
export interface Statement extends Period {
  /** A wallet's number, or a kind of account. */
  readonly account: string;
  /** ISO 4217 numeric. */
  readonly currency: number;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  /** In order of time. */
  readonly entries: readonly Entry[];
}

/** What the balance of this moment and the ledger's own sums say of a period. */
export interface Sums {
  readonly balanceMinor: bigint;
  /** How many entries the period has. */
  readonly entries: number;
  readonly insideMinor: bigint;
  /** Of all that moved since the period's end. */
  readonly afterMinor: bigint;
}

/**
 * A statement, reckoned back from the balance: closing = balance − what moved since, opening =
 * closing − what moved inside. Throws where the entries are not what the sums were made of: then
 * the two were not read at one moment, or one of them leaves something out.
 */
export function statementOf(
  on: Period & Pick<Statement, 'account' | 'currency'>,
  sums: Sums,
  entries: readonly Entry[],
): Statement {
  const closingMinor = sums.balanceMinor - sums.afterMinor;
  const openingMinor = closingMinor - sums.insideMinor;
  const moved = entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (openingMinor + moved !== closingMinor || entries.length !== sums.entries) {
    throw new Error('A statement does not add up.');
  }
  return { ...on, openingMinor, closingMinor, entries };
}
