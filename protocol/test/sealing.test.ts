import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, hex, utf8 } from '../src/bytes.ts';
import { encodeCbor } from '../src/cbor.ts';
import { ProtocolError } from '../src/errors.ts';
import { compressPoint, decompressPoint } from '../src/point.ts';
import { hpkeOpen, hpkeSeal, hpkeSuite } from '../src/sealing/hpke.ts';
import { decodeSealed, generateEcdhKeyPair, open, seal } from '../src/sealing/index.ts';
import type { OpeningKey } from '../src/sealing/index.ts';
import { importEcdhPrivateKey, importEcdhPublicKey } from '../src/sealing/keys.ts';
import { bytesOf, itWithVectors } from './shared-vectors.ts';
import type { Wycheproof, WycheproofCase } from './shared-vectors.ts';

const BIND = new Uint8Array(32).fill(0xb1);
const PACKET = Uint8Array.from({ length: 350 }, (_, i) => i & 0xff);
const INFO = concatBytes(utf8('sikka/seal/v1'), Uint8Array.of(1, 1));

async function freshKey(): Promise<OpeningKey> {
  return { ...(await generateEcdhKeyPair({ extractable: false })), bind: BIND };
}

/** Seals any plaintext, padded or not, as a payee's adversary could. */
async function sealPlaintext(plaintext: Uint8Array, key: OpeningKey): Promise<Uint8Array> {
  const to = await importEcdhPublicKey(key.publicKey);
  const { enc, ciphertext } = await hpkeSeal(plaintext, { to, info: INFO, aad: key.bind });
  return encodeCbor([3, 1, enc, ciphertext]);
}

async function codeOfOpening(sealed: Uint8Array, key: OpeningKey): Promise<string> {
  const opened = await open(sealed, key);
  return opened.ok ? 'ok' : opened.code;
}

interface HpkeVector {
  readonly mode: number;
  readonly aead_id: number;
  readonly info: string;
  readonly skRm: string;
  readonly pkRm: string;
  readonly enc: string;
  readonly encryptions: readonly {
    readonly aad: string;
    readonly ct: string;
    readonly pt: string;
  }[];
}

describe('HPKE of RFC 9180', () => {
  itWithVectors<readonly HpkeVector[]>(
    'opens all 257 messages of base mode with AES-256-GCM, by a key that cannot be exported',
    'hpke-rfc9180/p256-hkdfsha256.json',
    async (vectors) => {
      const vector = vectors.find(({ mode, aead_id }) => mode === 0 && aead_id === 2)!;
      const publicKey = compressPoint(bytesOf(vector.pkRm))!;
      const keyPair = {
        privateKey: await importEcdhPrivateKey(bytesOf(vector.skRm)),
        publicKey: await importEcdhPublicKey(publicKey),
      };
      const info = bytesOf(vector.info);
      const [first] = vector.encryptions;
      const sealed = { enc: bytesOf(vector.enc), ciphertext: bytesOf(first!.ct) };
      const opened = await hpkeOpen(sealed, { keyPair, info, aad: bytesOf(first!.aad) });
      expect(hex(opened)).toBe(first!.pt);

      const recipient = await (
        await hpkeSuite()
      ).createRecipientContext({
        recipientKey: keyPair,
        enc: bytesOf(vector.enc),
        info,
      });
      const wrong: number[] = [];
      for (const [i, { aad, ct, pt }] of vector.encryptions.entries()) {
        const plaintext = await recipient.open(bytesOf(ct), bytesOf(aad));
        if (hex(new Uint8Array(plaintext)) !== pt) wrong.push(i);
      }
      expect(vector.encryptions).toHaveLength(257);
      expect(wrong).toEqual([]);
    },
  );

  itWithVectors<readonly HpkeVector[]>(
    'opens nothing that was made in another mode or with another cipher',
    'hpke-rfc9180/p256-hkdfsha256.json',
    async (vectors) => {
      const others = vectors.filter(
        ({ mode, aead_id, encryptions }) =>
          encryptions.length > 0 && !(mode === 0 && aead_id === 2),
      );
      expect(others).toHaveLength(7);
      for (const { skRm, pkRm, enc, info, encryptions } of others) {
        const keyPair = {
          privateKey: await importEcdhPrivateKey(bytesOf(skRm)),
          publicKey: await importEcdhPublicKey(compressPoint(bytesOf(pkRm))!),
        };
        const [first] = encryptions;
        const opening = hpkeOpen(
          { enc: bytesOf(enc), ciphertext: bytesOf(first!.ct) },
          { keyPair, info: bytesOf(info), aad: bytesOf(first!.aad) },
        );
        await expect(opening).rejects.toThrow();
      }
    },
  );
});

interface EcdhCase<Key> extends WycheproofCase {
  readonly public: Key;
  readonly private: Key;
  readonly shared: string;
}

async function sharedSecret(scalar: Uint8Array, publicKey: Uint8Array): Promise<string> {
  const privateKey = await importEcdhPrivateKey(scalar);
  const algorithm = { name: 'ECDH', public: await importEcdhPublicKey(publicKey) };
  return hex(new Uint8Array(await crypto.subtle.deriveBits(algorithm, privateKey, 256)));
}

/** A scalar in exactly 32 bytes: the vectors add or drop leading zeros. */
function scalarOf(bytes: Uint8Array): Uint8Array {
  return fromHex(hex(bytes).replace(/^0+/, '').padStart(64, '0'));
}

function base64Url(text = ''): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

describe('ECDH of Wycheproof, through the keys of documents', () => {
  itWithVectors<Wycheproof<{ readonly tests: readonly EcdhCase<string>[] }>>(
    'points as bytes: each valid one gives the shared secret, no invalid one is imported',
    'wycheproof/ecdh_secp256r1_ecpoint_test.json',
    async ({ testGroups }) => {
      const key = await freshKey();
      const sealed = decodeSealed(await seal(PACKET, { ecdhKey: key.publicKey, bind: BIND }));
      const ciphertext = sealed.ok ? sealed.value.ciphertext : new Uint8Array(0);
      for (const test of testGroups.flatMap(({ tests }) => tests)) {
        const point = bytesOf(test.public);
        const compressed = point.length === 33 ? point : compressPoint(point);
        const usable = compressed !== undefined && decompressPoint(compressed) !== undefined;
        expect({ tcId: test.tcId, usable }).toEqual({
          tcId: test.tcId,
          usable: test.result !== 'invalid',
        });
        if (usable) {
          const secret = await sharedSecret(scalarOf(bytesOf(test.private)), compressed);
          expect(secret).toBe(test.shared);
        } else if (point.length === 65) {
          const forged = encodeCbor([3, 1, point, ciphertext]);
          expect(await codeOfOpening(forged, key)).toBe('sealed/open_failed');
        }
      }
    },
  );

  itWithVectors<Wycheproof<{ readonly tests: readonly EcdhCase<JsonWebKey>[] }>>(
    'points as JWK coordinates: the same',
    'wycheproof/ecdh_secp256r1_webcrypto_test.json',
    async ({ testGroups }) => {
      for (const test of testGroups.flatMap(({ tests }) => tests)) {
        const { crv, x, y } = test.public;
        const point = concatBytes(Uint8Array.of(4), base64Url(x), base64Url(y));
        const compressed = crv === 'P-256' ? compressPoint(point) : undefined;
        expect({ tcId: test.tcId, usable: compressed !== undefined }).toEqual({
          tcId: test.tcId,
          usable: test.result === 'valid',
        });
        if (compressed === undefined) continue;
        expect(await sharedSecret(base64Url(test.private.d), compressed)).toBe(test.shared);
      }
    },
  );
});

describe('points', () => {
  it('come back from compression, and agree with the curve', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: p256.Point.Fn.ORDER - 1n }), (scalar) => {
        const point = p256.Point.BASE.multiply(scalar);
        const uncompressed = point.toBytes(false);
        expect(hex(compressPoint(uncompressed)!)).toBe(hex(point.toBytes(true)));
        expect(hex(decompressPoint(point.toBytes(true))!)).toBe(hex(uncompressed));
      }),
      { numRuns: 30 },
    );
  });

  it('of another curve, in the hybrid form or of other lengths are refused', () => {
    const uncompressed = p256.Point.BASE.toBytes(false);
    const hybrid = uncompressed.map((byte, i) => (i === 0 ? 7 : byte));
    const flipped = uncompressed.map((byte, i) => (i === 64 ? byte ^ 1 : byte));
    for (const bytes of [hybrid, flipped, uncompressed.subarray(0, 64), Uint8Array.of(0)]) {
      expect(compressPoint(bytes)).toBeUndefined();
    }
    for (const bytes of [uncompressed, new Uint8Array(33), ed25519.Point.BASE.toBytes()]) {
      expect(decompressPoint(bytes)).toBeUndefined();
    }
  });
});

describe('a sealed packet', () => {
  it('opens for its key and bind, whatever the length inside', async () => {
    const key = await freshKey();
    for (const [length, plaintext] of [
      [0, 392],
      [390, 392],
      [391, 832],
      [830, 832],
      [831, 2_048],
      [2_047, 4_098],
      [4_096, 4_098],
    ] as const) {
      const packet = PACKET.length >= length ? PACKET.slice(0, length) : new Uint8Array(length);
      const sealed = await seal(packet, { ecdhKey: key.publicKey, bind: BIND });
      const outside = decodeSealed(sealed);
      expect(outside.ok && outside.value.ciphertext.length).toBe(plaintext + 16);
      expect(await open(sealed, key)).toEqual({ ok: true, value: packet });
    }
  });

  it('opens with the 32 bytes of the private key as with a CryptoKey', async () => {
    const scalar = new Uint8Array(32).fill(5);
    const publicKey = p256.Point.BASE.multiply(BigInt(`0x${hex(scalar)}`)).toBytes(true);
    const sealed = await seal(PACKET, { ecdhKey: publicKey, bind: BIND });
    const key = { privateKey: scalar, publicKey, bind: BIND };
    expect(await open(sealed, key)).toEqual({ ok: true, value: PACKET });
  });

  it('does not open for another key or bind, or by a public key not its own', async () => {
    const [key, other] = [await freshKey(), await freshKey()];
    const sealed = await seal(PACKET, { ecdhKey: key.publicKey, bind: BIND });
    for (const wrong of [
      other,
      { ...key, bind: new Uint8Array(32) },
      { ...key, bind: new Uint8Array(0) },
      { ...key, publicKey: other.publicKey },
      { ...key, publicKey: new Uint8Array(33) },
      { ...key, privateKey: new Uint8Array(32) },
      { ...key, privateKey: new Uint8Array(5) },
    ]) {
      expect(await codeOfOpening(sealed, wrong)).toBe('sealed/open_failed');
    }
  });

  it('does not open with a tag of 4, 8, 12 or 15 bytes', async () => {
    const key = await freshKey();
    const outside = decodeSealed(await seal(PACKET, { ecdhKey: key.publicKey, bind: BIND }));
    if (!outside.ok) throw new Error('not sealed');
    const { enc, ciphertext } = outside.value;
    for (const tag of [0, 4, 8, 12, 15]) {
      const cut = encodeCbor([3, 1, enc, ciphertext.slice(0, ciphertext.length - 16 + tag)]);
      expect(await codeOfOpening(cut, key)).toBe('sealed/open_failed');
    }
  });

  it('is malformed inside when the length or the padding is not honest', async () => {
    const key = await freshKey();
    const beyond = new Uint8Array(392).fill(0);
    beyond.set([1, 135]);
    const marked = new Uint8Array(392);
    marked.set([0, 3, 1, 2, 3]);
    marked[391] = 1;
    for (const plaintext of [beyond, marked]) {
      expect(await codeOfOpening(await sealPlaintext(plaintext, key), key)).toBe('malformed');
    }
    for (const length of [0, 1, 391, 393]) {
      const unpadded = await sealPlaintext(new Uint8Array(length), key);
      expect(await codeOfOpening(unpadded, key)).toBe('sealed/open_failed');
    }
  });

  it.each([
    ['no array', 3, 'malformed'],
    ['another kind', [2, 1, new Uint8Array(65), new Uint8Array(408)], 'malformed'],
    ['another suite', [3, 2, new Uint8Array(65), new Uint8Array(408)], 'unknown_suite'],
    ['a suite that is text', [3, '1', new Uint8Array(65), new Uint8Array(408)], 'malformed'],
    ['a compressed enc', [3, 1, new Uint8Array(33), new Uint8Array(408)], 'malformed'],
    ['no ciphertext', [3, 1, new Uint8Array(65), 'ciphertext'], 'malformed'],
    ['five items', [3, 1, new Uint8Array(65), new Uint8Array(408), 0], 'malformed'],
    ['more than 4,224 bytes', [3, 1, new Uint8Array(65), new Uint8Array(4_224)], 'too_large'],
    ['an enc of zeros', [3, 1, new Uint8Array(65), new Uint8Array(408)], 'sealed/open_failed'],
  ])('with %s does not open', async (_what, value, code) => {
    expect(await codeOfOpening(encodeCbor(value), await freshKey())).toBe(code);
  });

  it('is refused wherever it is changed', async () => {
    const key = await freshKey();
    const sealed = await seal(PACKET, { ecdhKey: key.publicKey, bind: BIND });
    const change = fc.record({
      at: fc.nat(sealed.length - 1),
      by: fc.integer({ min: 1, max: 255 }),
      cut: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(80) }),
    });
    const codes = new Set<string>();
    for (const { at, by, cut } of fc.sample(change, 1_500)) {
      const mutated = sealed.map((byte, i) => (i === at ? byte ^ by : byte));
      codes.add(await codeOfOpening(mutated.slice(0, mutated.length - cut), key));
    }
    expect(codes).not.toContain('ok');
    expect(codes).toContain('sealed/open_failed');
  });

  it('is refused under one context with 10,000 changed ciphertexts', async () => {
    const { privateKey, publicKey } = await generateEcdhKeyPair({ extractable: false });
    const to = await importEcdhPublicKey(publicKey);
    const { enc, ciphertext } = await hpkeSeal(PACKET, { to, info: INFO, aad: BIND });
    // One key schedule for all: only a message that opens moves the context on.
    const recipient = await (
      await hpkeSuite()
    ).createRecipientContext({
      recipientKey: { privateKey: privateKey, publicKey: to },
      enc: new Uint8Array(enc),
      info: INFO,
    });
    const change = fc.record({
      at: fc.nat(ciphertext.length - 1),
      by: fc.integer({ min: 1, max: 255 }),
    });
    let opened = 0;
    for (const { at, by } of fc.sample(change, 10_000)) {
      const mutated = ciphertext.map((byte, i) => (i === at ? byte ^ by : byte));
      await recipient.open(new Uint8Array(mutated), BIND).then(
        () => (opened += 1),
        () => undefined,
      );
    }
    expect(opened).toBe(0);
    const plaintext = await recipient.open(new Uint8Array(ciphertext), BIND);
    expect(hex(new Uint8Array(plaintext))).toBe(hex(PACKET));
  });

  it('never has the ephemeral key of another, so no (key, nonce) pair repeats', async () => {
    const key = await freshKey();
    const seen = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const sealed = decodeSealed(await seal(PACKET, { ecdhKey: key.publicKey, bind: BIND }));
      if (sealed.ok) seen.add(hex(sealed.value.enc)).add(hex(sealed.value.ciphertext));
    }
    expect(seen.size).toBe(1_000);
  });

  it('is not made of too long a packet, for no point, or without a bind', async () => {
    const { publicKey } = await freshKey();
    const to = { ecdhKey: publicKey, bind: BIND };
    await expect(seal(new Uint8Array(4_097), to)).rejects.toThrow(ProtocolError);
    await expect(seal(PACKET, { ...to, ecdhKey: new Uint8Array(33) })).rejects.toThrow(
      ProtocolError,
    );
    await expect(seal(PACKET, { ...to, bind: new Uint8Array(31) })).rejects.toThrow(ProtocolError);
  });
});
