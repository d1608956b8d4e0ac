import {
  createCipheriv,
  createDecipheriv,
  createSign,
  generateKeyPairSync,
  randomBytes,
  scryptSync,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import {
  bundleMessage,
  bundleUri,
  createFrameReceiver,
  openBundle,
  proveBundle,
  readBundleMessage,
  readBundleUri,
  readDeviceKey,
  sealBundle,
  signBundle,
  splitFrames,
  webCryptoVerifier,
} from '../../src/index.ts';
import type { BundlePush, DeviceKey } from '../../src/index.ts';
import { nodeVerifier, threadedVerifier } from '../../src/node.ts';
import { CONTENT, TILL, TRANSACTION } from '../support/bundles.ts';
import { highS } from '../support/high-s.ts';
import { bytesOf, ecdhKeyOf } from '../support/keys.ts';
import { agreementOf } from '../support/ledgers.ts';

const threads = threadedVerifier({ threads: 1 });
const verifiers = [webCryptoVerifier, nodeVerifier(), threads];
afterAll(() => threads.close());

const NAMED = { deviceId: 'POS-001', bundleId: String(CONTENT['bundle_id']) };
const DEVELOPMENT_KEY = scryptSync('dev-only-insecure-key', 'salt', 32, { N: 16_384 });

/** A push as the older SDK makes one with Node's crypto and its development key service. */
function olderPush(content: object, privateKey: KeyObject): BundlePush {
  const key = randomBytes(32);
  const wrapIv = randomBytes(12);
  const wrapper = createCipheriv('aes-256-gcm', DEVELOPMENT_KEY, wrapIv);
  const wrapped = Buffer.concat([wrapper.update(key), wrapper.final()]);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const text = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
  const envelope = {
    key_wrapped: Buffer.concat([wrapIv, wrapper.getAuthTag(), wrapped]).toString('base64'),
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    cipher: text.toString('base64'),
  };
  const payload = Buffer.from(JSON.stringify(envelope));
  return {
    ...NAMED,
    encryptedPayload: payload.toString('base64'),
    signature: createSign('sha256').update(payload).sign(privateKey, 'base64'),
    deviceClock: '2026-11-21T03:05:00.000Z',
  };
}

/** What the bank's vault does in demo mode. */
async function unwrapDevelopment(wrapped: Uint8Array): Promise<Uint8Array | undefined> {
  if (wrapped.length !== 60) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', DEVELOPMENT_KEY, wrapped.subarray(0, 12));
  decipher.setAuthTag(wrapped.subarray(12, 28));
  return Buffer.concat([decipher.update(wrapped.subarray(28)), decipher.final()]);
}

function keyOf(publicKey: KeyObject): DeviceKey {
  const read = readDeviceKey(publicKey.export({ format: 'pem', type: 'spki' }).toString());
  if (!read.ok) throw new Error(read.detail);
  return read.value;
}

const PAIRS = [
  ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['RSA of 2,048 bits', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['RSA of 3,072 bits', () => generateKeyPairSync('rsa', { modulusLength: 3072 })],
] as const;

describe.each(PAIRS)('a bundle of the older SDK under %s', (_, generate) => {
  const { privateKey, publicKey } = generate();
  const key = keyOf(publicKey);
  const push = olderPush(CONTENT, privateKey);

  it('is proved by every verifier, and refused altered by every one', async () => {
    const bytes = Buffer.from(push.encryptedPayload, 'base64');
    bytes[40]! ^= 1;
    const altered = { ...push, encryptedPayload: bytes.toString('base64') };
    for (const verifier of verifiers) {
      expect((await proveBundle(push, key, verifier)).ok).toBe(true);
      const refused = await proveBundle(altered, key, verifier);
      expect(refused).toMatchObject({ code: 'bundle/signature_invalid' });
    }
  });

  it('opens where the vault unwraps its key, and nowhere else', async () => {
    const signed = await proveBundle(push, key, webCryptoVerifier);
    if (!signed.ok) throw new Error(signed.code);
    const openers = { agreements: [], unwrap: unwrapDevelopment };
    const opened = await openBundle(signed.value, NAMED, openers);
    expect(opened.ok && opened.value.transactions[0]).toMatchObject({
      localId: TRANSACTION['local_id'],
      amountMinor: 5_000n,
      currency: 952,
    });
    const without = await openBundle(signed.value, NAMED, { agreements: [] });
    expect(without).toMatchObject({ code: 'bundle/unwrap_failed' });
  });
});

describe('a bundle of ours', () => {
  async function ourPush(transactions: readonly object[] = [TRANSACTION]): Promise<BundlePush> {
    const content = JSON.stringify({ ...CONTENT, transactions });
    const payload = await sealBundle(content, {
      peer: ecdhKeyOf('bundle/bank').point,
      ephemeral: await agreementOf('bundle/ephemeral'),
      secrets: {
        contentKey: bytesOf('content'),
        iv: bytesOf('iv', 12),
        wrapIv: bytesOf('wrap', 12),
      },
    });
    return signBundle(payload, { ...NAMED, deviceClock: '2026-11-21T03:05:00.000Z' }, TILL);
  }
  const key: DeviceKey = {
    scheme: 'ECDSA-P256',
    publicKey: TILL.publicKey,
    id: new Uint8Array(32),
  };

  it('comes back from the older code and from our frames as it was', async () => {
    const push = await ourPush();
    const { deviceId, ...carried } = push;
    expect(readBundleUri(bundleUri(push))).toEqual({ ok: true, value: carried });
    const source = splitFrames(bundleMessage(push), { size: 200 });
    const receiver = createFrameReceiver();
    let message: Uint8Array | undefined;
    for (let i = 255; message === undefined; i--) {
      const progress = receiver.add(source.frame(i));
      if (progress.state === 'done') message = progress.message;
    }
    expect(readBundleMessage(message)).toEqual({ ok: true, value: { ...carried, deviceId } });
  });

  it('of 1,000 transactions opens, and of 1,001 does not', async () => {
    const transactions = Array.from({ length: 1_001 }, (_, i) => ({
      ...TRANSACTION,
      local_id: `t${i}`,
    }));
    const openers = { agreements: [await agreementOf('bundle/bank')] };
    for (const [count, code] of [
      [1_000, undefined],
      [1_001, 'bundle/too_many_transactions'],
    ] as const) {
      const push = await ourPush(transactions.slice(0, count));
      const signed = await proveBundle(push, key, webCryptoVerifier);
      if (!signed.ok) throw new Error(signed.code);
      const opened = await openBundle(signed.value, NAMED, openers);
      expect(opened.ok ? opened.value.transactions.length : opened.code).toBe(code ?? count);
    }
  });

  it('is one bundle whichever twin of its signature it bears', async () => {
    const push = await ourPush();
    const payload = Buffer.from(push.encryptedPayload, 'base64');
    const twin = await signBundle(payload, { ...NAMED, deviceClock: '' }, highS(TILL));
    expect(twin.signature).not.toBe(push.signature);
    const [a, b] = await Promise.all(
      [push, twin].map((each) => proveBundle(each, key, webCryptoVerifier)),
    );
    expect(a?.ok && b?.ok && Buffer.compare(a.value.payloadHash, b.value.payloadHash)).toBe(0);
  });

  it('does not open under another name than its own', async () => {
    const signed = await proveBundle(await ourPush(), key, webCryptoVerifier);
    if (!signed.ok) throw new Error(signed.code);
    const openers = { agreements: [await agreementOf('bundle/bank')] };
    const other = { ...NAMED, bundleId: 'another' };
    expect(await openBundle(signed.value, other, openers)).toMatchObject({
      code: 'bundle/id_mismatch',
    });
  });
});
