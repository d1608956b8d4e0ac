import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256, utf8 } from '../../src/index.ts';
import type { Signer, Suite } from '../../src/index.ts';
import { modulusBytes, rsaKeyOf, signPss } from './rsa.ts';
import type { RsaKey } from './rsa.ts';

/**
 * Signers whose keys and signatures are made of a name, so that vectors are the same on every
 * machine: ES256 by RFC 6979, PS256 with a fixed salt. They guard nothing.
 */
export function signerOf(suite: Suite, name: string): Signer {
  const cached = signers.get(`${suite} ${name}`);
  if (cached !== undefined) return cached;
  const signer = makeSigner(suite, seedOf(name));
  signers.set(`${suite} ${name}`, signer);
  return signer;
}

const signers = new Map<string, Signer>();

function makeSigner(suite: Suite, seed: Uint8Array): Signer {
  switch (suite) {
    case 'ES256':
      return {
        suite,
        publicKey: p256.getPublicKey(seed, true),
        sign: async (message) => p256.sign(message, seed, { lowS: true, prehash: true }),
      };
    case 'EdDSA':
      return {
        suite,
        publicKey: ed25519.getPublicKey(seed),
        sign: async (message) => ed25519.sign(message, seed),
      };
    case 'PS256':
      return rsaSigner(seed);
  }
}

/** Looking for two primes takes a while, so they are looked for when they are needed. */
function rsaSigner(seed: Uint8Array): Signer {
  let made: RsaKey | undefined;
  const key = (): RsaKey => (made ??= rsaKeyOf(`sikka vectors: ${seed.join()}`));
  const salt = sha256(seed);
  return {
    suite: 'PS256',
    get publicKey() {
      return modulusBytes(key());
    },
    sign: async (message) => signPss(key(), message, salt),
  };
}

/** The same ES256 key, giving other signatures: as ECDSA with randomness does. */
export function signerAgain(name: string): Signer {
  const { suite, publicKey } = signerOf('ES256', name);
  const seed = seedOf(name);
  const extraEntropy = sha256(seed);
  return {
    suite,
    publicKey,
    sign: async (message) => p256.sign(message, seed, { lowS: true, prehash: true, extraEntropy }),
  };
}

function seedOf(name: string): Uint8Array {
  return sha256(utf8(`sikka vectors: ${name}`));
}

/** A key agreement key made of a name. */
export function ecdhKeyOf(name: string): {
  readonly secret: Uint8Array;
  readonly point: Uint8Array;
} {
  const secret = sha256(utf8(`sikka vectors, ECDH: ${name}`));
  return { secret, point: p256.getPublicKey(secret, true) };
}

/** 32 bytes, or fewer, made of a name: ids, salts, nonces of a story. */
export function bytesOf(name: string, length = 32): Uint8Array {
  return sha256(utf8(name)).slice(0, length);
}
