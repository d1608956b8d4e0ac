import type { Payment, Return } from '../documents/types.ts';

/** What the contradiction relation needs of a payment under the same allowance. */
export interface KnownDocument {
  readonly id: Uint8Array;
  readonly sequence: number;
  readonly amountMinor: bigint;
  readonly spentMinor: bigint;
  readonly previous: Uint8Array;
}

/** What it needs of a Return of the same allowance. */
export interface KnownReturn {
  readonly id: Uint8Array;
  readonly lastSequence: number;
  readonly totalMinor: bigint;
  readonly head: Uint8Array;
}

/**
 * What somebody knows of one allowance around one payment (spec/judge.md §1). At the bank, what is
 * settled: so nobody's payment is blocked by rubbish handed in first. At payer and payee, every
 * document that passed rule 3, accepted or not: it is evidence either way.
 */
export interface Neighbours {
  /**
   * The answer already given to this payment id. Payer and payee give it for payments they
   * accepted only: a verdict that may pass, such as `wrong_bind`, must not stick.
   */
  readonly firstAnswer?: unknown;
  /** The document known at the same sequence. */
  readonly same?: KnownDocument | undefined;
  /** The nearest known with a lower sequence, however far. */
  readonly before?: KnownDocument | undefined;
  /** The nearest known with a higher sequence, however far. */
  readonly after?: KnownDocument | undefined;
  /**
   * The bank's verdict does not look at it: the reservation covers the payment, and the bank
   * compares with `contradicts` to keep the pair as a proof.
   */
  readonly returned?: KnownReturn | undefined;
}

export function knownPayment(payment: Payment, id: Uint8Array): KnownDocument {
  const { sequence, amountMinor, spentMinor, previous } = payment;
  return { id, sequence, amountMinor, spentMinor, previous };
}

export function knownReturn(fields: Return, id: Uint8Array): KnownReturn {
  const { lastSequence, totalMinor, head } = fields;
  return { id, lastSequence, totalMinor, head };
}
