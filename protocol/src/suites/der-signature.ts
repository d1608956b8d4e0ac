import { concatBytes } from '../bytes.ts';

/**
 * r‖s, 64 bytes, of an ECDSA signature in DER (RFC 3279 §2.2.3). Undefined for anything but its one
 * encoding: minimal lengths and integers, nothing negative, nothing after it.
 */
export function readDerSignature(der: Uint8Array): Uint8Array | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der.length > 72) return undefined;
  const r = readInteger(der, 2);
  const s = r === undefined ? undefined : readInteger(der, r.end);
  if (r === undefined || s?.end !== der.length) return undefined;
  return concatBytes(r.scalar, s.scalar);
}

function readInteger(der: Uint8Array, at: number) {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  const bytes = der.subarray(at + 2, end);
  const [first = 0, second = 0] = bytes;
  if (der[at] !== 2 || length === 0 || end > der.length || first >= 0x80) return undefined;
  const padded = first === 0 && length > 1;
  if (padded && second < 0x80) return undefined;
  const magnitude = padded ? bytes.subarray(1) : bytes;
  if (magnitude.length > 32) return undefined;
  const scalar = new Uint8Array(32);
  scalar.set(magnitude, 32 - magnitude.length);
  return { scalar, end };
}
