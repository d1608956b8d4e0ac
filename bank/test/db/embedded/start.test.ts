import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createPlayground, NOT_THERE, sql } from './playground.ts';

const { newDataDir, start, clear } = createPlayground();
afterAll(clear);

it('the first start makes a database, and the second finds what was committed in it', async () => {
  const dataDir = await newDataDir();
  const first = await start(dataDir);
  expect(first.adopted).toBe(false);
  expect(first.version).toBe('18.4');
  await sql(first.url, 'create table kept (n int8)', 'insert into kept values (42)');
  await first.stop();

  const second = await start(dataDir);
  expect(second.adopted).toBe(false);
  expect(await sql(second.url, 'select n from kept')).toEqual([{ n: '42' }]);
  await second.stop();
});

it('the application is no superuser, may create roles and owns its database', async () => {
  const server = await start(await newDataDir());
  const [role] = await sql(
    server.url,
    `select rolsuper, rolcreaterole, rolbypassrls, current_database() as database
     from pg_roles where rolname = current_user`,
  );
  expect(role).toEqual({
    rolsuper: false,
    rolcreaterole: true,
    rolbypassrls: false,
    database: 'sikka',
  });
  await server.stop();
});

it('a commit is on disk when answered, and only this machine may connect', async () => {
  const server = await start(await newDataDir());
  const rows = await sql(
    server.url,
    `select name, setting from pg_settings where name in (
       'fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'TimeZone',
       'server_encoding', 'data_checksums', 'password_encryption') order by name`,
  );
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    listen_addresses: '127.0.0.1',
    TimeZone: 'UTC',
    server_encoding: 'UTF8',
    data_checksums: 'on',
    password_encryption: 'scram-sha-256',
  });
  const [locale] = await sql(
    server.url,
    `select datlocprovider, datlocale from pg_database where datname = 'sikka'`,
  );
  expect(locale).toEqual({ datlocprovider: 'b', datlocale: 'C.UTF-8' });
  await server.stop();
});

it('a wrong password is refused; no secret is in a log, no file is open to others', async () => {
  const dataDir = await newDataDir();
  const server = await start(dataDir);
  const wrong = new URL(server.url);
  wrong.password = 'guess';
  await expect(sql(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  await expect(sql(server.url, `select 'a secret' / 0`)).rejects.toThrow();
  await server.stop();

  const log = await readFile(path.join(dataDir, 'postgres.log'), 'utf8');
  for (const secret of [new URL(server.url).password, new URL(server.adminUrl).password]) {
    expect(secret.length).toBeGreaterThanOrEqual(32);
    expect(log).not.toContain(secret);
  }
  expect(log).not.toContain('a secret');
  for (const name of ['postgres.json', 'postgres.log']) {
    expect((await stat(path.join(dataDir, name))).mode & 0o777).toBe(0o600);
  }
  expect((await stat(path.join(dataDir, 'postgres'))).mode & 0o777).toBe(0o700);
});

it('two instances run side by side, each with its own folder, port and passwords', async () => {
  const [one, two] = await Promise.all([start(await newDataDir()), start(await newDataDir())]);
  expect(new URL(one.url).port).not.toBe(new URL(two.url).port);
  expect(new URL(one.url).password).not.toBe(new URL(two.url).password);
  await sql(one.url, 'create table mine (n int8)');
  await expect(sql(two.url, 'select * from mine')).rejects.toMatchObject({ code: '42P01' });
  await Promise.all([one.stop(), two.stop()]);
});

it('a port that is taken is passed over', async () => {
  const first = await start(await newDataDir());
  const taken = Number(new URL(first.url).port);
  const second = await start(await newDataDir(), { preferredPort: taken });
  expect(Number(new URL(second.url).port)).toBeGreaterThan(taken);
  await Promise.all([first.stop(), second.stop()]);
});

it('stopping twice stops once', async () => {
  const server = await start(await newDataDir());
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  await expect(sql(server.url, 'select 1')).rejects.toMatchObject(NOT_THERE);
});
