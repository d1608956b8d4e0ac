/**
 * Why the database cannot be used, as a closed list. Every message says what to do next,
 * because the first person to read it has just cloned the repository.
 */
export const DATABASE_ERROR_CODES = [
  // The embedded server (decisions/0004-embedded-postgresql.md), in the order of its steps.
  'db/platform_unsupported',
  'db/account_unusable',
  'db/binaries_unusable',
  'db/data_unusable',
  'db/data_missing',
  'db/credentials_missing',
  'db/version_mismatch',
  'db/init_failed',
  'db/in_use',
  'db/port_taken',
  'db/start_failed',
  // Any server, by DATABASE_URL or embedded.
  'db/unreachable',
  'db/too_old',
  'db/role_refused',
  // Migrations.
  'db/migration_misnamed',
  'db/migration_edited',
  'db/migration_unknown',
  'db/migration_out_of_order',
  'db/migration_failed',
] as const;

export type DatabaseErrorCode = (typeof DATABASE_ERROR_CODES)[number];

/** A database that cannot be opened or migrated. `code` is stable; the message is for people. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The SQLSTATE or system error code of anything thrown, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const retryableStates: ReadonlySet<string> = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
]);

/** True where the whole transaction was undone and running it again may succeed. */
export function isRetryable(error: unknown): boolean {
  return retryableStates.has(codeOf(error) ?? '');
}

const unavailableCodes: ReadonlySet<string> = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '53100', // disk_full
  '53300', // too_many_connections
  'SK005', // ledger_post: this process's clock is behind the closed books (migration 0039)
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What the driver says, without a code, when a connection ends or none comes free in time. */
const unavailableMessages = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
];

/**
 * True where the server is away (restarting, refusing, full) rather than answering "no": the
 * caller may try later, and a commit under way then has an unknown outcome.
 */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  if (unavailableCodes.has(code) || code.startsWith('08')) return true;
  return unavailableMessages.some((text) => messageOf(error).startsWith(text));
}

/**
 * True where the database refused the statement, which then has done nothing; false where it is
 * away, so that nobody can say.
 */
export function isRefused(error: unknown): boolean {
  return !isUnavailable(error) && /^[0-9A-Z]{5}$/.test(codeOf(error) ?? '');
}
