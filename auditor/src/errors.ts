/** Why no audit could be made, as a closed list. What an audit finds is in its report. */
export const AUDITOR_ERROR_CODES = [
  /** No answer from the database, or it refuses the user. */
  'auditor/unreachable',
  /** The tables of a bank are not there, or are of another version. */
  'auditor/not_a_bank',
  /** The user may not read a table. */
  'auditor/not_permitted',
  /** What the caller kept is neither a checkpoint nor a settlement receipt. */
  'auditor/not_a_checkpoint',
] as const;

export type AuditorErrorCode = (typeof AUDITOR_ERROR_CODES)[number];

export class AuditorError extends Error {
  override readonly name = 'AuditorError';
  readonly code: AuditorErrorCode;

  constructor(code: AuditorErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
