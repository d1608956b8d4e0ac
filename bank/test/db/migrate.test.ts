import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPool, migrate } from '../../src/db/index.ts';
import { refuseOldServer } from '../../src/db/migrate.ts';
import type { TestDatabase } from '../support/index.ts';
import { createEmptyDatabase } from '../support/index.ts';

const scratch = path.join(tmpdir(), `sikka-migrations-${randomBytes(6).toString('hex')}`);
let database: TestDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(async () => {
  await database.drop();
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const quiet = { log: () => undefined };
const one = 'create table one (n int8);';
const two = 'create table two (n int8);';

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = path.join(scratch, randomBytes(6).toString('hex'));
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}
const run = async (files: Readonly<Record<string, string>>) =>
  migrate(database.url, { ...quiet, folder: await folderOf(files) });
async function tables(): Promise<readonly unknown[]> {
  const { rows } = await database.ownerPool.query(
    `select relname from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
  );
  return rows.map((row) => row['relname']);
}

it('a second run applies nothing, and a later file is applied alone', async () => {
  const first = { '0001_one.sql': one };
  expect((await run(first)).applied).toEqual(['0001_one']);
  expect((await run(first)).applied).toEqual([]);
  expect((await run({ ...first, '0002_two.sql': two })).applied).toEqual(['0002_two']);
  expect(await tables()).toEqual(['one', 'schema_migrations', 'two']);
});

it('six migrators at once on an empty database apply each file once between them', async () => {
  const all = await Promise.all(Array.from({ length: 6 }, () => migrate(database.url, quiet)));
  const applied = all.flatMap((result) => result.applied);
  expect(applied.length).toBeGreaterThan(0);
  expect(new Set(applied).size).toBe(applied.length);
  expect((await migrate(database.url, quiet)).applied).toEqual([]);
});

it('many databases of one server migrate at once, though the roles are shared', async () => {
  const others = await Promise.all(Array.from({ length: 6 }, () => createEmptyDatabase()));
  await Promise.all(others.map(({ url }) => migrate(url, quiet)));
  for (const other of others) {
    const { rows } = await other.serverPool.query('select current_user as name');
    expect(rows).toEqual([{ name: 'sikka_server' }]);
    await other.drop();
  }
});

it('line ends turned by git on Windows do not make another migration', async () => {
  await run({ '0001_one.sql': 'create table one (\n  n int8\n);\n' });
  const again = await run({ '0001_one.sql': 'create table one (\r\n  n int8\r\n);\r\n' });
  expect(again.applied).toEqual([]);
});

describe('a database and files that do not belong together are refused', () => {
  const cases: readonly (readonly [string, string, Record<string, string>])[] = [
    ['an applied file was edited', 'db/migration_edited', { '0001_one.sql': `${one} -- now` }],
    ['an applied file was renumbered', 'db/migration_unknown', { '0002_one.sql': one }],
    ['the database is ahead', 'db/migration_unknown', {}],
    ['two files share a number', 'db/migration_misnamed', { '0001_a.sql': one, '0001_b.sql': two }],
    ['a file has no number', 'db/migration_misnamed', { '0001_one.sql': one, 'two.sql': two }],
    [
      'a file is too large',
      'db/migration_misnamed',
      { '0001_one.sql': one, '0002_two.sql': two + ' '.repeat(1_000_000) },
    ],
  ];
  it.each(cases)('%s: %s', async (_name, code, files) => {
    await run({ '0001_one.sql': one });
    await expect(run(files)).rejects.toMatchObject({ code });
    expect(await tables()).toEqual(['one', 'schema_migrations']);
  });

  it('a file comes before the last one applied: db/migration_out_of_order', async () => {
    await run({ '0002_two.sql': two });
    const acting = run({ '0001_one.sql': one, '0002_two.sql': two });
    await expect(acting).rejects.toMatchObject({ code: 'db/migration_out_of_order' });
  });
});

it('a file that fails half-way leaves nothing of itself: db/migration_failed', async () => {
  const files = { '0001_one.sql': one, '0002_two.sql': `${two} select 1 / 0;` };
  await expect(run(files)).rejects.toMatchObject({ code: 'db/migration_failed' });
  expect(await tables()).toEqual(['one', 'schema_migrations']);
  expect((await run({ '0001_one.sql': one, '0002_two.sql': two })).applied).toEqual(['0002_two']);
});

it('an owner who may not take the role is told what to ask for: db/role_refused', async () => {
  const name = `sikka_plain_${randomBytes(6).toString('hex')}`;
  await migrate(database.url, quiet);
  const plain = new URL(database.url);
  plain.username = name;
  plain.password = 'plain';
  await database.ownerPool.query(`create role ${name} login password 'plain'`);
  try {
    await database.ownerPool.query('drop schema public cascade');
    await database.ownerPool.query('create schema public');
    await database.ownerPool.query(`grant all on schema public to ${name}`);
    await expect(migrate(plain.href, quiet)).rejects.toMatchObject({
      code: 'db/role_refused',
      message: expect.stringContaining(`grant sikka_server to "${name}";`) as string,
    });
    // Once the administrator has run it, the same owner migrates.
    await database.ownerPool.query(`grant sikka_server to ${name}`);
    await expect(migrate(plain.href, quiet)).resolves.toBeDefined();
  } finally {
    await database.ownerPool.query(`grant ${name} to current_user`);
    await database.ownerPool.query(`drop owned by ${name}`);
    await database.ownerPool.query(`drop role ${name}`);
  }
});

it('a server that is not there is named, without its password: db/unreachable', async () => {
  const url = new URL(database.url);
  url.port = '1';
  const error: unknown = await migrate(url.href, quiet).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'db/unreachable' });
  expect(String(error)).toContain('127.0.0.1:1');
  if (url.password !== '') expect(String(error)).not.toContain(url.password);
});

it('a server before 14 is refused, 14 and later taken: db/too_old', () => {
  expect(() => refuseOldServer(130_022)).toThrow(
    expect.objectContaining({ code: 'db/too_old' }) as Error,
  );
  for (const version of [140_000, 150_010, 180_004]) {
    expect(() => refuseOldServer(version)).not.toThrow();
  }
});

it('a pool whose role is refused hands out no connection', async () => {
  const pool = createPool(database.url, { max: 1, role: 'sikka_no_such_role' });
  await expect(pool.query('select 1')).rejects.toMatchObject({ code: '22023' });
  await expect(pool.query('select 1')).rejects.toThrow();
  await pool.close();
});
