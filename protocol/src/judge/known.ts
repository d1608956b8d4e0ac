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
 * What somebody knows of one allowance around one payment (spec/judge.md §1). Documents here were
 * proved before; at the bank they are settled, so that nobody's payment is blocked by rubbish.
 */
export interface Neighbours {
  /** The answer already given to this payment id. */
  readonly firstAnswer?: unknown;
  /** The document known at the same sequence. */
  readonly same?: KnownDocument | undefined;
  /** The nearest known with a lower sequence, however far. */
  readonly before?: KnownDocument | undefined;
  /** The nearest known with a higher sequence, however far. */
  readonly after?: KnownDocument | undefined;
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
