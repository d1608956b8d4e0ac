import type { KeyObject } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import { equalBytes, hex, keyHash } from '@sikka/protocol';
import type { Signer, Suite } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import type { Pool, Tx } from '../db/index.ts';
import { KeysError } from './errors.ts';
import { limits } from './limits.ts';
import {
  insertIssuerKey,
  lockIssuerKeys,
  readIssuerKeys,
  readSealedIssuerKeys,
  readSigningKey,
  resealIssuerKey,
  retireIssuerKeys,
} from './store.ts';
import type { IssuerKeyRow } from './store.ts';
import type { KeyVault } from './vault.ts';
import { addDays, secondsOf, wholeSeconds } from './window.ts';

/** What everybody may know of an issuer key (spec/suites.md §3); usable as the judge's record. */
export interface PublicIssuerKey {
  readonly number: number;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  /** Seconds; both ends included. */
  readonly from: number;
  readonly until: number;
  /** Since when it signs nothing more; it still verifies. */
  readonly retiredAt: Date | undefined;
}

/** The current issuer key, ready to sign; documents name it by `number`. */
export interface IssuerSigner extends Signer {
  readonly number: number;
}

export interface IssuerKeys {
  /**
   * Makes the first key, or the next where the current one nears its end; else changes nothing.
   * Many may call it at once: one key comes of it. To be called at start and daily.
   */
  ensure(tx: Tx): Promise<PublicIssuerKey>;
  /** Makes a new key, which signs from its commit on; the one before verifies until its end. */
  rotate(tx: Tx, options?: { readonly suite?: Suite }): Promise<PublicIssuerKey>;
  /** Every key there ever was, by number. */
  list(): Promise<readonly PublicIssuerKey[]>;
  /** The same as the judge takes them. */
  issuers(): Promise<ReadonlyMap<number, PublicIssuerKey>>;
  /**
   * The current key. Throws `keys/no_issuer_key`, or the vault's errors. A key that another
   * process has retired may still come for `limits.signerFreshMs`.
   */
  signer(): Promise<IssuerSigner>;
  /** Seals every key again, after the vault got a new master key; answers how many. */
  reseal(tx: Tx): Promise<number>;
}

export interface IssuerKeysOptions {
  readonly pool: Pool;
  readonly vault: KeyVault;
  /** The bank's id: part of what a sealed key is bound to. */
  readonly bank: string;
  readonly clock: () => Date;
}

export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const { pool, vault, bank, clock } = options;
  /** Opened keys by number; a private key is in memory only as a KeyObject. */
  const opened = new Map<number, IssuerSigner>();
  let current: { readonly readAt: number; readonly signer: Promise<IssuerSigner> } | undefined;

  async function make(tx: Tx, last: number, suite: Suite): Promise<PublicIssuerKey> {
    const number = last + 1;
    if (number > limits.issuerKeyNumber) {
      throw new KeysError('keys/numbers_used_up', 'There is no issuer key number left.');
    }
    const now = wholeSeconds(clock());
    const { privateKey, publicKey } = await generateNodeSigningKey(suite);
    const sealed = await sealKey(privateKey, { number, suite, publicKey });
    const row = { number, suite, publicKey, sealed, vault: vault.name, createdAt: now };
    const window = { from: now, until: addDays(now, limits.issuerKeyValidDays) };
    // Somebody else's first key: that one counts.
    if (!(await insertIssuerKey(tx, { ...row, ...window })))
      return newest(await lockIssuerKeys(tx));
    await retireIssuerKeys(tx, { before: number, at: now });
    current = undefined;
    return publicPart({ ...row, ...window, retiredAt: undefined });
  }

  async function sealKey(key: KeyObject, row: KeyName): Promise<Uint8Array> {
    const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
    try {
      return await vault.seal(pkcs8, contextOf(bank, row));
    } finally {
      pkcs8.fill(0);
    }
  }

  async function openKey(row: KeyName & { readonly sealed: Uint8Array }): Promise<KeyObject> {
    const pkcs8 = await vault.open(row.sealed, contextOf(bank, row));
    try {
      return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    } finally {
      pkcs8.fill(0);
    }
  }

  async function openCurrent(now: Date): Promise<IssuerSigner> {
    const row = await readSigningKey(pool, now);
    if (row === undefined) {
      throw new KeysError('keys/no_issuer_key', 'There is no issuer key that may sign now.');
    }
    const known = opened.get(row.number);
    if (known !== undefined) return known;
    const signer = nodeSigner(row.suite, await openKey(row));
    if (!equalBytes(signer.publicKey, row.publicKey)) {
      throw new KeysError('keys/sealed_damaged', 'An issuer key does not fit its public key.');
    }
    const numbered = { ...signer, number: row.number };
    opened.set(row.number, numbered);
    return numbered;
  }

  return {
    ensure: async (tx) => {
      const keys = await lockIssuerKeys(tx);
      const last = keys.at(-1);
      const needed = addDays(clock(), limits.issuerKeyReserveDays);
      if (last !== undefined && last.retiredAt === undefined && last.until > needed) {
        return publicPart(last);
      }
      return make(tx, last?.number ?? 0, last?.suite ?? 'ES256');
    },
    rotate: async (tx, { suite = 'ES256' } = {}) => {
      const keys = await lockIssuerKeys(tx);
      return make(tx, keys.at(-1)?.number ?? 0, suite);
    },
    list: async () => (await readIssuerKeys(pool)).map(publicPart),
    issuers: async () =>
      new Map((await readIssuerKeys(pool)).map((row) => [row.number, publicPart(row)])),
    signer: async () => {
      const now = clock();
      const age = now.getTime() - (current?.readAt ?? 0);
      if (current !== undefined && age >= 0 && age < limits.signerFreshMs) return current.signer;
      const signer = openCurrent(now);
      const entry = { readAt: now.getTime(), signer };
      current = entry;
      try {
        return await signer;
      } catch (error) {
        if (current === entry) current = undefined;
        throw error;
      }
    },
    reseal: async (tx) => {
      await lockIssuerKeys(tx);
      const rows = await readSealedIssuerKeys(tx);
      for (const row of rows) {
        const sealed = await sealKey(await openKey(row), row);
        await resealIssuerKey(tx, { number: row.number, sealed, vault: vault.name });
      }
      return rows.length;
    },
  };
}

type KeyName = Pick<PublicIssuerKey, 'number' | 'suite' | 'publicKey'>;

/** Bound to bank, row and public key: sealed bytes put into another row do not open. */
function contextOf(bank: string, { number, suite, publicKey }: KeyName): string {
  return JSON.stringify(['issuer_keys', bank, number, suite, hex(keyHash(suite, publicKey))]);
}

function newest(rows: readonly IssuerKeyRow[]): PublicIssuerKey {
  const last = rows.at(-1);
  if (last === undefined) throw new Error('An issuer key vanished.');
  return publicPart(last);
}

function publicPart(row: IssuerKeyRow): PublicIssuerKey {
  return {
    number: row.number,
    suite: row.suite,
    publicKey: new Uint8Array(row.publicKey),
    from: secondsOf(row.from),
    until: secondsOf(row.until),
    retiredAt: row.retiredAt,
  };
}
