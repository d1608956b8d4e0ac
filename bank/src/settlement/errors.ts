/** What settlement throws, as a closed list; everything expected is an outcome. */
export const SETTLEMENT_ERROR_CODES = [
  /** No such upload: a caller asks to settle what was never received. */
  'settlement/upload_unknown',
  /** Money of a refund was spent between reading and posting, several times in a row. */
  'settlement/funds_moved',
] as const;

export type SettlementErrorCode = (typeof SETTLEMENT_ERROR_CODES)[number];

export class SettlementError extends Error {
  override readonly name = 'SettlementError';
  readonly code: SettlementErrorCode;

  constructor(code: SettlementErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
