import { ProtocolError } from '../errors.ts';
import { compressPoint } from '../point.ts';
import { normaliseLowS } from './low-s.ts';
import type { Signer } from './ports.ts';
import type { Suite } from './suite.ts';
import { KEY_ALGORITHM, SIGNATURE_ALGORITHM } from './webcrypto.ts';

/** A pair of WebCrypto keys and the public key as documents carry it. */
export interface SigningKeyPair {
  readonly keyPair: CryptoKeyPair;
  readonly publicKey: Uint8Array;
}

export interface Extractable {
  /** Whether the private key may leave WebCrypto: false wherever it need not be stored as bytes. */
  readonly extractable: boolean;
}

/** Signs with a key that WebCrypto holds; ES256 signatures come in low-s form. */
export function webCryptoSigner(
  suite: Suite,
  keyPair: CryptoKeyPair,
  publicKey: Uint8Array,
): Signer {
  return {
    suite,
    publicKey,
    async sign(message) {
      const algorithm = SIGNATURE_ALGORITHM[suite];
      const signed = await crypto.subtle.sign(
        algorithm,
        keyPair.privateKey,
        new Uint8Array(message),
      );
      const signature = new Uint8Array(signed);
      return suite === 'ES256' ? normaliseLowS(signature) : signature;
    },
  };
}

/** A fresh signing key. Its randomness is the platform's. */
export async function generateSigningKeyPair(
  suite: Suite,
  { extractable }: Extractable,
): Promise<SigningKeyPair> {
  const keyPair = await generateKeyPair(suite, extractable);
  return { keyPair, publicKey: await publicKeyOf(suite, keyPair.publicKey) };
}

/** A signing key from PKCS #8 bytes. Rejects where the platform cannot import them. */
export async function importSigningKey(
  suite: Suite,
  pkcs8: Uint8Array,
  { extractable }: Extractable,
): Promise<SigningKeyPair> {
  const algorithm = KEY_ALGORITHM[suite];
  const bytes = new Uint8Array(pkcs8);
  // WebCrypto gives a public key only by way of an export, so the first import is extractable.
  const exportable = await crypto.subtle.importKey('pkcs8', bytes, algorithm, true, ['sign']);
  const jwk = publicPart(await crypto.subtle.exportKey('jwk', exportable));
  const publicKey = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify']);
  const privateKey = extractable
    ? exportable
    : await crypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
  return {
    keyPair: { privateKey, publicKey },
    publicKey: await publicKeyOf(suite, publicKey),
  };
}

/** The private key as PKCS #8 bytes. Rejects for a key that is not extractable. */
export async function exportSigningKey(keyPair: CryptoKeyPair): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey('pkcs8', keyPair.privateKey));
}

async function generateKeyPair(suite: Suite, extractable: boolean): Promise<CryptoKeyPair> {
  const usages: KeyUsage[] = ['sign', 'verify'];
  switch (suite) {
    case 'ES256':
      return crypto.subtle.generateKey(KEY_ALGORITHM.ES256, extractable, usages);
    case 'EdDSA':
      // One key, or a pair: the type cannot tell from the algorithm's name; Ed25519 is a pair.
      return (await crypto.subtle.generateKey('Ed25519', extractable, usages)) as CryptoKeyPair;
    case 'PS256':
      return crypto.subtle.generateKey(
        {
          ...KEY_ALGORITHM.PS256,
          modulusLength: 2048,
          publicExponent: Uint8Array.of(1, 0, 1),
        },
        extractable,
        usages,
      );
  }
}

async function publicKeyOf(suite: Suite, publicKey: CryptoKey): Promise<Uint8Array> {
  if (suite === 'EdDSA') return new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  if (suite === 'PS256') return modulusOf(await crypto.subtle.exportKey('jwk', publicKey));
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  const compressed = compressPoint(raw);
  if (compressed === undefined) throw new ProtocolError('malformed', 'not a P-256 public key');
  return compressed;
}

function modulusOf({ n, e }: JsonWebKey): Uint8Array {
  const modulus = fromBase64Url(n ?? '');
  if (modulus.length !== 256 || e !== 'AQAB') {
    throw new ProtocolError('malformed', 'not an RSA key of 2,048 bits with e = 65537');
  }
  return modulus;
}

function publicPart({ kty, crv, x, y, n, e }: JsonWebKey): JsonWebKey {
  return Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  );
}

function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
