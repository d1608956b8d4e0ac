import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKmsVault } from '../../src/keys/index.ts';
import type { KmsVaultOptions } from '../../src/keys/index.ts';
import { CREDENTIALS, KEY_1, KEY_2, startKms } from './kms-server.ts';
import type { KmsServer } from './kms-server.ts';
import { verifySignature } from './signature-v4.ts';

const context = 'issuer_keys/1';
const secret = Buffer.from('a private key, in DER, that nobody may ever see');

let kms: KmsServer;
beforeEach(async () => {
  kms = await startKms();
});
afterEach(() => kms.close());

function open(change: Partial<KmsVaultOptions> = {}) {
  const { endpoint } = kms;
  const given = { endpoint, region: 'eu-west-1', credentials: CREDENTIALS, environment: 'test' };
  return createKmsVault({ ...given, keys: [KEY_1], ...change });
}

describe('the server of these tests', () => {
  // "get-vanilla" of the AWS Signature Version 4 test suite.
  const signature = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';
  const scope = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
  const names = 'SignedHeaders=host;x-amz-date';
  const request = (signed: string) => ({
    ...{ method: 'GET', path: '/', body: '' },
    headers: {
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, ${names}, Signature=${signed}`,
    },
  });

  test('takes the published signature and no other', () => {
    const other = createHash('sha256').update(signature).digest('hex');
    const account = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    };
    expect(verifySignature(request(signature), account)).toBe('ok');
    expect(verifySignature(request(other), account)).toBe('Mismatch');
  });
});

describe('a vault of a key service', () => {
  test('opens what it sealed, also after a restart', async () => {
    const sealed = await open().seal(secret, context);
    expect(Buffer.from(sealed).includes(secret.subarray(0, 12))).toBe(false);
    expect(await open().open(sealed, context)).toEqual(secret);
    expect(kms.calls).toEqual(['GenerateDataKey', 'Decrypt']);
  });

  test('is asked once for many rows, by however many at once', async () => {
    const writer = open();
    const rows = Array.from({ length: 50 }, (_, i) => `row ${i}`);
    const sealed = await Promise.all(rows.map((row) => writer.seal(secret, row)));
    const reader = open();
    await Promise.all(sealed.map((bytes, i) => reader.open(bytes, rows[i] ?? '')));
    expect(kms.calls).toEqual(['GenerateDataKey', 'Decrypt']);
    // One data key, and every row by a nonce of its own.
    expect(new Set(sealed.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(50);
  });

  test.each([
    ['in another place', {}, 'issuer_keys/2', 'keys/sealed_damaged'],
    ['in another environment', { environment: 'other' }, context, 'keys/sealed_damaged'],
    ['by another key', { keys: [KEY_2] }, context, 'keys/vault_not_configured'],
  ] as const)('does not open %s', async (_name, change, where, code) => {
    const sealed = await open().seal(secret, context);
    const options: Partial<KmsVaultOptions> = change;
    await expect(open(options).open(sealed, where)).rejects.toMatchObject({ code });
  });

  test('does not open with any one byte changed', async () => {
    const sealed = Buffer.from(await open().seal(secret, context));
    const reader = open();
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      await expect(reader.open(changed, context), `byte ${at}`).rejects.toMatchObject({
        code: expect.stringMatching(/^keys\/(sealed_damaged|vault_not_configured)$/) as string,
      });
    }
    expect(await reader.open(sealed, context)).toEqual(secret);
  });

  test('under a new key still opens what the key before sealed, while that is named', async () => {
    const sealed = await open().seal(secret, context);
    const both = open({ keys: [KEY_2, KEY_1] });
    expect(await both.open(sealed, context)).toEqual(secret);
    const later = await both.seal(secret, context);
    expect(await open({ keys: [KEY_2] }).open(later, context)).toEqual(secret);
  });

  test.each([
    ['a lost connection', 'drop'],
    ['throttling', { status: 400, type: 'ThrottlingException' }],
    ['a mistake of its own', { status: 500, type: 'KMSInternalException' }],
    ['a gateway', { status: 502, type: '' }],
  ] as const)('tries again after %s', async (_name, failure) => {
    kms.fail(failure, failure);
    expect(await open().seal(secret, context)).toBeInstanceOf(Uint8Array);
    expect(kms.calls).toHaveLength(3);
  });

  test.each([
    ['is gone three times', ['drop', 'drop', 'drop'], 'keys/vault_unavailable', 3],
    ['does not answer', ['hang', 'hang', 'hang'], 'keys/vault_unavailable', 3],
    ['answers without end', ['huge', 'huge', 'huge'], 'keys/vault_unavailable', 3],
    ['leads elsewhere', ['redirect', 'redirect', 'redirect'], 'keys/vault_unavailable', 3],
    ['answers nonsense', ['nonsense'], 'keys/vault_unavailable', 1],
    ['permits nothing', [{ status: 400, type: 'AccessDeniedException' }], 'keys/vault_refused', 1],
  ] as const)('that %s is said, and no more', async (_name, failures, code, calls) => {
    kms.fail(...failures);
    const error = await open()
      .seal(secret, context)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'KeysError', code });
    expect((error as Error).cause).toBeUndefined();
    expect(kms.calls).toHaveLength(calls);
    const said = JSON.stringify([error, String(error), (error as Error).stack]);
    expect(said).not.toContain(CREDENTIALS.secretAccessKey);
    expect(said).not.toContain(secret.toString());
  });

  test('refuses a caller whose secret is wrong', async () => {
    const credentials = { ...CREDENTIALS, secretAccessKey: 'another' };
    await expect(open({ credentials }).seal(secret, context)).rejects.toMatchObject({
      code: 'keys/vault_refused',
      message: expect.stringContaining('InvalidSignatureException') as string,
    });
  });

  test('whose key was disabled opens nothing that was not open already', async () => {
    const vault = open();
    const sealed = await vault.seal(secret, context);
    const reader = open();
    await reader.open(sealed, context);
    kms.disable(KEY_1);
    expect(await reader.open(sealed, context)).toEqual(secret);
    await expect(open().open(sealed, context)).rejects.toMatchObject({
      code: 'keys/vault_refused',
      message: expect.stringContaining('DisabledException') as string,
    });
  });

  test('asked again after a failure, asks the service again', async () => {
    const vault = open();
    kms.fail({ status: 400, type: 'AccessDeniedException' });
    await expect(vault.seal(secret, context)).rejects.toMatchObject({ code: 'keys/vault_refused' });
    const sealed = await vault.seal(secret, context);
    const reader = open();
    kms.fail({ status: 400, type: 'AccessDeniedException' });
    await expect(reader.open(sealed, context)).rejects.toMatchObject({
      code: 'keys/vault_refused',
    });
    expect(await reader.open(sealed, context)).toEqual(secret);
  });
});
