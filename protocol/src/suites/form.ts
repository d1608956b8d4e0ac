import { equalBytes, fromHex } from '../bytes.ts';
import { isLowS, isScalarPair } from './low-s.ts';
import type { SignatureScheme } from './scheme.ts';
import { publicKeyLength, signatureLength } from './suite.ts';

/** The order L of Ed25519's base point (RFC 8032 §5.1), little-endian as in a signature. */
const ED25519_ORDER = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
/** 2,048, 3,072 and 4,096 bits. */
const OLDER_MODULUS_BYTES: readonly number[] = [256, 384, 512];
/** p = 2^255 − 19, little-endian. */
const ED25519_PRIME = fromHex('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');

/** The y of the points whose order divides 8, little-endian; x and −x share a y. */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(fromHex);

/**
 * Whether key and signature have the form that spec/suites.md §1 asks for, before any arithmetic:
 * what libraries leave open (high s, salt-independent lengths, small orders) is closed here, once
 * for every implementation.
 */
export function hasSignatureForm(
  scheme: SignatureScheme,
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!hasPublicKeyForm(scheme, publicKey)) return false;
  switch (scheme) {
    case 'ES256':
      return isLowS(signature);
    case 'ECDSA-P256':
      return isScalarPair(signature);
    case 'EdDSA':
      return signature.length === signatureLength(scheme) && hasEd25519Form(signature);
    case 'PS256':
    case 'RS256':
      return signature.length === publicKey.length;
  }
}

/** Whether bytes can be a public key of the suite. A P-256 point may still not be on the curve. */
export function hasPublicKeyForm(scheme: SignatureScheme, publicKey: Uint8Array): boolean {
  switch (scheme) {
    case 'ES256':
    case 'ECDSA-P256':
      return publicKey.length === publicKeyLength('ES256') && (publicKey[0] ?? 0) >> 1 === 1;
    case 'EdDSA':
      return publicKey.length === publicKeyLength(scheme) && isEd25519Point(publicKey);
    case 'PS256':
      return publicKey.length === publicKeyLength(scheme) && isModulus(publicKey);
    case 'RS256':
      return OLDER_MODULUS_BYTES.includes(publicKey.length) && isModulus(publicKey);
  }
}

/** Exactly as many bits as its bytes hold, and odd: an even modulus has no use but an attack. */
function isModulus(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) >= 0x80 && ((bytes.at(-1) ?? 0) & 1) === 1;
}

/** R, then S below the order. */
function hasEd25519Form(signature: Uint8Array): boolean {
  return (
    isEd25519Point(signature.subarray(0, 32)) && isBelow(signature.subarray(32), ED25519_ORDER)
  );
}

/** Encodes y below p, and is no point of small order. May still not be on the curve. */
function isEd25519Point(bytes: Uint8Array): boolean {
  const y = Uint8Array.from(bytes);
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(y, ED25519_PRIME) && !SMALL_ORDER_Y.some((small) => equalBytes(small, y));
}

/** a < b, both little-endian and of one length. */
function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = a.length - 1; i >= 0; i--) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
