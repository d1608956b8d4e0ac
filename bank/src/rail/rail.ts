import type { Tx } from '../db/index.ts';

/** Money that a person wants to bring in from an account elsewhere. */
export interface RailOrder {
  readonly topUp: bigint;
  /** Where it is to come from, normalised (spec/identifiers.md). */
  readonly iban: string;
  readonly amountMinor: bigint;
  /** ISO 4217 number. */
  readonly currency: number;
  /** What the credit that comes in has to carry; at most 35 of A–Z, a–z, 0–9, dash. */
  readonly endToEndId: string;
}

/**
 * `settled`: the money is here. `ordered`: it is not; news will tell. `rejected`: it will never
 * come by this order.
 */
export type RailAnswer = 'settled' | 'ordered' | 'rejected';

/** Money that came in for an order. Of no order, of another amount: the reader of it decides. */
export interface RailNews {
  readonly rail: string;
  readonly endToEndId: string;
  /** The other side's own name for the transaction: unique on this rail. */
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: number;
}

/** What was done with one piece of news, in the transaction that was given. */
export type RailOutcome = 'credited' | 'held';
export type SettleNews = (tx: Tx, news: RailNews, now: Date) => Promise<RailOutcome>;

/**
 * How money comes in from banks elsewhere. Only incoming money is ever credited: neither an order
 * nor anybody's word about one is money, except on the simulated rail of a demo.
 */
export interface BankRail {
  readonly name: string;
  /** In the transaction that writes the order down; touches nothing outside the database. */
  order(tx: Tx, order: RailOrder): Promise<RailAnswer>;
  /**
   * Hands every piece of news to `settle` exactly once, each in the transaction that notes it as
   * seen; to be called again and again. Answers how many.
   */
  collect(settle: SettleNews, now: Date): Promise<number>;
}
