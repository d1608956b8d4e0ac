import { createECDH, createHash, createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createBoundedCache, normaliseLowS } from '@sikka/protocol';
import type { Signer, Suite, Verifier } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import type { RandomSource } from './random.ts';

/** A suite whose keys are made of 32 bytes of a seed. RSA keys are not: a run has none. */
export type SeededSuite = Exclude<Suite, 'PS256'>;

/** A P-256 key pair made of bytes of a seed. */
export interface PointPair {
  /** 32 bytes. */
  readonly scalar: Uint8Array;
  /** 33 bytes, compressed. */
  readonly publicKey: Uint8Array;
}

/** Verdicts kept: some thousands a run. */
const REMEMBERED = 20_000;

/** PKCS #8 of an Ed25519 key, up to its seed (RFC 8410 §7). */
const ED25519_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * A signing key that the same random bytes give again. ECDSA still draws its own nonces, so the
 * bytes of its signatures differ from run to run; ids, which are of what is signed, do not.
 */
export function deriveSigner(suite: SeededSuite, random: RandomSource): Signer {
  return suite === 'ES256' ? deriveP256(random) : deriveEd25519(random);
}

/** A key agreement key that the same random bytes give again. */
export function derivePointPair(random: RandomSource): PointPair {
  const { scalar, pair } = derivePair(random);
  return { scalar, publicKey: new Uint8Array(pair.getPublicKey(null, 'compressed')) };
}

/**
 * OpenSSL on the calling thread: the order in which promises settle is then the program's. What
 * was verified once is remembered, for everybody in a run looks at the same signatures.
 */
export function synchronousVerifier(): Verifier {
  const { verifySync } = nodeVerifier();
  const known = createBoundedCache<boolean>(REMEMBERED);
  return {
    async verify(scheme, publicKey, message, signature) {
      const hashed = createHash('sha256').update(scheme);
      for (const part of [publicKey, signature, message]) hashed.update(part).update('|');
      const name = hashed.digest('base64');
      const before = known.get(name);
      if (before !== undefined) return before;
      const valid = verifySync(scheme, publicKey, message, signature);
      known.set(name, valid);
      return valid;
    },
  };
}

function deriveP256(random: RandomSource): Signer {
  const { scalar, pair } = derivePair(random);
  const point = pair.getPublicKey();
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: Buffer.from(scalar).toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const publicKey = new Uint8Array(pair.getPublicKey(null, 'compressed'));
  const input = { key, dsaEncoding: 'ieee-p1363' } as const;
  return {
    suite: 'ES256',
    publicKey,
    sign: async (message) => normaliseLowS(new Uint8Array(sign('sha256', message, input))),
  };
}

function deriveEd25519(random: RandomSource): Signer {
  const der = Buffer.concat([ED25519_HEAD, random.randomBytes(32)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    suite: 'EdDSA',
    publicKey: ed25519PublicKey(key),
    sign: async (message) => new Uint8Array(sign(undefined, message, key)),
  };
}

function ed25519PublicKey(key: KeyObject): Uint8Array {
  const { x = '' } = key.export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x, 'base64url'));
}

/** Nearly every 32 bytes are a scalar of P-256; the others are drawn again. */
function derivePair(random: RandomSource) {
  for (;;) {
    const scalar = random.randomBytes(32);
    if (scalar[0] === 0xff || scalar.every((byte) => byte === 0)) continue;
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(scalar);
    return { scalar, pair };
  }
}
