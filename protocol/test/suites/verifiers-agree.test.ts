import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, fromHex, hex, utf8 } from '../../src/bytes.ts';
import { generateNodeSigningKey, nodeSigner } from '../../src/node.ts';
import { SUITES } from '../../src/suites/suite.ts';
import type { Suite } from '../../src/suites/suite.ts';
import { verifySignature } from '../../src/suites/webcrypto.ts';
import { everyVerifier } from './every-verifier.ts';
import type { Signed } from './every-verifier.ts';

const MESSAGE = utf8('the bytes that were signed');
const signedBySuite = new Map<Suite, Signed>();

beforeAll(async () => {
  for (const suite of SUITES) {
    const { privateKey, publicKey } = await generateNodeSigningKey(suite);
    const signature = await nodeSigner(suite, privateKey).sign(MESSAGE);
    signedBySuite.set(suite, { suite, publicKey, message: MESSAGE, signature });
  }
});

type Part = 'publicKey' | 'message' | 'signature';

interface Mutation {
  readonly suite: Suite;
  readonly part: Part;
  readonly how: 'flip' | 'set' | 'cut' | 'grow' | 'swap';
  readonly at: number;
  readonly value: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  suite: fc.constantFrom(...SUITES),
  part: fc.constantFrom<Part>('publicKey', 'message', 'signature'),
  how: fc.constantFrom('flip', 'set', 'cut', 'grow', 'swap'),
  at: fc.nat(1_000),
  value: fc.integer({ min: 1, max: 255 }),
});

function mutate(bytes: Uint8Array, { how, at, value }: Mutation): Uint8Array {
  const index = at % bytes.length;
  switch (how) {
    case 'flip':
      return bytes.map((byte, i) => (i === index ? byte ^ value : byte));
    case 'set':
      return bytes.map((byte, i) => (i >= index ? (value & 1) * 255 : byte));
    case 'cut':
      return bytes.slice(0, index);
    case 'grow':
      return concatBytes(bytes, Uint8Array.of(value));
    case 'swap':
      return concatBytes(bytes.slice(bytes.length / 2), bytes.slice(0, bytes.length / 2));
  }
}

function sameBytes(a: Signed, b: Signed): boolean {
  return (['publicKey', 'message', 'signature'] as const).every(
    (part) => Buffer.compare(a[part], b[part]) === 0,
  );
}

/** The y of every point whose order divides 8; the last two are 0 and 1 written as y + p. */
const SMALL_ORDER = [
  { name: '0', y: '0000000000000000000000000000000000000000000000000000000000000000' },
  { name: '1', y: '0100000000000000000000000000000000000000000000000000000000000000' },
  { name: '−1', y: 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
  { name: 'y8', y: '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05' },
  { name: '−y8', y: 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a' },
  { name: 'p', y: 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
  { name: 'p + 1', y: 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f' },
].map(({ name, y }) => ({ name, y: fromHex(y) }));

/** (0, −1), of order 2. */
const ORDER_2 = ed25519.Point.fromHex(
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  true,
);

const ORDER = ed25519.Point.Fn.ORDER;

interface Forgery {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  /** The key's scalar, but for its part of small order. */
  readonly scalar: bigint;
  /** Which challenges (hashes of R, key and message) will do. */
  readonly suits: (challenge: bigint) => boolean;
}

/** Signs with nonces 1, 2, 3 … until the challenge suits: for keys that no honest signer has. */
function forge({ publicKey, message, scalar, suits }: Forgery): Signed {
  for (let nonce = 1n; ; nonce += 1n) {
    const commitment = ed25519.Point.BASE.multiply(nonce).toBytes();
    const hash = sha512(concatBytes(commitment, publicKey, message)).toReversed();
    const challenge = BigInt(`0x${hex(hash)}`) % ORDER;
    if (!suits(challenge)) continue;
    const s = ((nonce + challenge * scalar) % ORDER).toString(16).padStart(64, '0');
    const signature = concatBytes(commitment, fromHex(s).toReversed());
    return { suite: 'EdDSA', publicKey, message, signature };
  }
}

/** With a key whose order divides 8, R = rB and S = r hold whenever 8 divides the challenge. */
function forgeUnderSmallOrder(publicKey: Uint8Array): Signed {
  return forge({ publicKey, message: MESSAGE, scalar: 0n, suits: (c) => c % 8n === 0n });
}

/** Valid under the equation with cofactor, but not without: the key has a part of order 2. */
function forgeUnderMixedOrder(): Signed {
  const { scalar } = ed25519.utils.getExtendedPublicKey(new Uint8Array(32).fill(7));
  const publicKey = ed25519.Point.BASE.multiply(scalar).add(ORDER_2).toBytes();
  // An even challenge cancels the part of order 2, and then both equations hold.
  return forge({ publicKey, message: MESSAGE, scalar, suits: (c) => c % 2n === 1n });
}

describe('the WebCrypto and the Node verifier', () => {
  it('accept what was signed', async () => {
    for (const suite of SUITES) expect(await everyVerifier(signedBySuite.get(suite)!)).toBe(true);
  });

  it('refuse every mutation, and never disagree', async () => {
    await fc.assert(
      fc.asyncProperty(mutation, async (change) => {
        const signed = signedBySuite.get(change.suite)!;
        const mutated = { ...signed, [change.part]: mutate(signed[change.part], change) };
        expect(await everyVerifier(mutated)).toBe(sameBytes(signed, mutated));
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuse a signature under every other suite', async () => {
    for (const signed of signedBySuite.values()) {
      for (const suite of SUITES.filter((other) => other !== signed.suite)) {
        expect(await everyVerifier({ ...signed, suite })).toBe(false);
      }
    }
  });

  it.each(SMALL_ORDER)('refuse an Ed25519 key of small order, y = $name', async ({ y }) => {
    for (const sign of [0, 0x80]) {
      const publicKey = y.map((byte, i) => (i === 31 ? byte | sign : byte));
      expect(await everyVerifier(forgeUnderSmallOrder(publicKey))).toBe(false);
    }
  });

  it.each(SMALL_ORDER)('refuse an Ed25519 R of small order, y = $name', async ({ y }) => {
    const { publicKey } = signedBySuite.get('EdDSA')!;
    const signature = concatBytes(y, new Uint8Array(32));
    expect(await everyVerifier({ suite: 'EdDSA', publicKey, message: MESSAGE, signature })).toBe(
      false,
    );
  });

  it('judge a key with a part of small order by the equation without cofactor', async () => {
    const signed = forgeUnderMixedOrder();
    const { signature, message, publicKey } = signed;
    expect(ed25519.verify(signature, message, publicKey, { zip215: true })).toBe(true);
    expect(await everyVerifier(signed)).toBe(false);
  });

  it('refuse an RSA modulus that is even or of 2,047 bits', async () => {
    const signed = signedBySuite.get('PS256')!;
    const even = signed.publicKey.map((byte, i) => (i === 255 ? byte & 0xfe : byte));
    const short = signed.publicKey.map((byte, i) => (i === 0 ? byte & 0x7f : byte));
    expect(await everyVerifier({ ...signed, publicKey: even })).toBe(false);
    expect(await everyVerifier({ ...signed, publicKey: short })).toBe(false);
  });

  it('refuse a P-256 key off the curve, at infinity or uncompressed', async () => {
    const signed = signedBySuite.get('ES256')!;
    const x = new Uint8Array(32).fill(255);
    for (const publicKey of [
      concatBytes(Uint8Array.of(2), x),
      concatBytes(Uint8Array.of(4), signed.publicKey.subarray(1)),
      Uint8Array.of(0),
      new Uint8Array(33),
    ]) {
      expect(await everyVerifier({ ...signed, publicKey })).toBe(false);
    }
  });

  it('answer false for a suite number that version 1 does not have', async () => {
    const { publicKey, message, signature } = signedBySuite.get('ES256')!;
    expect(await verifySignature(1, publicKey, message, signature)).toBe(true);
    for (const number of [0, 4, 15, 16, 17, -1, 1.5, Number.NaN]) {
      expect(await verifySignature(number, publicKey, message, signature)).toBe(false);
    }
  });
});
