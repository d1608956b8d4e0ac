/** What the command line says when it cannot go on: a stable code, and a sentence that helps. */
export const CLI_CODES = [
  'cli/usage',
  'cli/file_unreadable',
  'cli/no_qr_found',
  'cli/issuers_missing',
  'cli/bank_unreachable',
  'cli/bank_refused',
  'cli/key_missing',
  'cli/wallet_missing',
  'cli/wallet_exists',
  'cli/wallet_refused',
  'cli/radio_missing',
] as const;

export type CliCode = (typeof CLI_CODES)[number];

/** Ends a command: `main` prints `detail` and the code to standard error, and exits with 2. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliCode;

  constructor(code: CliCode, detail: string) {
    super(detail);
    this.code = code;
  }
}
