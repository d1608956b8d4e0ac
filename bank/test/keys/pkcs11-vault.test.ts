import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPkcs11Vault } from '../../src/keys/index.ts';
import type { ClosableVault, Pkcs11Options } from '../../src/keys/index.ts';
import { softHsmReason, startSoftHsm } from './soft-hsm.ts';
import type { SoftHsm } from './soft-hsm.ts';

const context = 'issuer_keys/1';
const secret = Buffer.from('a private key, in DER, that nobody may ever see');

test('a library that is not there is said, and nothing else starts', async () => {
  const absent = { library: '/nowhere/libpkcs11.so', token: 'none', pin: '123456' };
  const opening = openPkcs11Vault({ ...absent, keys: ['none'] });
  await expect(opening).rejects.toMatchObject({
    code: 'keys/vault_unavailable',
    message: expect.stringMatching(/\/nowhere\/libpkcs11\.so|npm rebuild pkcs11js/) as string,
  });
});

describe.skipIf(softHsmReason !== '')(`a hardware vault${softHsmReason}`, () => {
  let hsm: SoftHsm;
  const opened: ClosableVault[] = [];

  beforeAll(() => {
    hsm = startSoftHsm();
    for (const label of ['key-1', 'key-2', 'twice', 'twice']) hsm.makeKey(label);
    hsm.makeKey('extractable', { loose: 'extractable' });
    hsm.makeKey('readable', { loose: 'readable' });
    hsm.makeKey('short', { bytes: 16 });
  });

  afterAll(async () => {
    for (const each of opened) await each.close();
    hsm.remove();
  });

  async function open(change: Partial<Pkcs11Options> = {}) {
    const vault = await openPkcs11Vault({ ...hsm, keys: ['key-1'], ...change });
    opened.push(vault);
    return vault.vault;
  }

  test('opens what it sealed, also after a restart', async () => {
    const sealed = await (await open()).seal(secret, context);
    expect(Buffer.from(sealed).includes(secret.subarray(0, 12))).toBe(false);
    const again = await open();
    expect(await again.open(sealed, context)).toEqual(secret);
    expect(sealed.subarray(0, 9)).toEqual(again.header);
  });

  test.each([
    ['in another place', (bytes: Buffer) => bytes, 'issuer_keys/2'],
    ['with a byte of the data key changed', flipped(20), context],
    ['with the last byte changed', flipped(-1), context],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, -1), context],
    ['cut within the data key', (bytes: Buffer) => bytes.subarray(0, 40), context],
    ['that another kind of vault sealed', (bytes: Buffer) => bytes.fill(3, 0, 1), context],
  ])('does not open bytes %s', async (_name, change, where) => {
    const vault = await open();
    const bytes = change(Buffer.from(await vault.seal(secret, context)));
    const fresh = await open();
    await expect(fresh.open(bytes, where)).rejects.toMatchObject({ code: 'keys/sealed_damaged' });
    expect(await fresh.open(await vault.seal(secret, context), context)).toEqual(secret);
  });

  test('under a new key still opens what the key before sealed, while that is named', async () => {
    const sealed = await (await open()).seal(secret, context);
    const both = await open({ keys: ['key-2', 'key-1'] });
    expect(await both.open(sealed, context)).toEqual(secret);
    const later = await both.seal(secret, context);
    const onlyNew = await open({ keys: ['key-2'] });
    expect(await onlyNew.open(later, context)).toEqual(secret);
    await expect(onlyNew.open(sealed, context)).rejects.toMatchObject({
      code: 'keys/vault_not_configured',
    });
  });

  test('logs in again after the token lost its sessions', async () => {
    const sealed = await (await open()).seal(secret, context);
    const vault = await open();
    hsm.loseSessions();
    expect(await vault.open(sealed, context)).toEqual(secret);
    hsm.loseSessions();
    expect(await (await open()).open(sealed, context)).toEqual(secret);
  });

  test('twenty at once, on one session', async () => {
    const writers = await Promise.all(Array.from({ length: 4 }, () => open()));
    const texts = Array.from({ length: 20 }, (_, i) => Buffer.from(`secret ${i}`));
    const sealed = await Promise.all(texts.map((text, i) => writers[i % 4]!.seal(text, String(i))));
    const reader = await open();
    const read = await Promise.all(sealed.map((bytes, i) => reader.open(bytes, String(i))));
    expect(read).toEqual(texts);
  });

  test.each([
    ['that is not there', 'key-9', 'no secret key'],
    ['whose label two keys have', 'twice', 'more than one'],
    ['that can be wrapped by another', 'extractable', 'taken out'],
    ['that can be read', 'readable', 'taken out'],
    ['of 128 bits', 'short', '256 bits'],
  ])('refuses a key %s', async (_name, label, said) => {
    await expect(open({ keys: [label] })).rejects.toMatchObject({
      code: 'keys/vault_key_unfit',
      message: expect.stringContaining(said) as string,
    });
  });

  test('a wrong PIN is told as that, and without it', async () => {
    hsm.loseSessions();
    const pin = '0481516';
    const error = await open({ pin }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'keys/vault_refused' });
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain(pin);
    const vault = await open();
    expect(await vault.open(await vault.seal(secret, context), context)).toEqual(secret);
  });

  test('a token that is not there is said', async () => {
    await expect(open({ token: 'sikka-other' })).rejects.toMatchObject({
      code: 'keys/vault_unavailable',
      message: expect.stringContaining('sikka-other') as string,
    });
  });
});

function flipped(place: number): (bytes: Buffer) => Buffer {
  return (bytes) => {
    const at = place < 0 ? bytes.length + place : place;
    bytes[at]! ^= 1;
    return bytes;
  };
}
