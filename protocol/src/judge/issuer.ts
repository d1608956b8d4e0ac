import { equalBytes, hex } from '../bytes.ts';
import { verifyDocument } from '../documents/sign.ts';
import type { SigningKey } from '../documents/sign.ts';
import type { Allowance, Bulletin, Credential, Signed, SikkaDocument } from '../documents/types.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { createBoundedCache } from '../bounded-cache.ts';
import type { Verifier } from '../suites/ports.ts';

/** One of the bank's keys as a verifier pins it (spec/suites.md §3). Its times are not judged. */
export interface IssuerKey extends SigningKey {
  readonly number: number;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** The bank's keys by their number. */
export type IssuerKeys = ReadonlyMap<number, IssuerKey>;

/**
 * The issuer keys of a phone: those of the newest bulletin whose dates hold the best bank time.
 * All others are unknown to it (spec/judge.md §2).
 */
export function issuersOf({ issuerKeys }: Bulletin, bankTime: number): IssuerKeys {
  const live = issuerKeys.filter(({ from, until }) => from <= bankTime && bankTime <= until);
  return new Map(live.map((key) => [key.number, key]));
}

/** What every proof stands on. */
export interface Trust {
  readonly issuers: IssuerKeys;
  readonly verifier: Verifier;
}

/** The documents that name the issuer key that signed them. */
export type BankDocument = Extract<SikkaDocument, { readonly issuerKey: number }>;

/** Rule 2 for any document by the bank: a known issuer key, and its signature. */
export async function proveIssued(
  document: Signed<BankDocument>,
  { issuers, verifier }: Trust,
): Promise<Result<IssuerKey>> {
  const { issuerKey: number, type } = document.fields;
  const issuer = issuers.get(number);
  if (issuer === undefined) return failure('issuer_unknown', `no issuer key ${number}`);
  if (await verifyDocument(document, issuer, verifier)) return success(issuer);
  return failure('issuer_signature_invalid', `${type}, issuer key ${number}`);
}

/**
 * Remembers allowances and credentials whose issuer signature was valid, by id **and** exact
 * signature and issuer key: a proved document with another signature beside it is not proved.
 */
export interface IssuedCache {
  has(document: Signed<Allowance | Credential>, id: Uint8Array, issuer: IssuerKey): boolean;
  add(document: Signed<Allowance | Credential>, id: Uint8Array, issuer: IssuerKey): void;
}

/** @param capacity documents kept, at least 1; the least recently used goes first. */
export function createIssuedCache(capacity: number): IssuedCache {
  const proved = createBoundedCache<{
    readonly signature: Uint8Array;
    readonly issuerPublicKey: Uint8Array;
  }>(capacity);
  return {
    has({ signature }, id, { publicKey }) {
      const known = proved.get(hex(id));
      if (known === undefined || !equalBytes(known.signature, signature)) return false;
      return equalBytes(known.issuerPublicKey, publicKey);
    },
    add({ signature }, id, { publicKey }) {
      proved.set(hex(id), { signature, issuerPublicKey: publicKey });
    },
  };
}

/** {@link proveIssued}, without verifying again what the cache has. */
export async function proveIssuedOnce(
  document: Signed<Allowance | Credential>,
  id: Uint8Array,
  { issued, ...trust }: Trust & { readonly issued?: IssuedCache | undefined },
): Promise<Result<IssuerKey>> {
  const issuer = trust.issuers.get(document.fields.issuerKey);
  if (issuer !== undefined && issued?.has(document, id, issuer)) return success(issuer);
  const proved = await proveIssued(document, trust);
  if (proved.ok) issued?.add(document, id, proved.value);
  return proved;
}
