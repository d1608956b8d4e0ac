import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hex, utf8 } from '../../src/bytes.ts';
import { ProtocolError } from '../../src/errors.ts';
import { generateNodeSigningKey, nodeSigner, nodeVerifier } from '../../src/node.ts';
import { derSignature, keyHash, publicKeyPem } from '../../src/suites/key-formats.ts';
import { isLowS, normaliseLowS } from '../../src/suites/low-s.ts';
import { protectedHeader, SUITES, suiteNumber, suiteOf } from '../../src/suites/suite.ts';
import {
  exportSigningKey,
  generateSigningKeyPair,
  importSigningKey,
  webCryptoSigner,
} from '../../src/suites/webcrypto-signer.ts';
import { createWebCryptoVerifier } from '../../src/suites/webcrypto.ts';
import { everyVerifier } from './every-verifier.ts';

const MESSAGE = utf8('a Sig_structure');
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
const HALF = '7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8';

describe.each(SUITES)('a signer of %s', (suite) => {
  it('in WebCrypto signs what every verifier accepts, and keeps its key', async () => {
    const { keyPair, publicKey } = await generateSigningKeyPair(suite, { extractable: false });
    const signature = await webCryptoSigner(suite, keyPair, publicKey).sign(MESSAGE);
    expect(await everyVerifier({ suite, publicKey, message: MESSAGE, signature })).toBe(true);
    await expect(exportSigningKey(keyPair)).rejects.toThrow();
  });

  it('in Node signs what every verifier accepts', async () => {
    const { privateKey, publicKey } = await generateNodeSigningKey(suite);
    const signature = await nodeSigner(suite, privateKey).sign(MESSAGE);
    expect(await everyVerifier({ suite, publicKey, message: MESSAGE, signature })).toBe(true);
  });

  it('is the same key in WebCrypto and in Node from the same PKCS #8 bytes', async () => {
    const { keyPair, publicKey } = await generateSigningKeyPair(suite, { extractable: true });
    const pkcs8 = await exportSigningKey(keyPair);
    const imported = await importSigningKey(suite, pkcs8, { extractable: false });
    expect(hex(imported.publicKey)).toBe(hex(publicKey));
    expect(imported.keyPair.privateKey.extractable).toBe(false);
    expect(hex(nodeSigner(suite, pkcs8).publicKey)).toBe(hex(publicKey));
  });

  it('is refused in Node with a key of another suite', async () => {
    for (const other of SUITES.filter((candidate) => candidate !== suite)) {
      const { privateKey } = await generateNodeSigningKey(other);
      expect(() => nodeSigner(suite, privateKey)).toThrow(ProtocolError);
    }
  });

  it('gives a PEM key and a signature that OpenSSL reads', async () => {
    const { privateKey, publicKey } = await generateNodeSigningKey(suite);
    const signature = await nodeSigner(suite, privateKey).sign(MESSAGE);
    const key = createPublicKey(publicKeyPem(suite, publicKey));
    const padding = suite === 'PS256' ? { padding: 6, saltLength: 32 } : {};
    const algorithm = suite === 'EdDSA' ? undefined : 'sha256';
    const der = derSignature(suite, signature);
    expect(verify(algorithm, MESSAGE, { key, ...padding }, der)).toBe(true);
  });

  it('has a number that leads back, and its own key hashes', () => {
    expect(suiteOf(suiteNumber(suite))).toBe(suite);
    const key = new Uint8Array(33).fill(9);
    const hashes = SUITES.map((each) => hex(keyHash(each, key)));
    expect(new Set(hashes).size).toBe(SUITES.length);
  });
});

describe('ES256', () => {
  it('comes in low-s form from both signers, whatever the nonce', async () => {
    const { keyPair, publicKey } = await generateSigningKeyPair('ES256', { extractable: true });
    const signers = [
      webCryptoSigner('ES256', keyPair, publicKey),
      nodeSigner('ES256', await exportSigningKey(keyPair)),
    ];
    for (const signer of signers) {
      for (let i = 0; i < 40; i++) expect(isLowS(await signer.sign(MESSAGE))).toBe(true);
    }
  });

  it.each([
    ['s = n/2 rounded down', HALF, true],
    ['s = n/2 rounded up', HALF.replace(/a8$/, 'a9'), false],
    ['s = 0', '0'.repeat(64), false],
    ['s = n', ORDER, false],
    ['s = 2^256 − 1', 'f'.repeat(64), false],
  ])('%s: low is %s', (_what, s, low) => {
    const signature = Buffer.from(`${'00'.repeat(31)}01${s}`, 'hex');
    expect(isLowS(new Uint8Array(signature))).toBe(low);
  });

  it('normalises s above n/2 to n − s, and nothing else', () => {
    const r = '11'.repeat(32);
    const high = Uint8Array.from(Buffer.from(r + HALF.replace(/a8$/, 'a9'), 'hex'));
    expect(hex(normaliseLowS(high))).toBe(r + HALF);
    expect(hex(normaliseLowS(normaliseLowS(high)))).toBe(r + HALF);
  });
});

describe('protected headers', () => {
  it('are the constants of spec/suites.md §1', () => {
    expect(SUITES.map((suite) => hex(protectedHeader(suite)))).toEqual([
      'a10126',
      'a10127',
      'a1013824',
    ]);
  });
});

describe('a verifier that keeps one key', () => {
  it('still answers right for many', async () => {
    const verifiers = [createWebCryptoVerifier({ cachedKeys: 1 }), nodeVerifier({ cachedKeys: 1 })];
    const signers = await Promise.all(
      SUITES.map(async (suite) => {
        const { privateKey } = await generateNodeSigningKey(suite);
        return nodeSigner(suite, privateKey);
      }),
    );
    for (const verifier of verifiers) {
      for (const { suite, publicKey, sign } of [...signers, ...signers]) {
        const signature = await sign(MESSAGE);
        expect(await verifier.verify(suite, publicKey, MESSAGE, signature)).toBe(true);
        expect(await verifier.verify(suite, publicKey, utf8('other'), signature)).toBe(false);
      }
    }
  });
});
