import { equalBytes, hex, keyHash } from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import { nodeSigner } from '@sikka/protocol/node';
import type { Db, Pool } from '../db/index.ts';
import { KeysError } from './errors.ts';
import { limits } from './limits.ts';
import { openPrivateKey } from './sealed-key.ts';
import { readSigningKey } from './store.ts';
import type { SealedIssuerKey } from './store.ts';
import type { KeyVault } from './vault.ts';

/** The current issuer key, ready to sign; documents name it by `number`. */
export interface IssuerSigner extends Signer {
  readonly number: number;
}

export interface IssuerKeysOptions {
  readonly pool: Pool;
  readonly vault: KeyVault;
  /** The bank's id: part of what a sealed key is bound to. */
  readonly bank: string;
  readonly clock: () => Date;
}

export interface CurrentSigner {
  get(db: Db): Promise<IssuerSigner>;
  /** Looks again the next time. */
  forget(): void;
}

/** Knows the current key for `limits.signerFreshMs`, and every key it once opened. */
export function createCurrentSigner(options: IssuerKeysOptions): CurrentSigner {
  const { clock } = options;
  /** A private key is in memory only as a KeyObject, inside its signer. */
  const opened = new Map<number, IssuerSigner>();
  let current: { readonly readAt: number; readonly signer: Promise<IssuerSigner> } | undefined;

  async function read(db: Db, now: Date): Promise<IssuerSigner> {
    const row = await readSigningKey(db, now);
    if (row === undefined) {
      throw new KeysError('keys/no_issuer_key', 'There is no issuer key that may sign now.');
    }
    const signer = opened.get(row.number) ?? (await openSigner(options, row));
    opened.set(row.number, signer);
    return signer;
  }

  return {
    get: async (db) => {
      const now = clock();
      const age = now.getTime() - (current?.readAt ?? 0);
      if (current !== undefined && age >= 0 && age < limits.signerFreshMs) return current.signer;
      const entry = { readAt: now.getTime(), signer: read(db, now) };
      current = entry;
      try {
        return await entry.signer;
      } catch (error) {
        if (current === entry) current = undefined;
        throw error;
      }
    },
    forget: () => {
      current = undefined;
    },
  };
}

async function openSigner(
  { vault, bank }: IssuerKeysOptions,
  row: SealedIssuerKey,
): Promise<IssuerSigner> {
  const key = await openPrivateKey(vault, row.sealed, contextOf(bank, row));
  const signer = nodeSigner(row.suite, key);
  if (!equalBytes(signer.publicKey, row.publicKey)) {
    throw new KeysError('keys/sealed_damaged', 'An issuer key does not fit its public key.');
  }
  return { ...signer, number: row.number };
}

/** Bound to bank, row and public key: sealed bytes put into another row do not open. */
export function contextOf(
  bank: string,
  { number, suite, publicKey }: Omit<SealedIssuerKey, 'sealed'>,
): string {
  return JSON.stringify(['issuer_keys', bank, number, suite, hex(keyHash(suite, publicKey))]);
}
