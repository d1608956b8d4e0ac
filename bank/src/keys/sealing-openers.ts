import type { KeyObject } from 'node:crypto';
import { createPublicKey, diffieHellman } from 'node:crypto';
import { decompressPoint } from '@sikka/protocol';
import type { KeyAgreement } from '@sikka/protocol';
import type { Db } from '../db/index.ts';
import { limits } from './limits.ts';
import type { PublicSealingKey, SealingKeys } from './sealing-keys.ts';
import { addDays } from './window.ts';

/** The bank's sealing keys, ready to open what came now. */
export interface SealingOpeners {
  /**
   * The live key and those retired within `limits.sealingOverlapDays`, newest first, at most
   * `limits.sealingKeysTried`. Throws the vault's errors.
   */
  agreements(now: Date): Promise<readonly KeyAgreement[]>;
}

export interface SealingOpenersOptions {
  readonly db: Db;
  readonly sealingKeys: SealingKeys;
}

/** Each private half is unsealed once in this process; which ones count is asked every time. */
export function createSealingOpeners({ db, sealingKeys }: SealingOpenersOptions): SealingOpeners {
  const opened = new Map<number, KeyAgreement>();
  return {
    agreements: async (now) => {
      const usable = (await sealingKeys.list(db))
        .filter((key) => stillOpens(key, now))
        .toReversed()
        .slice(0, limits.sealingKeysTried);
      const numbers = new Set(usable.map(({ number }) => number));
      for (const number of opened.keys()) if (!numbers.has(number)) opened.delete(number);
      return Promise.all(
        usable.map(async ({ number, publicKey }) => {
          const known = opened.get(number);
          if (known !== undefined) return known;
          const privateKey = await sealingKeys.privateKey(db, number);
          if (privateKey === undefined) throw new Error('A sealing key vanished.');
          const agreement = agreementOf(privateKey, publicKey);
          opened.set(number, agreement);
          return agreement;
        }),
      );
    },
  };
}

function stillOpens({ until, retiredAt }: PublicSealingKey, now: Date): boolean {
  const end = retiredAt ?? new Date(until * 1000);
  return addDays(end, limits.sealingOverlapDays) >= now;
}

/** A P-256 key agreement by a private half that OpenSSL holds (spec/sealed-ledger.md §2). */
function agreementOf(privateKey: KeyObject, publicKey: Uint8Array): KeyAgreement {
  return {
    publicKey,
    deriveSecret: async (peer) => {
      const secret = diffieHellman({ privateKey, publicKey: publicKeyOf(peer) });
      return new Uint8Array(secret);
    },
  };
}

function publicKeyOf(compressed: Uint8Array): KeyObject {
  const point = decompressPoint(compressed);
  if (point === undefined) throw new RangeError('Not a point of P-256.');
  const coordinate = (start: number) =>
    Buffer.from(point.subarray(start, start + 32)).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) };
  return createPublicKey({ key: jwk, format: 'jwk' });
}
