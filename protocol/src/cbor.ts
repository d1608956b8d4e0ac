import { encode } from 'cborg';
import { readCbor } from './cbor-reader.ts';
import type { CborValue } from './cbor-reader.ts';
import { failure, ProtocolError } from './errors.ts';
import type { Result } from './errors.ts';
import { MAX_DEPTH, MAX_INTEGER } from './limits.ts';
import { isCanonicalText } from './text.ts';

export type { CborValue } from './cbor-reader.ts';

export interface DecodeOptions {
  /** The limit for what is expected (spec/encoding.md §3), in bytes. */
  readonly maxBytes: number;
}

/**
 * The one encoding of a value in the profile (spec/encoding.md §1).
 * @throws ProtocolError `malformed` for what the profile cannot hold: negative or fractional
 * numbers, integers above 2^63 − 1, text not NFC or with control characters, deeper than 8.
 */
export function encodeCbor(value: CborValue): Uint8Array {
  requireProfile(value, 0);
  // Under Node cborg gives a Buffer, whose `slice` shares memory: a plain array everywhere.
  return new Uint8Array(encode(value));
}

/**
 * Decodes strictly (spec/encoding.md §2): length first, then one walk that builds the value.
 * Refuses with `too_large`, `malformed` or `not_canonical`; never throws. Byte strings are views
 * of `bytes`.
 */
export function decodeCbor(bytes: Uint8Array, { maxBytes }: DecodeOptions): Result<CborValue> {
  if (bytes.length > maxBytes) {
    return failure('too_large', `${bytes.length} bytes, at most ${maxBytes} expected`);
  }
  return readCbor(bytes);
}

function requireProfile(value: CborValue, depth: number): void {
  switch (typeof value) {
    case 'boolean':
      return;
    case 'number':
      if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) return;
      throw new ProtocolError('malformed', 'a number that is not a safe unsigned integer');
    case 'bigint':
      if (value >= 0n && value <= MAX_INTEGER) return;
      throw new ProtocolError('malformed', 'an integer outside 0 … 2^63 − 1');
    case 'string':
      if (isCanonicalText(value)) return;
      throw new ProtocolError('malformed', 'text that is not NFC or has control characters');
    default:
      if (value instanceof Uint8Array) return;
      if (!Array.isArray(value) || depth === MAX_DEPTH) {
        throw new ProtocolError('malformed', 'not a value of the profile, or nested too deep');
      }
      for (const item of value as readonly CborValue[]) requireProfile(item, depth + 1);
  }
}
