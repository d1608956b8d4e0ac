import { createHash } from 'node:crypto';

/** SHA-256 by OpenSSL: the bank's own hashes of bytes received, not ids of documents. */
export function sha256Of(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
