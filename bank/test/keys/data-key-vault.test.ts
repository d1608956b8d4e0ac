import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDataKeyVault } from '../../src/keys/data-key-vault.ts';
import { limits } from '../../src/keys/limits.ts';

/** A port with nothing behind it: it wraps by not wrapping, and counts. */
function counted() {
  const asked = { made: 0, unwrapped: 0 };
  let now = 0;
  const wrappingKey = {
    id: Buffer.alloc(8, 7),
    makeDataKey: async () => {
      asked.made += 1;
      const key = randomBytes(32);
      return { key, wrapped: Buffer.from(key) };
    },
    unwrapDataKey: async (wrapped: Uint8Array) => {
      asked.unwrapped += 1;
      return Buffer.from(wrapped);
    },
  };
  const vault = () =>
    createDataKeyVault({ name: 'kms', wrappingKeys: [wrappingKey], now: () => now });
  return { asked, vault, pass: (ms: number) => void (now += ms) };
}

test('a data key seals for a quarter of an hour, and is kept open as long', async () => {
  const { asked, vault, pass } = counted();
  const one = vault();
  const sealed = await one.seal(Buffer.from('a'), 'row');
  pass(limits.dataKeyMs - 1);
  await one.seal(Buffer.from('b'), 'row');
  expect(asked.made).toBe(1);
  pass(1);
  await one.seal(Buffer.from('c'), 'row');
  expect(asked.made).toBe(2);

  await one.open(sealed, 'row');
  pass(limits.dataKeyMs - 1);
  await one.open(sealed, 'row');
  expect(asked.unwrapped).toBe(1);
  pass(1);
  await one.open(sealed, 'row');
  expect(asked.unwrapped).toBe(2);
});

test('of more data keys than are kept open the oldest is asked for again', async () => {
  const { asked, vault } = counted();
  const rows: Uint8Array[] = [];
  for (let i = 0; i <= limits.dataKeysOpen; i += 1) {
    rows.push(await vault().seal(Buffer.from(String(i)), 'row'));
  }
  const reader = vault();
  for (const row of rows) await reader.open(row, 'row');
  expect(asked.unwrapped).toBe(rows.length);
  await reader.open(rows.at(-1) ?? Buffer.of(), 'row');
  expect(asked.unwrapped).toBe(rows.length);
  await reader.open(rows[0] ?? Buffer.of(), 'row');
  expect(asked.unwrapped).toBe(rows.length + 1);
});

test('cut anywhere, or of another kind, nothing opens', async () => {
  const { vault } = counted();
  const sealed = Buffer.from(await vault().seal(Buffer.from('secret'), 'row'));
  for (let length = 0; length < sealed.length; length += 1) {
    await expect(vault().open(sealed.subarray(0, length), 'row')).rejects.toMatchObject({
      code: 'keys/sealed_damaged',
    });
  }
  sealed[0] = 2;
  await expect(vault().open(sealed, 'row')).rejects.toMatchObject({
    code: 'keys/sealed_damaged',
  });
});
