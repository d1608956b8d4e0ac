import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.ownerPool.query('create table evidence (id int primary key, said text)');
  await database.ownerPool.query(`select sikka_append_only('evidence')`);
  await database.serverPool.query(`insert into evidence values (1, 'so')`);
});
afterAll(async () => {
  await database.drop();
});

const changes = [
  `update evidence set said = 'not so'`,
  `update evidence set said = 'not so' where false`,
  'delete from evidence',
  'truncate evidence',
  `insert into evidence values (1, 'not so') on conflict (id) do update set said = excluded.said`,
] as const;

describe('the bank may add evidence, and has no right to', () => {
  it.each([
    ...changes,
    'alter table evidence disable trigger all',
    'drop trigger append_only on evidence',
    'drop table evidence',
    `select sikka_append_only('evidence')`,
    'create or replace function sikka_refuse_change() returns trigger language sql as $$ $$',
  ])('%s', async (change) => {
    await expect(database.serverPool.query(change)).rejects.toMatchObject({
      code: expect.stringMatching(/^42(501|P13)$/) as string,
    });
    await unchanged();
  });
});

describe('the owner has the right, and the table itself refuses', () => {
  it.each(changes)('%s', async (change) => {
    await expect(database.ownerPool.query(change)).rejects.toMatchObject({
      code: '23001',
      message: expect.stringMatching(/^evidence is append-only: \w+ refused$/) as string,
    });
    await unchanged();
  });
});

it('the bank cannot make tables or functions of its own', async () => {
  for (const making of [
    'create table mine (n int)',
    'create function mine() returns int language sql as $$ select 1 $$',
    'create schema mine',
  ]) {
    await expect(database.serverPool.query(making)).rejects.toMatchObject({ code: '42501' });
  }
});

async function unchanged(): Promise<void> {
  const { rows } = await database.ownerPool.query('select * from evidence');
  expect(rows).toEqual([{ id: 1, said: 'so' }]);
}
