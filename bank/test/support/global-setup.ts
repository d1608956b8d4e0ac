import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import type { EmbeddedPostgres } from '../../src/db/index.ts';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/index.ts';

/**
 * One PostgreSQL for a whole test run, in a temporary folder, with the settings of production
 * (fsync on, unless SIKKA_TEST_FSYNC=off); or the one in TEST_DATABASE_URL, 14 or later, whose
 * user may create roles and databases.
 */

declare module 'vitest' {
  export interface ProvidedContext {
    /** May create databases and roles; no superuser on the embedded server. */
    adminUrl: string;
    /** Part of the name of every database this run makes. */
    runId: string;
  }
}

interface Run {
  readonly adminUrl: string;
  readonly runId: string;
  end(): Promise<void>;
}

/** Each test project loads this file anew, and all of them share one server. */
const shared: { [key: symbol]: { run: Promise<Run>; users: number } | undefined } = globalThis;
const key = Symbol.for('sikka.test-postgres');
const prefix = 'sikka-test-';

export async function setup(project: TestProject): Promise<void> {
  const state = (shared[key] ??= { run: start(), users: 0 });
  state.users += 1;
  const { adminUrl, runId } = await state.run;
  project.provide('adminUrl', adminUrl);
  project.provide('runId', runId);
}

export async function teardown(): Promise<void> {
  const state = shared[key];
  if (state === undefined) return;
  state.users -= 1;
  if (state.users > 0) return;
  shared[key] = undefined;
  await (await state.run).end();
}

async function start(): Promise<Run> {
  const runId = randomBytes(4).toString('hex');
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') {
    return { adminUrl: given, runId, end: () => dropDatabases(given, runId) };
  }
  await removeAbandoned();
  const dataDir = path.join(tmpdir(), `${prefix}${process.pid}-${runId}`);
  const server = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
    settings: {
      max_connections: '200',
      ...(process.env['SIKKA_TEST_FSYNC'] === 'off' ? { fsync: 'off' } : {}),
    },
  });
  // Where the run is interrupted before its teardown. Nothing asynchronous runs any more then.
  const onExit = () => killNow(server, dataDir);
  process.once('exit', onExit);
  await execute(server.adminUrl, 'alter role sikka createdb');
  const end = async () => {
    process.off('exit', onExit);
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { adminUrl: server.url, runId, end };
}

/**
 * What runs that were killed outright left behind: their folder names a process that is gone.
 * Tests of the embedded server itself have data directories inside such a folder.
 */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1] ?? process.pid);
    if (isRunning(pid)) continue;
    const folder = path.join(tmpdir(), name);
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      const inside = entries.filter((entry) => entry.isDirectory());
      for (const dataDir of [folder, ...inside.map((entry) => path.join(folder, entry.name))]) {
        await removeEmbeddedPostgres({ dataDir, log: () => undefined });
      }
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Somebody else's, or being removed by another run.
    }
  }
}

async function dropDatabases(adminUrl: string, runId: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select datname as name from pg_database where starts_with(datname, $1)`,
      [`sikka_test_${runId}_`],
    );
    for (const { name } of rows) await client.query(`drop database ${name} with (force)`);
  } finally {
    await client.end();
  }
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function killNow(server: EmbeddedPostgres, dataDir: string): void {
  try {
    process.kill(server.pid(), 'SIGQUIT');
  } catch {
    // Gone already.
  }
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
