import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findPackage, prepareBinaries } from '../../../src/db/embedded/binaries.ts';
import { prepareServer } from '../../../src/db/embedded/prepare.ts';
import { openServer } from '../../../src/db/embedded/server.ts';
import { disconnect } from '../../../src/db/embedded/store.ts';
import { createPool } from '../../../src/db/index.ts';
import { createPlayground, ended, eventually, keptOrThrow, NOT_THERE, sql } from './playground.ts';

const { root, places, newDataDir, start, keep, events, clear } = createPlayground();
afterAll(clear);

it('after kill -9 of the bank, the next start adopts its server and its rows', async () => {
  const dataDir = await newDataDir();
  const bank = await keptOrThrow(keep(dataDir));
  await sql(bank.url, 'create table kept (n int8)', 'insert into kept values (7)');
  bank.process.kill('SIGKILL');
  await ended(bank.process);
  // The orphan goes on serving.
  expect(await sql(bank.url, 'select n from kept')).toEqual([{ n: '7' }]);

  const next = await start(dataDir);
  expect(next.adopted).toBe(true);
  expect(next.pid()).toBe(bank.pid);
  expect(next.url).toBe(bank.url);
  expect(await sql(next.url, 'select n from kept')).toEqual([{ n: '7' }]);
  await next.stop();
  await expect(sql(next.url, 'select 1')).rejects.toMatchObject(NOT_THERE);
});

it('a bank that is asked to end takes its server with it', async () => {
  const dataDir = await newDataDir();
  const bank = await keptOrThrow(keep(dataDir));
  bank.process.kill('SIGTERM');
  await ended(bank.process);
  await expect(sql(bank.url, 'select 1')).rejects.toMatchObject(NOT_THERE);
});

it('a second server on the same folder is refused, and the first goes on', async () => {
  const dataDir = await newDataDir();
  const first = await start(dataDir);
  await expect(start(dataDir)).rejects.toMatchObject({ code: 'db/in_use' });
  expect(await keep(dataDir)).toMatchObject({ failed: 'db/in_use' });
  expect(await sql(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await first.stop();
});

it('of four servers started at once on an empty folder one gets it', async () => {
  const dataDir = await newDataDir();
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => start(dataDir)));
  const winners = results.filter(({ status }) => status === 'fulfilled');
  const losers = results.filter((result) => result.status === 'rejected');
  expect(winners).toHaveLength(1);
  for (const { reason } of losers) expect(reason).toMatchObject({ code: 'db/in_use' });
  for (const result of results) if (result.status === 'fulfilled') await result.value.stop();
});

it('after kill -9 the server is back on its port with what was committed, no more', async () => {
  const dataDir = await newDataDir();
  const server = await start(dataDir);
  const pool = createPool(server.url, { max: 4 });
  await pool.query('create table kept (n int8)');
  await pool.query('insert into kept select generate_series(1, 10000)');
  const open = await pool.connect();
  await open.query('begin');
  await open.query('insert into kept values (-1)');
  const firstPid = server.pid();

  process.kill(firstPid, 'SIGKILL');
  // The connection's own process outlives the first one for a moment.
  await eventually(() => expect(open.query('select 1')).rejects.toThrow());
  open.release(true);

  const { rows } = await eventually(() =>
    pool.query('select count(*) as n, min(n) as least from kept'),
  );
  expect(rows).toEqual([{ n: 10_000n, least: 1n }]);
  // Pools may find it before its supervisor has written that down.
  await eventually(async () => {
    expect(server.pid()).not.toBe(firstPid);
  });
  const names = events.map(({ event }) => event);
  expect(names.slice(names.lastIndexOf('database.lost'))).toContain('database.restored');
  await pool.close();
  await server.stop();
});

it('a control connection that ends alone is made again, and the server never stopped', async () => {
  const server = await start(await newDataDir());
  const pid = server.pid();
  await sql(
    server.adminUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'sikka control'`,
  );
  await eventually(async () => {
    expect(events.at(-1)).toEqual({ event: 'database.restored', fields: { pid, adopted: true } });
  });
  expect(server.pid()).toBe(pid);
  await server.stop();
});

it('an orphan of other programs (after an update) is replaced, and its rows stay', async () => {
  const dataDir = await newDataDir();
  await (await start(dataDir)).stop();
  const found = await findPackage();
  const old = path.join(root, 'old-programs');
  await cp(path.join(found.folder, 'native'), path.join(old, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const { server: options } = await prepareServer({ dataDir, log: () => undefined });
  const binaries = await prepareBinaries({ ...options, found: { ...found, folder: old }, places });
  const orphan = await openServer({ ...options, binaries }, { kind: 'from', port: 15_432 });
  const { applicationPassword } = JSON.parse(
    await readFile(path.join(dataDir, 'postgres.json'), 'utf8'),
  ) as { applicationPassword: string };
  const url = `postgres://sikka:${applicationPassword}@127.0.0.1:${orphan.port}/sikka`;
  await sql(url, 'create table kept (n int8)', 'insert into kept values (3)');
  await disconnect(orphan.control);

  const next = await start(dataDir);
  expect(next.adopted).toBe(false);
  expect(next.pid()).not.toBe(orphan.pid);
  expect(events.map(({ event }) => event)).toContain('database.replaced');
  expect(await sql(next.url, 'select n from kept')).toEqual([{ n: '3' }]);
  await next.stop();
});

it('a stop while the server is being brought back waits for it and leaves none', async () => {
  const server = await start(await newDataDir());
  process.kill(server.pid(), 'SIGKILL');
  await eventually(async () => {
    await expect(sql(server.url, 'select 1')).rejects.toThrow();
  });
  await server.stop();
  await expect(sql(server.url, 'select 1')).rejects.toMatchObject(NOT_THERE);
});

it('both the bank and the server killed: the next start recovers', async () => {
  const dataDir = await newDataDir();
  const bank = await keptOrThrow(keep(dataDir));
  await sql(bank.url, 'create table kept (n int8)', 'insert into kept values (9)');
  bank.process.kill('SIGKILL');
  process.kill(bank.pid, 'SIGKILL');
  await ended(bank.process);
  const next = await start(dataDir);
  expect(next.adopted).toBe(false);
  expect(await sql(next.url, 'select n from kept')).toEqual([{ n: '9' }]);
  await next.stop();
});

it('a postmaster.pid that names another process is set aside, and that left alone', async () => {
  const dataDir = await newDataDir();
  await (await start(dataDir)).stop();
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(stranger, 'spawn');
  const other = await start(await newDataDir());
  const folder = path.join(dataDir, 'postgres');
  // A process that is no server; then a server, of another folder.
  for (const pid of [stranger.pid!, other.pid()]) {
    const port = new URL(other.url).port;
    const lines = [pid, folder, 1, port, '', '127.0.0.1', '', 'ready', ''];
    await writeFile(path.join(folder, 'postmaster.pid'), lines.join('\n'));
    const server = await start(dataDir);
    expect(server.adopted).toBe(false);
    expect(server.pid()).not.toBe(pid);
    await server.stop();
  }
  expect(stranger.exitCode).toBeNull();
  expect(await sql(other.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  stranger.kill();
  await other.stop();
});
