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
  /** A payment by a wallet key (spec/wallet-key.md §6). */
  'payer_key_unknown',
  /** The nonce is another payment's. */
  'nonce_conflict',
  'payer_key_retired',
  'wallet_inactive',
  'payer_under_review',
  'payee_unknown',
  /** The text names a payee or payer whose keys are not these. */
  'payee_mismatch',
  /** A packet of a kind that is not settled, a carrier or an order where it carries nothing. */
  'not_accepted_here',
  /** Orders of ledgers and tills (§7): what brought it was rejected by review. */
  'review_rejected',
  /** The number is another order's. */
  'order_conflict',
  /** No registered key of its signer fits. */
  'order_key_unknown',
  /** Its bundle was not accepted, or not yet. */
  'bundle_not_cleared',
  'device_not_active',
  /** A till says it, and nobody whose money it is has signed it. */
  'payment_missing',
  'limit_wallet_inactive',
  'payer_mismatch',
  'self_payment',
  'amount_invalid',
] as const;

export type SettlementCode = (typeof SETTLEMENT_CODES)[number];

/** Why an item was refused. */
export type RefusalCode = ProtocolCode | SettlementCode;

/**
 * Codes that may pass (spec/settlement.md §1): not kept under the document's id, and judged again
 * when it is handed in again.
 */
const PASSING: ReadonlySet<RefusalCode> = new Set([
  'issuer_unknown',
  'allowance_unknown',
  'claim_window_closed',
  'credential_unknown',
  'refund_unknown_payment',
  'refund_out_of_order',
  'insufficient_funds',
  'payer_key_unknown',
  'payer_key_retired',
  'wallet_inactive',
  'payer_under_review',
  'payee_unknown',
  'order_key_unknown',
  'bundle_not_cleared',
  'device_not_active',
  'limit_wallet_inactive',
]);

export function mayPass(code: RefusalCode): boolean {
  return PASSING.has(code);
}

/** The same as a list, for the store. */
export const PASSING_CODES: readonly RefusalCode[] = [...PASSING];
