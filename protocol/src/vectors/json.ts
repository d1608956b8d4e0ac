import { hex } from '../index.ts';
import type { CborValue } from '../index.ts';

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

/** A CBOR value as language-neutral JSON. */
export function cborJson(value: CborValue): JsonObject {
  if (typeof value === 'number' || typeof value === 'bigint') return { uint: value.toString() };
  if (typeof value === 'boolean') return { bool: value };
  if (typeof value === 'string') return { text: value };
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  return { array: value.map(cborJson) };
}

/** A JSON object without the entries that are undefined. */
export function json(entries: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

/** Whether two answers say the same, whatever the order of their entries. */
export function isSameJson(a: Json, b: Json): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]): [string, Json] => [key, sorted(each)]),
  );
}
