import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import { compressPoint, decompressPoint, hex } from '@sikka/protocol';
import type { Db, Tx } from '../db/index.ts';
import { KeysError } from './errors.ts';
import { limits } from './limits.ts';
import { openPrivateKey, sealPrivateKey } from './sealed-key.ts';
import {
  insertSealingKey,
  lockSealingKeys,
  readSealedSealingKeys,
  readSealingKeys,
  retireSealingKeys,
} from './store.ts';
import type { SealingKeyRow } from './store.ts';
import type { KeyVault } from './vault.ts';
import { addDays, secondsOf, wholeSeconds } from './window.ts';

/** A P-256 key to which others seal messages for the bank (spec/suites.md §4). */
export interface PublicSealingKey {
  readonly number: number;
  /** 33 bytes, compressed (SEC 1). */
  readonly publicKey: Uint8Array;
  /** The same as a JSON Web Key (RFC 7517), `kid` the number. */
  readonly jwk: SealingJwk;
  /** Seconds; both ends included. */
  readonly from: number;
  readonly until: number;
  /** Since when nobody should seal to it any more; what was sealed still opens. */
  readonly retiredAt: Date | undefined;
}

export interface SealingJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly use: 'enc';
  readonly kid: string;
  readonly x: string;
  readonly y: string;
}

export interface SealingKeys {
  /**
   * Makes the first key, or the next where the current one nears its end; else changes nothing.
   * Many may call it at once: one key comes of it. To be called at start and daily.
   */
  ensure(tx: Tx): Promise<PublicSealingKey>;
  /** Makes a new key and retires the ones before; they still open what was sealed to them. */
  create(tx: Tx): Promise<PublicSealingKey>;
  /** Every key there ever was, by number. */
  list(db: Db): Promise<readonly PublicSealingKey[]>;
  /** The private half, to open a message that names this number. Throws the vault's errors. */
  privateKey(db: Db, number: number): Promise<KeyObject | undefined>;
}

export interface SealingKeysOptions {
  readonly vault: KeyVault;
  readonly bank: string;
  readonly clock: () => Date;
}

export function createSealingKeys({ vault, bank, clock }: SealingKeysOptions): SealingKeys {
  const options = { vault, bank, clock };
  return {
    ensure: async (tx) => {
      const last = (await lockSealingKeys(tx)).at(-1);
      const needed = addDays(clock(), limits.sealingKeyReserveDays);
      if (last !== undefined && last.until > needed) return publicPart(last);
      return makeKey(tx, options, last);
    },
    create: async (tx) => makeKey(tx, options, (await lockSealingKeys(tx)).at(-1)),
    list: async (db) => (await readSealingKeys(db)).map(publicPart),
    privateKey: async (db, number) => {
      const [row] = await readSealedSealingKeys(db, number);
      if (row === undefined) return undefined;
      return openPrivateKey(vault, row.sealed, contextOf(bank, row));
    },
  };
}

async function makeKey(
  tx: Tx,
  { vault, bank, clock }: SealingKeysOptions,
  last: SealingKeyRow | undefined,
): Promise<PublicSealingKey> {
  const number = (last?.number ?? 0) + 1;
  if (number > limits.issuerKeyNumber) {
    throw new KeysError('keys/numbers_used_up', 'There is no sealing key number left.');
  }
  const { privateKey, publicKey } = generate();
  const from = wholeSeconds(clock());
  const until = addDays(from, limits.sealingKeyValidDays);
  const sealed = await sealPrivateKey(vault, privateKey, contextOf(bank, { number, publicKey }));
  const row = { number, publicKey, sealed, vault: vault.name, from, until };
  if (!(await insertSealingKey(tx, row))) {
    // The very first key, made by somebody else at this moment: there was no row to lock.
    const first = (await lockSealingKeys(tx)).at(-1);
    if (first === undefined) throw new Error('A sealing key vanished.');
    return publicPart(first);
  }
  await retireSealingKeys(tx, { before: number, at: from });
  return publicPart({ number, publicKey, from, until, retiredAt: undefined });
}

interface KeyName {
  readonly number: number;
  readonly publicKey: Uint8Array;
}

/** Of a sealed private half: it opens in its own row only. */
export function contextOf(bank: string, { number, publicKey }: KeyName): string {
  return JSON.stringify(['sealing_keys', bank, number, 'P-256', hex(publicKey)]);
}

function generate() {
  const { privateKey, publicKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const point = [Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  const publicKey = compressPoint(Buffer.concat(point));
  if (publicKey === undefined) throw new Error('OpenSSL made a point off its own curve.');
  return { privateKey, publicKey };
}

function publicPart(row: SealingKeyRow): PublicSealingKey {
  const { number, from, until, retiredAt } = row;
  const publicKey = new Uint8Array(row.publicKey);
  const window = { from: secondsOf(from), until: secondsOf(until), retiredAt };
  return { number, publicKey, jwk: jwkOf(number, publicKey), ...window };
}

function jwkOf(number: number, publicKey: Uint8Array): SealingJwk {
  const point = decompressPoint(publicKey);
  if (point === undefined) throw new KeysError('keys/sealed_damaged', 'Not a point of P-256.');
  const coordinate = (start: number) =>
    Buffer.from(point.subarray(start, start + 32)).toString('base64url');
  const kid = String(number);
  return { kty: 'EC', crv: 'P-256', use: 'enc', kid, x: coordinate(1), y: coordinate(33) };
}
