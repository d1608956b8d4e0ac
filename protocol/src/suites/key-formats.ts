import { concatBytes, fromHex } from '../bytes.ts';
import { sha256 } from '../sha256.ts';
import { suiteNumber } from './suite.ts';
import type { SignatureScheme } from './scheme.ts';
import type { Suite } from './suite.ts';

// Heads of SubjectPublicKeyInfo (RFC 5280 §4.1) up to the key's own bytes.
const P256_COMPRESSED_SPKI = fromHex('3039301306072a8648ce3d020106082a8648ce3d030107032200');
const P256_SPKI = fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200');
const ED25519_SPKI = fromHex('302a300506032b6570032100');
const RSA_ALGORITHM = fromHex('300d06092a864886f70d0101010500');
const RSA_EXPONENT_65537 = fromHex('0203010001');

/** SHA-256 of the suite's number as one byte and the public key (spec/suites.md §3). */
export function keyHash(suite: Suite, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(suiteNumber(suite)), publicKey));
}

/** A public key as DER SubjectPublicKeyInfo; ES256 with the point compressed. */
export function publicKeySpki(
  scheme: SignatureScheme,
  publicKey: Uint8Array,
): Uint8Array<ArrayBuffer> {
  switch (scheme) {
    case 'ES256':
    case 'ECDSA-P256':
      return concatBytes(P256_COMPRESSED_SPKI, publicKey);
    case 'EdDSA':
      return concatBytes(ED25519_SPKI, publicKey);
    case 'PS256':
    case 'RS256':
      return rsaSpki(publicKey);
  }
}

/** An uncompressed P-256 point (65 bytes) as DER SubjectPublicKeyInfo, as usual. */
export function p256Spki(point: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(P256_SPKI, point);
}

/** An RSA key with e = 65537, its modulus from 256 bytes on, as DER SubjectPublicKeyInfo. */
export function rsaSpki(modulus: Uint8Array): Uint8Array<ArrayBuffer> {
  const zero = Uint8Array.of(0);
  const n = derLong(0x02, concatBytes(zero, modulus));
  const key = derLong(0x03, concatBytes(zero, derLong(0x30, concatBytes(n, RSA_EXPONENT_65537))));
  return derLong(0x30, concatBytes(RSA_ALGORITHM, key));
}

/** A DER value whose length takes two bytes (X.690 §8.1.3.5): 256 … 65,535. */
function derLong(tag: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = content;
  return concatBytes(Uint8Array.of(tag, 0x82, length >> 8, length & 0xff), content);
}

/** A public key as `openssl` reads it: PEM, lines of 64 characters (spec/evidence.md §3). */
export function publicKeyPem(suite: Suite, publicKey: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...publicKeySpki(suite, publicKey)));
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

/** A signature as `openssl` reads it: DER for ES256, the same bytes for the others. */
export function derSignature(suite: Suite, signature: Uint8Array): Uint8Array {
  if (suite !== 'ES256') return signature;
  const r = derInteger(signature.subarray(0, 32));
  const s = derInteger(signature.subarray(32));
  return concatBytes(Uint8Array.of(0x30, r.length + s.length), r, s);
}

function derInteger(unsigned: Uint8Array): Uint8Array {
  let start = 0;
  while (start < unsigned.length - 1 && unsigned[start] === 0) start += 1;
  const magnitude = unsigned.subarray(start);
  const sign = (magnitude[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(0);
  return concatBytes(Uint8Array.of(2, sign.length + magnitude.length), sign, magnitude);
}
