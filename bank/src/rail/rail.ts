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
  /** The IBAN that it came from, where the other side says it. */
  readonly from?: string;
}

/** What was done with one piece of news, in the transaction that was given. */
export type RailOutcome = 'credited' | 'held';
export type SettleNews = (tx: Tx, news: RailNews, now: Date) => Promise<RailOutcome>;

/** Money that goes out, to a person's own account elsewhere. */
export interface Payout {
  /** Unique for ever; at most 35 of A–Z, 0–9, dash. */
  readonly endToEndId: string;
  /** Normalised. */
  readonly iban: string;
  /** As that account's owner is called. */
  readonly name: string;
  readonly amountMinor: bigint;
  readonly currency: number;
}

/** How a payout ended: told once. A rejected one's money has never left. */
export interface PayoutNews {
  readonly endToEndId: string;
  readonly outcome: 'settled' | 'rejected';
}

/** Who is told what comes from other banks, each in the transaction that notes it as seen. */
export interface RailEars {
  readonly settle: SettleNews;
  readonly endPayout: (tx: Tx, news: PayoutNews, now: Date) => Promise<void>;
}

/**
 * How money comes from and goes to banks elsewhere. Only incoming money is ever credited: neither
 * an order nor anybody's word about one is money, except on the simulated rail of a demo.
 */
export interface BankRail {
  readonly name: string;
  /** In the transaction that writes the order down; touches nothing outside the database. */
  order(tx: Tx, order: RailOrder): Promise<RailAnswer>;
  /**
   * In the transaction that takes the money from the person; nothing leaves before it commits.
   * `ordered`: news will tell how it ended.
   */
  pay(tx: Tx, payout: Payout, now: Date): Promise<RailAnswer>;
  /** Sends what is to be paid, each payout in one message for ever. Answers how many messages. */
  send(now: Date): Promise<number>;
  /** Hands every piece of news on exactly once; to be called again and again. Answers how many. */
  collect(ears: RailEars, clock: () => Date): Promise<number>;
}
