import { p256 } from '@noble/curves/nist.js';

/**
 * A P-256 point uncompressed, as WebCrypto imports it: 65 bytes from 33 (SEC 1 §2.3.4).
 * Undefined for bytes that are no compressed point on the curve, infinity included.
 */
export function decompressPoint(compressed: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (compressed.length !== 33) return undefined;
  return convertPoint(compressed, { compressed: false });
}

/**
 * A P-256 point compressed, as documents carry it: 33 bytes from 65 (SEC 1 §2.3.3).
 * Undefined for bytes that are no uncompressed point on the curve.
 */
export function compressPoint(uncompressed: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (uncompressed.length !== 65) return undefined;
  return convertPoint(uncompressed, { compressed: true });
}

function convertPoint(bytes: Uint8Array, { compressed }: { readonly compressed: boolean }) {
  try {
    return new Uint8Array(p256.Point.fromBytes(bytes).toBytes(compressed));
  } catch {
    return undefined;
  }
}
