import { afterAll, beforeAll, expect, it } from 'vitest';
import { committedSchema, currentSchema } from '../../src/db/dump-schema.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

it('schema.txt is what the migrations make (skipped on versions but 18)', async (context) => {
  const { rows } = await database.ownerPool.query(
    `select current_setting('server_version_num')::int / 10000 as major`,
  );
  if (rows[0]?.['major'] !== 18) context.skip();
  // After a new migration: npx tsx bank/src/db/dump-schema.ts --write
  expect(await currentSchema(database.url)).toBe(await committedSchema());
});

it('a change of any kind shows in the dump', async () => {
  const changes = [
    'create table probe (n int8)',
    'alter table probe add column at timestamptz not null default now()',
    'alter table probe alter column n set not null',
    'alter table probe add constraint probe_n check (n > 0)',
    'create index probe_at on probe (at)',
    'grant select on probe to sikka_server',
    'grant update (n) on probe to sikka_server',
    `create function probe_f() returns int language sql as 'select 1'`,
    `create or replace function probe_f() returns int language sql as 'select 2'`,
    'alter function probe_f() security definer',
    'revoke execute on function probe_f() from public',
    `select sikka_append_only('probe')`,
    'alter table probe disable trigger append_only',
    'alter table probe enable row level security',
    `create type probe_kind as enum ('a')`,
    `alter type probe_kind add value 'b'`,
    'create domain probe_amount as int8 check (value > 0)',
    'create view probe_view as select n from probe',
    'create sequence probe_sequence',
    'alter table probe set (fillfactor = 50)',
  ];
  let before = await currentSchema(database.url);
  for (const change of changes) {
    await database.ownerPool.query(change);
    const after = await currentSchema(database.url);
    expect(after, change).not.toBe(before);
    before = after;
  }
});
