import { Buffer } from 'node:buffer';
import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  sign,
  verify,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { ProtocolError } from './errors.ts';
import { MAX_CACHED_KEYS_NODE } from './limits.ts';
import { hasPublicKeyForm, hasSignatureForm } from './suites/form.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { publicKeySpki } from './suites/key-formats.ts';
import { normaliseLowS } from './suites/low-s.ts';
import type { Signer, Verifier } from './suites/ports.ts';
import { schemeNumber } from './suites/scheme.ts';
import type { SignatureScheme } from './suites/scheme.ts';
import type { Suite } from './suites/suite.ts';

export { threadedVerifier } from './verifier-threads.ts';
export type { ThreadedVerifier, ThreadedVerifierOptions } from './verifier-threads.ts';

export interface NodeVerifierOptions {
  /** Keys kept ready for reuse; the least recently used goes first. */
  readonly cachedKeys?: number;
}

/** A {@link Verifier} that can also answer at once, on the calling thread. */
export interface NodeVerifier extends Verifier {
  verifySync(
    scheme: SignatureScheme,
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

export interface NodeSigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: Uint8Array;
}

/** EdDSA hashes inside the algorithm, so OpenSSL takes no name for it. */
const HASH = {
  ES256: 'sha256',
  'ECDSA-P256': 'sha256',
  EdDSA: undefined,
  PS256: 'sha256',
  RS256: 'sha256',
} as const;

const generate = promisify(generateKeyPair);

/**
 * Verifies with OpenSSL on the thread pool: the server's fast path. Gives the same answers as the
 * WebCrypto verifier (spec/suites.md §1).
 */
export function nodeVerifier({ cachedKeys }: NodeVerifierOptions = {}): NodeVerifier {
  const keys = createBoundedCache<KeyObject>(cachedKeys ?? MAX_CACHED_KEYS_NODE);

  function keyFor(suite: SignatureScheme, publicKey: Uint8Array): KeyObject {
    const name = schemeNumber(suite) + viewOf(publicKey).toString('latin1');
    const known = keys.get(name);
    if (known !== undefined) return known;
    const spki = Buffer.from(publicKeySpki(suite, publicKey));
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    keys.set(name, key);
    return key;
  }

  return {
    verify(suite, publicKey, message, signature) {
      if (!hasSignatureForm(suite, publicKey, signature)) return Promise.resolve(false);
      return new Promise((resolve) => {
        try {
          const key = keyInput(suite, keyFor(suite, publicKey));
          verify(HASH[suite], message, key, signature, (error, valid) => {
            resolve(error === null && valid);
          });
        } catch {
          // OpenSSL refuses to read the key: a point off the curve.
          resolve(false);
        }
      });
    },
    verifySync(suite, publicKey, message, signature) {
      if (!hasSignatureForm(suite, publicKey, signature)) return false;
      try {
        return verify(HASH[suite], message, keyInput(suite, keyFor(suite, publicKey)), signature);
      } catch {
        return false;
      }
    },
  };
}

/**
 * Signs with a key that Node holds; ES256 signatures come in low-s form.
 * @throws ProtocolError `malformed` for a key that is not of the suite.
 */
export function nodeSigner(suite: Suite, key: KeyObject | Uint8Array): Signer {
  const privateKey =
    key instanceof Uint8Array
      ? createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' })
      : key;
  const publicKey = publicKeyOf(suite, privateKey);
  const input = keyInput(suite, privateKey);
  return {
    suite,
    publicKey,
    sign: (message) =>
      new Promise((resolve, reject) => {
        sign(HASH[suite], message, input, (error, signature) => {
          if (error !== null) return reject(error);
          const bytes = new Uint8Array(signature);
          resolve(suite === 'ES256' ? normaliseLowS(bytes) : bytes);
        });
      }),
  };
}

/** A fresh signing key. Its randomness is OpenSSL's. */
export async function generateNodeSigningKey(suite: Suite): Promise<NodeSigningKey> {
  const { privateKey } = await generatePair(suite);
  return { privateKey, publicKey: publicKeyOf(suite, privateKey) };
}

function generatePair(suite: Suite) {
  switch (suite) {
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generate('ed25519');
    case 'PS256':
      return generate('rsa', { modulusLength: 2048, publicExponent: 65_537 });
  }
}

function keyInput(suite: SignatureScheme, key: KeyObject) {
  switch (suite) {
    case 'ES256':
    case 'ECDSA-P256':
      return { key, dsaEncoding: 'ieee-p1363' } as const;
    case 'EdDSA':
      return { key };
    case 'RS256':
      return { key, padding: constants.RSA_PKCS1_PADDING };
    case 'PS256':
      // Left out, saltLength would mean "any" when verifying.
      return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  }
}

function publicKeyOf(suite: Suite, privateKey: KeyObject): Uint8Array {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = publicKeyOfJwk(suite, jwk);
  if (!hasPublicKeyForm(suite, publicKey) || (suite === 'PS256' && jwk.e !== 'AQAB')) {
    throw new ProtocolError('malformed', `not a signing key of ${suite}`);
  }
  return publicKey;
}

function publicKeyOfJwk(suite: Suite, { crv, x, y, n }: JsonWebKey): Uint8Array {
  switch (suite) {
    case 'ES256': {
      if (crv !== 'P-256') return new Uint8Array(0);
      const parity = (base64Url(y).at(-1) ?? 0) & 1;
      return Uint8Array.of(2 + parity, ...base64Url(x));
    }
    case 'EdDSA':
      return crv === 'Ed25519' ? base64Url(x) : new Uint8Array(0);
    case 'PS256':
      return base64Url(n);
  }
}

function base64Url(text = ''): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
