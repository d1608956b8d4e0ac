/** Why the audit chain or the log cannot go on, as a closed list. Each wakes someone. */
export const AUDIT_ERROR_CODES = [
  /** A settled payment that was queued for the log is not in its table. */
  'audit/leaves_missing',
  /** A subtree that the log must have is not stored. */
  'audit/node_missing',
] as const;

export type AuditErrorCode = (typeof AUDIT_ERROR_CODES)[number];

/** The stored log contradicts itself: see `verifyLog`. */
export class AuditError extends Error {
  override readonly name = 'AuditError';
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
