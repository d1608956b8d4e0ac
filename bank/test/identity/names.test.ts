import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { accountById, claimPayeeName, openAccount } from '../../src/identity/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';

const at = new Date('2026-11-20T10:00:00Z');
let database: TestDatabase;
let made = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

interface Person {
  readonly name: string;
  readonly town?: string;
  readonly verified?: boolean;
  readonly currency?: number;
}

async function claim({ name, town = 'Chakwal', verified = true, currency = 586 }: Person) {
  made += 1;
  const publicId = `person-${made}`;
  return inTransaction(database.serverPool, async (tx) => {
    const id = await openAccount(
      tx,
      {
        publicId,
        ...(verified ? { verifiedName: { name, town } } : {}),
        currency,
        roles: [],
      },
      at,
    );
    const account = await accountById(tx, id!);
    return claimPayeeName(tx, { account: account!, currency, at });
  });
}

test('the first of a name has it', async () => {
  expect(await claim({ name: 'Straße Store' })).toEqual({
    ok: true,
    name: 'Straße Store',
    town: 'Chakwal',
  });
});

test.each([
  ['the same', 'Straße Store'],
  ['other capitals', 'STRASSE STORE'],
  ['full-width letters', 'Ｓｔｒａｓｓｅ Store'],
])('%s: taken', async (_, name) => {
  expect(await claim({ name })).toEqual({ ok: false, code: 'name_taken' });
});

test.each([
  ['another town', { name: 'Straße Store', town: 'Jhelum' }],
  ['another currency', { name: 'Straße Store', currency: 840 }],
  ['another name', { name: 'Straßen Store' }],
])('%s: free', async (_, person) => {
  expect(await claim(person)).toMatchObject({ ok: true });
});

test.each<[string, Person]>([
  ['papers that nobody has seen', { name: 'Honest Store', verified: false }],
  ['no town', { name: 'Honest Store', town: '' }],
  ['a name too long for a code', { name: 'ا'.repeat(17) }],
  ['a name with a line end', { name: 'Bilal\r\nStore' }],
  ['a name without a letter', { name: '123' }],
  ['a name that turns around', { name: 'Bilal \u202eerotS' }],
  ['a name with an invisible letter', { name: 'Bilal\u200b Store' }],
])('%s: no credential will show it', async (_, person) => {
  expect(await claim(person)).toEqual({ ok: false, code: 'name_unverified' });
});

test('of many who claim one name at once, one has it', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => claim({ name: 'Race Store' })));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
});

test('the server cannot take a name from anybody', async () => {
  for (const sql of ['delete from payee_names', `update payee_names set account_id = 1`]) {
    await expect(database.serverPool.query(sql)).rejects.toThrow(/permission denied/);
    await expect(database.ownerPool.query(sql)).rejects.toThrow(/append-only/);
  }
});
