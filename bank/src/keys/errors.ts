/** Why keys cannot be used, as a closed list. */
export const KEYS_ERROR_CODES = [
  /** Production and no MASTER_KEY: one made up at start would be lost with the machine. */
  'keys/master_key_missing',
  /** Not 32 bytes, or so regular that nobody drew it at random. */
  'keys/master_key_invalid',
  /** The file can be read by other users of the machine. */
  'keys/master_key_exposed',
  /** The file is there, or must be made, and cannot be read or written. */
  'keys/master_key_unreadable',
  /** Sealed under a master key that was not given. */
  'keys/wrong_master_key',
  /** Sealed by a kind of vault, or under one of its keys, that is not configured. */
  'keys/vault_not_configured',
  /** The module, token or service cannot be reached now; later it may. */
  'keys/vault_unavailable',
  /** It says no: a wrong PIN, no permission, a key that is disabled. */
  'keys/vault_refused',
  /** Its key is missing, not an AES-256 key, or one that can be taken out. */
  'keys/vault_key_unfit',
  /** Changed since it was sealed, or taken from another row. */
  'keys/sealed_damaged',
  /** No issuer key may sign at this time. */
  'keys/no_issuer_key',
  /** Issuer key numbers end at 65,535. */
  'keys/numbers_used_up',
] as const;

export type KeysErrorCode = (typeof KEYS_ERROR_CODES)[number];

/** A key that cannot be had. Neither message nor cause ever holds key material. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
  readonly code: KeysErrorCode;

  constructor(code: KeysErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
