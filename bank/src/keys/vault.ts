/**
 * Keeps secrets for a database that is not trusted with them. The local one seals under a master
 * key in memory; one that asks a hardware module or a key service fits the same port.
 */
export interface KeyVault {
  /** Written beside what it sealed: `local`. */
  readonly name: string;
  /** `context` says what this is and where it lies; the same text opens it, no other does. */
  seal(plaintext: Uint8Array, context: string): Promise<Uint8Array>;
  /** Throws `keys/wrong_master_key`, `keys/sealed_damaged`. The caller wipes what it gets. */
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}
