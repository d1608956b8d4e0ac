import { scrypt } from 'node:crypto';
import { decodeCbor, encodeCbor, utf8 } from '@sikka/protocol';
import { WalletError } from '../../errors.ts';
import { importAesKey, sealWith, unsealWith } from '../../keystore/aes-gcm.ts';
import { MAX_SCRYPT_LOG_N, MIN_SCRYPT_LOG_N } from '../../limits.ts';

const VERSION = 1;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const MAX_FILE_BYTES = 1_024;
const ASSOCIATED = utf8('sikka/wallet/keys/v1');

/** What the `keys` file says in the clear, and the data key under the PIN. */
export interface SealedDataKey {
  readonly salt: Uint8Array;
  /** scrypt's N is two to this power; r = 8, p = 1. */
  readonly logN: number;
  readonly sealed: Uint8Array;
}

/** A fresh data key and the file that gives it back to whoever has the PIN. */
export async function createDataKey(
  pin: string,
  logN: number,
): Promise<{ readonly raw: Uint8Array; readonly file: Uint8Array }> {
  const raw = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await keyFromPin(pin, salt, logN);
  const sealed = await sealWith(key, raw, ASSOCIATED);
  return { raw, file: encodeCbor([VERSION, salt, logN, sealed]) };
}

/** The data key, or undefined for a wrong PIN. */
export async function openDataKey(
  pin: string,
  { salt, logN, sealed }: SealedDataKey,
): Promise<Uint8Array | undefined> {
  return unsealWith(await keyFromPin(pin, salt, logN), sealed, ASSOCIATED);
}

/**
 * Reads the `keys` file.
 * @throws WalletError `wallet/store_damaged`, also for a cost that no wallet of ours wrote.
 */
export function readSealedDataKey(file: Uint8Array): SealedDataKey {
  const decoded = decodeCbor(file, { maxBytes: MAX_FILE_BYTES });
  const items: readonly unknown[] = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
  const [version, salt, logN, sealed] = items;
  if (
    version !== VERSION ||
    !(salt instanceof Uint8Array) ||
    !(sealed instanceof Uint8Array) ||
    typeof logN !== 'number' ||
    logN < MIN_SCRYPT_LOG_N ||
    logN > MAX_SCRYPT_LOG_N
  ) {
    throw new WalletError('wallet/store_damaged', 'the keys file is damaged');
  }
  return { salt, logN, sealed };
}

async function keyFromPin(pin: string, salt: Uint8Array, logN: number): Promise<CryptoKey> {
  const cost = { N: 2 ** logN, r: BLOCK_SIZE, p: PARALLEL };
  // What scrypt needs is 128·N·r bytes and a little; Node's own limit is lower.
  const maxmem = 256 * cost.N * cost.r;
  const raw = await new Promise<Uint8Array>((resolve, reject) => {
    scrypt(pin.normalize('NFKC'), salt, KEY_BYTES, { ...cost, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
  return importAesKey(raw);
}
