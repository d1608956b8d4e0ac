import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLocalVault, loadMasterKeys } from '../../src/keys/index.ts';

const context = 'issuer_keys/1';
const secret = Buffer.from('a private key, in DER, that nobody may ever see');

describe('a sealed secret', () => {
  const master = createSecretKey(randomBytes(32));
  const vault = createLocalVault([master]);

  test('opens with the same key and context', async () => {
    expect(await vault.open(await vault.seal(secret, context), context)).toEqual(secret);
  });

  test('is never sealed twice alike: 10,000 nonces differ', async () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 10_000; i += 1) {
      nonces.add(Buffer.from(await vault.seal(secret, context)).toString('hex', 9, 21));
    }
    expect(nonces.size).toBe(10_000);
  });

  test.each(['issuer_keys/2', 'issuer_keys/1 ', 'ssuer_keys/1', ''])(
    'does not open in another place: %j',
    async (other) => {
      const sealed = await vault.seal(secret, context);
      await expect(vault.open(sealed, other)).rejects.toMatchObject({
        code: 'keys/sealed_damaged',
      });
    },
  );

  test('does not open with any one bit changed', async () => {
    const sealed = Buffer.from(await vault.seal(secret, context));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await expect(vault.open(changed, context), `bit ${bit}`).rejects.toMatchObject({
        name: 'KeysError',
      });
    }
  });

  test('does not open when cut anywhere', async () => {
    const sealed = Buffer.from(await vault.seal(secret, context));
    for (let length = 0; length < sealed.length; length += 1) {
      await expect(vault.open(sealed.subarray(0, length), context)).rejects.toMatchObject({
        code: 'keys/sealed_damaged',
      });
    }
  });

  test.each([4, 8, 12, 15])('with a true tag of %i bytes is refused', async (authTagLength) => {
    const header = Buffer.from(await vault.seal(secret, context)).subarray(0, 9);
    const nonce = randomBytes(12);
    const options = { authTagLength: authTagLength as 4 };
    const cipher = createCipheriv('aes-256-gcm', master, nonce, options);
    cipher.setAAD(Buffer.concat([Buffer.from('sikka/vault/v1'), header, Buffer.from(context)]));
    const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
    // Node itself takes a short tag where none is asked for; the vault must not.
    const sealed = Buffer.concat([header, nonce, ciphertext, cipher.getAuthTag()]);
    await expect(vault.open(sealed, context)).rejects.toMatchObject({
      code: 'keys/sealed_damaged',
    });
  });

  test('the tag length is the only thing wrong with those', async () => {
    const header = Buffer.from(await vault.seal(secret, context)).subarray(0, 9);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', master, nonce, { authTagLength: 16 });
    cipher.setAAD(Buffer.concat([Buffer.from('sikka/vault/v1'), header, Buffer.from(context)]));
    const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
    const sealed = Buffer.concat([header, nonce, ciphertext, cipher.getAuthTag()]);
    expect(await vault.open(sealed, context)).toEqual(secret);
  });

  test('opens after the master key changed, while the old one is still given', async () => {
    const sealed = await vault.seal(secret, context);
    const next = createSecretKey(randomBytes(32));
    const both = createLocalVault([next, master]);
    expect(await both.open(sealed, context)).toEqual(secret);
    const again = await both.seal(secret, context);
    expect(await createLocalVault([next]).open(again, context)).toEqual(secret);
    await expect(createLocalVault([next]).open(sealed, context)).rejects.toMatchObject({
      code: 'keys/wrong_master_key',
      message: expect.stringContaining('another master key') as string,
    });
  });

  test('is bounded', async () => {
    await expect(vault.seal(Buffer.alloc(4_097), context)).rejects.toThrow(RangeError);
    await expect(vault.seal(secret, 'x'.repeat(513))).rejects.toThrow(RangeError);
  });
});

describe('the master key', () => {
  const key = randomBytes(32);
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sikka-keys-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  function load(configured: string | undefined, production = true, dataDir = folder) {
    return loadMasterKeys({ configured, dataDir, production });
  }

  test.each([
    ['hexadecimal', key.toString('hex')],
    ['base64', key.toString('base64')],
    ['base64url', key.toString('base64url')],
    ['with a line end', `${key.toString('hex')}\n`],
  ])('is read as %s', async (_name, text) => {
    const [loaded, ...others] = await load(text);
    expect(loaded.export()).toEqual(key);
    expect(others).toEqual([]);
  });

  test('and those before it', async () => {
    const old = randomBytes(32);
    const keys = await load(`${key.toString('hex')},${old.toString('hex')}`);
    expect(keys.map((each) => each.export())).toEqual([key, old]);
  });

  test.each([
    ['too short', key.toString('hex').slice(2)],
    ['too long', `${key.toString('hex')}00`],
    ['a password', 'correct horse battery staple and some more!'],
    ['zeros', '00'.repeat(32)],
    ['a pattern', 'deadbeef'.repeat(8)],
    ['an empty second one', `${key.toString('hex')},`],
    ['five of them', Array.from({ length: 5 }, () => key.toString('hex')).join(',')],
  ])('is refused when it is %s, without repeating it', async (_name, text) => {
    const error = await load(text).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'keys/master_key_invalid' });
    const shown = JSON.stringify([error, String(error), (error as Error).stack]);
    for (const part of text.split(',').filter((each) => each !== '')) {
      expect(shown).not.toContain(part);
    }
  });

  test('is never made up in production', async () => {
    await expect(load(undefined)).rejects.toMatchObject({
      code: 'keys/master_key_missing',
      message: expect.stringContaining('MASTER_KEY') as string,
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('is made once elsewhere, readable by its owner only, by however many at once', async () => {
    const dataDir = path.join(folder, 'first', 'start');
    const starts = Array.from({ length: 8 }, () => load('', false, dataDir));
    const loaded = (await Promise.all(starts)).map(([each]) => each.export().toString('hex'));
    expect(new Set(loaded).size).toBe(1);
    expect(await readdir(dataDir)).toEqual(['master.key']);
    const file = path.join(dataDir, 'master.key');
    expect(await readFile(file, 'utf8')).toBe(`${loaded[0] ?? ''}\n`);
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
    // A file that somebody put there serves in production, too.
    expect((await load(undefined, true, dataDir))[0].export().toString('hex')).toBe(loaded[0]);
  });

  test.skipIf(process.platform === 'win32')('in a file others can read is refused', async () => {
    const dataDir = await mkdtemp(path.join(folder, 'exposed-'));
    const file = path.join(dataDir, 'master.key');
    await writeFile(file, key.toString('hex'));
    await chmod(file, 0o640);
    await expect(load(undefined, false, dataDir)).rejects.toMatchObject({
      code: 'keys/master_key_exposed',
    });
  });

  test('in a file that is no key is refused, not replaced', async () => {
    const dataDir = await mkdtemp(path.join(folder, 'broken-'));
    await writeFile(path.join(dataDir, 'master.key'), 'half a k', { mode: 0o600 });
    await expect(load(undefined, false, dataDir)).rejects.toMatchObject({
      code: 'keys/master_key_invalid',
    });
  });

  test('in a folder that cannot be made says so', async () => {
    const blocked = path.join(folder, 'blocked');
    await writeFile(blocked, '');
    await expect(load(undefined, false, path.join(blocked, 'data'))).rejects.toMatchObject({
      code: 'keys/master_key_unreadable',
    });
  });
});
