import { hex } from '../../src/index.ts';
import type { CborValue, IssuerKeys, ProtocolCode } from '../../src/index.ts';

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** One file of `vectors/` (spec/vectors.md). */
export interface VectorCase {
  readonly family: string;
  readonly case: string;
  readonly spec: string;
  readonly about: string;
  readonly input: JsonObject;
  readonly expect: JsonObject;
}

export type VectorRow = Omit<VectorCase, 'family'>;

/** The cases of one family, which all speak of one page of the specification. */
export function family(name: string, rows: readonly VectorRow[]): readonly VectorCase[] {
  return rows.map((row) => ({ family: name, ...row }));
}

export function refused(code: ProtocolCode): JsonObject {
  return { ok: false, code };
}

/** A CBOR value as language-neutral JSON. */
export function cborJson(value: CborValue): JsonObject {
  if (typeof value === 'number' || typeof value === 'bigint') return { uint: value.toString() };
  if (typeof value === 'boolean') return { bool: value };
  if (typeof value === 'string') return { text: value };
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  return { array: value.map(cborJson) };
}

export function issuersJson(issuers: IssuerKeys): Json {
  return [...issuers.values()].map(({ number, suite, publicKey }) => ({
    number,
    suite,
    publicKey: hex(publicKey),
  }));
}

/** A JSON object without the entries that are undefined. */
export function json(entries: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}
