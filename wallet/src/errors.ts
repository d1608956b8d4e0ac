import type { Problem } from '@sikka/api';
import type { LedgerCode, ProtocolCode } from '@sikka/protocol';

/**
 * What the wallet itself answers, besides the codes of the specification (`ProtocolCode`). Closed:
 * a screen has one sentence for each.
 */
export const WALLET_CODES = [
  // enrolment and the bank's answers
  'wallet/not_enrolled',
  'wallet/already_enrolled',
  'wallet/role_missing',
  'wallet/bank_refused',
  'wallet/bank_unreachable',
  'wallet/answer_invalid',
  // spending
  'wallet/spending_stopped',
  'wallet/no_allowance',
  'wallet/allowance_not_ours',
  'wallet/allowance_unknown',
  'wallet/amount_missing',
  'wallet/payment_unknown',
  'wallet/payment_received',
  'wallet/receipt_mismatch',
  // receiving
  'wallet/not_a_payment',
  'wallet/too_many_requests',
  'wallet/refund_over_amount',
  // bulletins
  'wallet/bulletin_rollback',
  // backups of what is not settled
  'wallet/backup_code_unusable',
  'wallet/backup_empty',
  'wallet/backup_too_large',
  'wallet/backup_invalid',
  'wallet/backup_not_opened',
  // a till over Bluetooth
  'wallet/nearby_lost',
  'wallet/nearby_changed',
  'wallet/nearby_refused',
  // the keystore's gate
  'wallet/pin_required',
  'wallet/pin_wrong',
  'wallet/pin_wait',
  // storage
  'wallet/store_busy',
  'wallet/store_conflict',
  'wallet/store_failed',
  'wallet/store_damaged',
  // a till and the parties of a ledger
  'wallet/configuration_invalid',
  'wallet/keys_unprotected',
  'wallet/transaction_invalid',
  'wallet/ledger_duplicate',
  'wallet/ledger_not_ours',
  'wallet/ledger_empty',
] as const;

export type WalletCode = (typeof WALLET_CODES)[number];

/** Nothing happened, and why. `detail` is for a log, never for a person's screen. */
export interface Refusal {
  readonly ok: false;
  readonly code: WalletCode | ProtocolCode | LedgerCode;
  readonly detail: string;
  /** What the bank said, for `wallet/bank_refused` and `wallet/bank_unreachable`. */
  readonly problem?: Problem;
}

/** What every verb of the wallet answers: `{ ok: true, … }` or a {@link Refusal}. */
export type Outcome<T = object> = ({ readonly ok: true } & T) | Refusal;

export function refuse(code: WalletCode | ProtocolCode | LedgerCode, detail: string): Refusal {
  return { ok: false, code, detail };
}

/**
 * Thrown by adapters when the device fails them (a full disk, a lock held too long, bytes that do
 * not decrypt), and turned into a {@link Refusal} at the door. Anything else thrown is a bug.
 */
export class WalletError extends Error {
  override readonly name = 'WalletError';
  readonly code: WalletCode;

  constructor(code: WalletCode, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}

/** Runs a verb; a {@link WalletError} from below becomes its answer. */
export async function answering<T>(verb: () => Promise<T | Refusal>): Promise<T | Refusal> {
  try {
    return await verb();
  } catch (error) {
    if (error instanceof WalletError) return refuse(error.code, error.message);
    throw error;
  }
}
