/** Why the bank does not start. Each message is one line that says what to do. */
export const START_CODES = [
  'start/secret_weak',
  'start/secret_missing',
  'start/port_taken',
  'start/address_unusable',
  'start/data_unusable',
  'start/database_missing',
] as const;

export type StartCode = (typeof START_CODES)[number];

export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: StartCode;

  constructor(code: StartCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
