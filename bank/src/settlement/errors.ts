/** What settlement throws, as a closed list; everything expected is an outcome. */
export const SETTLEMENT_ERROR_CODES = [
  /** No such upload: a caller asks to settle what was never received. */
  'settlement/upload_unknown',
  /** What was read had changed when it was posted (a refund's money), several times in a row. */
  'settlement/overtaken',
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

/** Characters of a reason: a name and a code fit several times. */
const REASON_CHARACTERS = 200;

/** An error's name and code only: its message may quote what somebody handed in. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}`.slice(0, REASON_CHARACTERS);
}
