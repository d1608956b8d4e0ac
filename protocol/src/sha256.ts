import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

/** OpenSSL's, where this runs under Node: hashing is a third of what decoding a packet costs. */
const openssl = globalThis.process?.getBuiltinModule?.('node:crypto').hash;

/** SHA-256 (FIPS 180-4), synchronous: 32 bytes. The same in browsers and under Node. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return openssl === undefined
    ? nobleSha256(bytes)
    : new Uint8Array(openssl('sha256', bytes, 'buffer'));
}
