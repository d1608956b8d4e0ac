import { hex } from '../bytes.ts';
import { MAX_CACHED_KEYS } from '../limits.ts';
import { decompressPoint } from '../point.ts';
import { hasSignatureForm } from './form.ts';
import { createBoundedCache } from '../bounded-cache.ts';
import { rsaSpki } from './key-formats.ts';
import type { Verifier } from './ports.ts';
import { schemeNumber } from './scheme.ts';
import type { SignatureScheme } from './scheme.ts';
import { suiteOf } from './suite.ts';
import type { Suite } from './suite.ts';

export interface WebCryptoVerifierOptions {
  /** Imported keys kept for reuse; the least recently used goes first. */
  readonly cachedKeys?: number;
}

const ECDSA_P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** What WebCrypto calls each scheme when it imports or generates a key. */
export const KEY_ALGORITHM = {
  ES256: ECDSA_P256,
  'ECDSA-P256': ECDSA_P256,
  EdDSA: { name: 'Ed25519' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const;

/** What WebCrypto calls each scheme when it signs or verifies; PSS with a salt of 32 bytes. */
export const SIGNATURE_ALGORITHM = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  'ECDSA-P256': { name: 'ECDSA', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
} as const;

/** Verifies with WebCrypto: every browser, and Node. */
export function createWebCryptoVerifier(options: WebCryptoVerifierOptions = {}): Verifier {
  const keys = createBoundedCache<CryptoKey>(options.cachedKeys ?? MAX_CACHED_KEYS);

  async function keyFor(
    suite: SignatureScheme,
    publicKey: Uint8Array,
  ): Promise<CryptoKey | undefined> {
    const name = `${schemeNumber(suite)}:${hex(publicKey)}`;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const imported = await importPublicKey(suite, publicKey);
    if (imported !== undefined) keys.set(name, imported);
    return imported;
  }

  return {
    async verify(suite, publicKey, message, signature) {
      if (!hasSignatureForm(suite, publicKey, signature)) return false;
      try {
        const key = await keyFor(suite, publicKey);
        if (key === undefined) return false;
        const algorithm = SIGNATURE_ALGORITHM[suite];
        return await crypto.subtle.verify(
          algorithm,
          key,
          new Uint8Array(signature),
          new Uint8Array(message),
        );
      } catch {
        // A key that the platform refuses to import verifies nothing.
        return false;
      }
    },
  };
}

/** The verifier of this process: caching imported keys is all it remembers. */
export const webCryptoVerifier: Verifier = createWebCryptoVerifier();

/**
 * Whether `signature` is the suite's signature of `message` under `publicKey`, with all refusals
 * of spec/suites.md §1. False for an unknown suite number. Never throws.
 */
export async function verifySignature(
  suite: Suite | number,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const known = typeof suite === 'number' ? suiteOf(suite) : suite;
  if (known === undefined) return false;
  return webCryptoVerifier.verify(known, publicKey, message, signature);
}

async function importPublicKey(
  suite: SignatureScheme,
  publicKey: Uint8Array,
): Promise<CryptoKey | undefined> {
  const algorithm = KEY_ALGORITHM[suite];
  switch (suite) {
    case 'ES256':
    case 'ECDSA-P256': {
      // Not every WebCrypto imports compressed points.
      const point = decompressPoint(publicKey);
      if (point === undefined) return undefined;
      return crypto.subtle.importKey('raw', point, algorithm, true, ['verify']);
    }
    case 'EdDSA':
      return crypto.subtle.importKey('raw', new Uint8Array(publicKey), algorithm, true, ['verify']);
    case 'PS256':
    case 'RS256':
      return crypto.subtle.importKey('spki', rsaSpki(publicKey), algorithm, true, ['verify']);
  }
}
