import type { KeyObject } from 'node:crypto';
import { createSecretKey, randomBytes } from 'node:crypto';
import type { Pool } from '../db/index.ts';
import { insertSecret, readSecret } from './store.ts';
import type { KeyVault } from './vault.ts';

/** What each is for; one secret is never used for two things. */
export type SecretName = 'email-lookup' | 'otp' | 'refresh' | 'address';

/** The bank's symmetric secrets, made at first use and sealed in the database. */
export interface Secrets {
  /** 32 random bytes, the same in every process. Throws the vault's errors. */
  get(name: SecretName): Promise<KeyObject>;
}

export interface SecretsOptions {
  readonly pool: Pool;
  readonly vault: KeyVault;
  readonly bank: string;
}

const SECRET_BYTES = 32;

export function createSecrets({ pool, vault, bank }: SecretsOptions): Secrets {
  const known = new Map<SecretName, KeyObject>();
  const open = async (name: SecretName): Promise<KeyObject> => {
    const sealed = (await readSecret(pool, name)) ?? (await make(name));
    const bytes = await vault.open(sealed, contextOf(bank, name));
    try {
      return createSecretKey(bytes);
    } finally {
      bytes.fill(0);
    }
  };
  /** Whichever process wrote first: every other one reads that row. */
  const make = async (name: SecretName): Promise<Uint8Array> => {
    const bytes = randomBytes(SECRET_BYTES);
    const sealed = await vault.seal(bytes, contextOf(bank, name));
    bytes.fill(0);
    await insertSecret(pool, { name, sealed, vault: vault.name, at: new Date() });
    return (await readSecret(pool, name)) ?? sealed;
  };
  return {
    get: async (name) => {
      const key = known.get(name) ?? (await open(name));
      known.set(name, key);
      return key;
    },
  };
}

export function contextOf(bank: string, name: string): string {
  return `sikka/secret/v1 ${bank} ${name}`;
}
