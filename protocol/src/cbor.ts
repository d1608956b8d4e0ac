import { readCbor } from './cbor-reader.ts';
import type { CborValue } from './cbor-reader.ts';
import { writeCbor } from './cbor-writer.ts';
import { failure } from './errors.ts';
import type { Result } from './errors.ts';
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
  return writeCbor(value, isCanonicalText);
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
