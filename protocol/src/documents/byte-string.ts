/** The head of a CBOR byte string in its shortest form (RFC 8949 §3). */
export function byteStringHead(length: number): Uint8Array {
  if (length < 24) return Uint8Array.of(0x40 | length);
  if (length < 2 ** 8) return Uint8Array.of(0x58, length);
  if (length < 2 ** 16) return Uint8Array.of(0x59, length >> 8, length & 0xff);
  const bytes = [length >>> 24, length >>> 16, length >>> 8, length].map((byte) => byte & 0xff);
  return Uint8Array.of(0x5a, ...bytes);
}

export interface ReadByteString {
  readonly content: Uint8Array;
  /** Index of the first byte after it. */
  readonly end: number;
}

/**
 * The byte string that starts at `at`; undefined where none stands there whole, with its shortest
 * head.
 */
export function readByteString(bytes: Uint8Array, at: number): ReadByteString | undefined {
  const initial = bytes[at];
  if (initial === undefined) return undefined;
  const width = initial < 0x58 ? 0 : 2 ** (initial - 0x58);
  if (initial < 0x40 || initial > 0x5a || at + 1 + width > bytes.length) return undefined;
  let length = initial & 0x1f;
  if (width > 0) {
    length = 0;
    for (let i = 1; i <= width; i++) length = length * 256 + (bytes[at + i] ?? 0);
  }
  const start = at + 1 + width;
  const isShortest = byteStringHead(length).length === 1 + width;
  if (!isShortest || start + length > bytes.length) return undefined;
  return { content: bytes.slice(start, start + length), end: start + length };
}
