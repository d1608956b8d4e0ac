import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadTokenKey, signToken } from '../../src/identity/index.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'sikka-key-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const now = new Date('2026-11-20T10:00:00Z');
const claim = { account: 'ayesha', roles: [], now };
const fixed = (size: number) => new Uint8Array(size);

test('a demo makes one key, for its owner’s eyes only, and finds it again', async () => {
  const keys = await Promise.all(
    Array.from({ length: 5 }, () => loadTokenKey({ configured: undefined, dataDir, demo: true })),
  );
  const tokens = await Promise.all(keys.map((key) => signToken(key, claim, fixed)));
  expect(new Set(tokens).size).toBe(1);
  expect(await readdir(dataDir)).toEqual(['token.key']);
  const file = path.join(dataDir, 'token.key');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const text = (await readFile(file, 'utf8')).trim();
  expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/);
  // The same text as SECRET_KEY is the same key.
  const given = await loadTokenKey({ configured: text, dataDir, demo: false });
  expect(await signToken(given, claim, fixed)).toBe(tokens[0]);
});

test('without a demo no key is made up', async () => {
  await expect(loadTokenKey({ configured: undefined, dataDir, demo: false })).rejects.toMatchObject(
    { code: 'start/secret_missing' },
  );
  expect(await readdir(dataDir)).toEqual([]);
});

test('a short secret is refused, and not repeated', async () => {
  const configured = 'short and sweet';
  const failure = loadTokenKey({ configured, dataDir, demo: false });
  await expect(failure).rejects.toMatchObject({ code: 'start/secret_weak' });
  await expect(failure).rejects.not.toThrow(configured);
});

test.skipIf(process.platform === 'win32')('a key that others may read is refused', async () => {
  const file = path.join(dataDir, 'token.key');
  await writeFile(file, 'x'.repeat(43));
  await chmod(file, 0o644);
  await expect(loadTokenKey({ configured: undefined, dataDir, demo: true })).rejects.toMatchObject({
    code: 'start/data_unusable',
  });
});
