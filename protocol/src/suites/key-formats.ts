import { concatBytes, fromHex } from '../bytes.ts';
import { sha256 } from '../sha256.ts';
import { suiteNumber } from './suite.ts';
import type { Suite } from './suite.ts';

// Heads of SubjectPublicKeyInfo (RFC 5280 §4.1) up to the key's own bytes.
const P256_COMPRESSED_SPKI = fromHex('3039301306072a8648ce3d020106082a8648ce3d030107032200');
const ED25519_SPKI = fromHex('302a300506032b6570032100');
const RSA_2048_SPKI = fromHex('30820122300d06092a864886f70d01010105000382010f003082010a0282010100');
const RSA_EXPONENT_65537 = fromHex('0203010001');

/** SHA-256 of the suite's number as one byte and the public key (spec/suites.md §3). */
export function keyHash(suite: Suite, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(suiteNumber(suite)), publicKey));
}

/** A public key as DER SubjectPublicKeyInfo; ES256 with the point compressed. */
export function publicKeySpki(suite: Suite, publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  switch (suite) {
    case 'ES256':
      return concatBytes(P256_COMPRESSED_SPKI, publicKey);
    case 'EdDSA':
      return concatBytes(ED25519_SPKI, publicKey);
    case 'PS256':
      return rsaSpki(publicKey);
  }
}

/** An RSA key of exactly 2,048 bits with e = 65537 as DER SubjectPublicKeyInfo. */
export function rsaSpki(modulus: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(RSA_2048_SPKI, modulus, RSA_EXPONENT_65537);
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
