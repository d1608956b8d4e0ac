/**
 * Keeps secrets for a database that is not trusted with them. The local one seals under a master
 * key in memory; those that ask a hardware module or a key service fit the same port.
 */
export interface KeyVault {
  /** Written beside what it sealed: `local`, `pkcs11`, `kms`. */
  readonly name: VaultName;
  /** The first bytes of all that it seals now: which kind of vault (1), and which key (8). */
  readonly header: Uint8Array;
  /** `context` says what this is and where it lies; the same text opens it, no other does. */
  seal(plaintext: Uint8Array, context: string): Promise<Uint8Array>;
  /**
   * Throws `keys/wrong_master_key`, `keys/sealed_damaged`, `keys/vault_not_configured`,
   * `keys/vault_refused`, `keys/vault_unavailable`. The caller wipes what it gets.
   */
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}

/** Kinds of vaults, by the first byte of what they seal. Never given anew: rows hold them. */
export const VAULT_KINDS = { local: 1, pkcs11: 2, kms: 3 } as const;

export type VaultName = keyof typeof VAULT_KINDS;

export const VAULT_NAMES = Object.keys(VAULT_KINDS) as readonly VaultName[];

/** Bytes of a key's id within `header`. */
export const keyIdBytes = 8;
export const headerBytes = 1 + keyIdBytes;
