/**
 * Every code this package answers with, in the order of the specification's pages. A code is part
 * of the specification: removing or renaming one is a new version.
 */
export const PROTOCOL_CODES = [
  // spec/judge.md §2, rule 1: the bytes
  'too_large',
  'malformed',
  'not_canonical',
  'unknown_type',
  'unknown_version',
  'unknown_suite',
  // rules 2 and 3: the signatures
  'issuer_unknown',
  'issuer_signature_invalid',
  'allowance_unknown',
  'payer_signature_invalid',
  'payee_signature_invalid',
  'device_signature_invalid',
  // §3: a Return of another journal
  'return_conflict',
  // rules 4 to 6: what is known of the same allowance
  'duplicate',
  'double_spend',
  'contradiction',
  // rule 7: whom and what it pays
  'wrong_payee',
  'wrong_mode',
  'wrong_bind',
  'request_expired',
  'request_already_paid',
  // rule 8: amounts
  'wrong_currency',
  'amount_zero',
  'wrong_amount',
  'over_per_payment',
  'over_limit',
  'over_count',
  'totals_inconsistent',
  // rule 9: time
  'not_yet_valid',
  'expired',
  'claim_window_closed',
  // rule 10: versions and revocations
  'version_too_low',
  'allowance_revoked',
  'device_revoked',
  'credential_revoked',
  // spec/evidence.md §1
  'proof/same_document',
  'proof/no_contradiction',
  // spec/log.md §4
  'log/wrong_log',
  'log/not_included',
  // spec/sealing.md
  'sealed/open_failed',
  // spec/packets.md §3
  'frame/other_message',
  'frame/wrong_digest',
  // spec/bluetooth.md §3
  'chunk/out_of_order',
  'chunk/wrong_digest',
] as const;

export type ProtocolCode = (typeof PROTOCOL_CODES)[number];

export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}

/** `code` is for programs and is stable; `detail` is for the person who reads a log. */
export interface Failure<C extends string = ProtocolCode> {
  readonly ok: false;
  readonly code: C;
  readonly detail: string;
}

export type Result<T, C extends string = ProtocolCode> = Success<T> | Failure<C>;

export function success<T>(value: T): Success<T> {
  return { ok: true, value };
}

export function failure<C extends string>(code: C, detail: string): Failure<C> {
  return { ok: false, code, detail };
}

/**
 * Thrown for programming errors only: asking to encode or sign what no reader would accept.
 * Anything from outside is answered with a {@link Result}.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolCode;

  constructor(code: ProtocolCode, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}
