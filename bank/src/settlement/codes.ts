import type { ProtocolCode } from '@sikka/protocol';

/** What settlement answers beyond the judge's codes (spec/settlement.md §5), in its order. */
export const SETTLEMENT_CODES = [
  'refund_unknown_payment',
  'refund_wrong_payee',
  'refund_over_amount',
  'refund_out_of_order',
  /** The same number with other content. */
  'refund_conflict',
  'insufficient_funds',
  'credential_unknown',
  /** A packet of a kind that is not settled. */
  'not_accepted_here',
  'return_conflict',
] as const;

export type SettlementCode = (typeof SETTLEMENT_CODES)[number];

/** Why an item was refused. */
export type RefusalCode = ProtocolCode | SettlementCode;

/**
 * Refusals by what the bank did not have at that moment. They are not kept under the document's
 * id, and the same bytes handed in again are decided again.
 */
export const PASSING_CODES: readonly RefusalCode[] = [
  'refund_unknown_payment',
  'refund_out_of_order',
  'insufficient_funds',
  // A key that this node had not learnt of yet.
  'issuer_unknown',
];
