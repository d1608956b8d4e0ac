import { createCipheriv, randomBytes, scryptSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBundleKeys } from '../../src/keys/index.ts';
import type { BundleKeysOptions } from '../../src/keys/index.ts';
import { CREDENTIALS, KEY_1, KEY_2, startKms } from './kms-server.ts';
import type { KmsServer } from './kms-server.ts';

const key = randomBytes(32);
const purpose = { purpose: 'payment_method_token', environment: 'test' };

let kms: KmsServer;
beforeAll(async () => {
  kms = await startKms();
});
afterAll(() => kms.close());

function open(change: Partial<BundleKeysOptions> = {}) {
  const service = { endpoint: kms.endpoint, region: 'eu-west-1', credentials: CREDENTIALS };
  return createBundleKeys({
    kms: { ...service, key: KEY_1, environment: 'test' },
    developmentPassword: 'mock-kms-password',
    ...change,
  });
}

/** As the older development client writes it. */
function wrapDevelopment(password: string, plaintext: Buffer = key): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', scryptSync(password, 'salt', 32), iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

function flipped(bytes: Buffer): Buffer {
  bytes[59]! ^= 1;
  return bytes;
}

describe('the wrapped key of a device’s bundle', () => {
  test('of a key service opens for its purpose and environment', async () => {
    const wrapped = kms.encrypt(KEY_1, key, purpose);
    expect(await open().unwrapBundleKey(wrapped)).toEqual({ ok: true, key });
  });

  test('of the older development form opens where its password is set', async () => {
    const wrapped = wrapDevelopment('mock-kms-password');
    expect(await open().unwrapBundleKey(wrapped)).toEqual({ ok: true, key });
  });

  test.each([
    ['for another purpose', () => kms.encrypt(KEY_1, key, { ...purpose, purpose: 'x' })],
    ['of another environment', () => kms.encrypt(KEY_1, key, { ...purpose, environment: 'x' })],
    ['without a context', () => kms.encrypt(KEY_1, key, {})],
    ['by another key', () => kms.encrypt(KEY_2, key, purpose)],
    ['of 16 bytes', () => kms.encrypt(KEY_1, key.subarray(16), purpose)],
    ['of random bytes', () => randomBytes(185)],
    ['under another password', () => wrapDevelopment('another')],
    ['of the development form, changed', () => flipped(wrapDevelopment('mock-kms-password'))],
  ])('%s is not opened', async (_name, make) => {
    expect(await open().unwrapBundleKey(make())).toEqual({ ok: false, code: 'not_opened' });
  });

  test.each([0, 1, 59, 6_145])('of %i bytes is malformed', async (length) => {
    const answer = await open().unwrapBundleKey(randomBytes(length));
    expect(answer).toEqual({ ok: false, code: 'malformed' });
  });

  test('of the development form is refused without its password: outside a demo', async () => {
    const strict = open({ developmentPassword: undefined });
    expect(await strict.unwrapBundleKey(wrapDevelopment('mock-kms-password'))).toEqual({
      ok: false,
      code: 'development_form',
    });
  });

  test('of a key service is refused where none is configured', async () => {
    const none = open({ kms: undefined });
    expect(await none.unwrapBundleKey(kms.encrypt(KEY_1, key, purpose))).toEqual({
      ok: false,
      code: 'no_key_service',
    });
  });

  test('waits for a key service that is away: the bundle is not to blame', async () => {
    kms.fail('drop', 'drop', 'drop');
    const wrapped = kms.encrypt(KEY_1, key, purpose);
    await expect(open().unwrapBundleKey(wrapped)).rejects.toMatchObject({
      code: 'keys/vault_unavailable',
    });
  });
});
