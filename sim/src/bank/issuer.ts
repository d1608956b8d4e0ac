import type { IssuerKeys, Signer } from '@sikka/protocol';
import { deriveSigner } from '../keys.ts';
import type { RandomSource } from '../random.ts';
import type { IssuerKeyRow, Tables } from './tables.ts';

const KEY_SECONDS = 800 * 86_400;

/** Makes the next issuer key, which signs from now on; those before verify until their end. */
export function makeIssuerKey(
  { issuerKeys, log }: Tables,
  { random, now }: { readonly random: RandomSource; readonly now: number },
): IssuerKeyRow {
  // EdDSA, so that what the bank signs is the same in every run of a seed.
  const signer = deriveSigner('EdDSA', random);
  const { suite, publicKey } = signer;
  const number = issuerKeys.length + 1;
  const row = { number, suite, publicKey, from: now, until: now + KEY_SECONDS, signer };
  log.push(issuerKeys, row);
  return row;
}

export function issuersOf({ issuerKeys }: Tables): IssuerKeys {
  return new Map(issuerKeys.map((key) => [key.number, key]));
}

/** The key that signs now. */
export function currentIssuer({ issuerKeys }: Tables): Signer & { readonly number: number } {
  const last = issuerKeys.at(-1);
  if (last === undefined) throw new Error('The bank has no issuer key.');
  const { number, signer } = last;
  return { ...signer, number, sign: (message) => signer.sign(message) };
}
