import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import type { EmbeddedPostgres } from '../../src/db/index.ts';
import { startEmbeddedPostgres } from '../../src/db/index.ts';
import { removeAbandoned } from './abandoned.ts';
import { buildPrograms } from './programs.ts';

/**
 * One PostgreSQL for a whole test run, in a temporary folder, or the one in TEST_DATABASE_URL, 14
 * or later, whose user may create roles and databases. Ours has the settings of production but for
 * fsync, which tells only where the machine itself fails, and costs every file seconds when its
 * database is dropped; SIKKA_TEST_FSYNC=on has it on. Tests of the server start their own, as it
 * is. Beside it, the programs that tests start, each built into one file.
 */

declare module 'vitest' {
  export interface ProvidedContext {
    /** May create databases and roles; no superuser on the embedded server. */
    adminUrl: string;
    /** Part of the name of every database this run makes. */
    runId: string;
    /** The folder of the built programs; `programFile` names one. */
    programs: string;
  }
}

interface Run {
  readonly adminUrl: string;
  readonly runId: string;
  readonly programs: string;
  end(): Promise<void>;
}

/** Each test project loads this file anew, and all of them share one server. */
const shared: { [key: symbol]: { run: Promise<Run>; users: number } | undefined } = globalThis;
const key = Symbol.for('sikka.test-postgres');
const prefix = 'sikka-test-';

export async function setup(project: TestProject): Promise<void> {
  const state = (shared[key] ??= { run: start(), users: 0 });
  state.users += 1;
  const { adminUrl, runId, programs } = await state.run;
  project.provide('adminUrl', adminUrl);
  project.provide('runId', runId);
  project.provide('programs', programs);
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
  await removeAbandoned(prefix);
  const runId = randomBytes(4).toString('hex');
  const folder = path.join(tmpdir(), `${prefix}${process.pid}-${runId}`);
  const programs = `${folder}-programs`;
  const [database] = await Promise.all([startDatabase(folder, runId), buildPrograms(programs)]);
  // Where the run is interrupted before its teardown. Nothing asynchronous runs any more then.
  const onExit = () => {
    database.kill();
    for (const each of [folder, programs]) removeNow(each);
  };
  process.once('exit', onExit);
  const end = async () => {
    process.off('exit', onExit);
    await database.end();
    for (const each of [folder, programs]) await rm(each, { recursive: true, force: true });
  };
  return { adminUrl: database.adminUrl, runId, programs, end };
}

interface Database {
  readonly adminUrl: string;
  end(): Promise<void>;
  kill(): void;
}

async function startDatabase(dataDir: string, runId: string): Promise<Database> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') {
    return { adminUrl: given, end: () => dropDatabases(given, runId), kill: () => undefined };
  }
  const server = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
    settings: {
      max_connections: '200',
      ...(process.env['SIKKA_TEST_FSYNC'] === 'on' ? {} : { fsync: 'off' }),
    },
  });
  await execute(server.adminUrl, 'alter role sikka createdb');
  return { adminUrl: server.url, end: () => server.stop(), kill: () => killNow(server) };
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

function killNow(server: EmbeddedPostgres): void {
  try {
    process.kill(server.pid(), 'SIGQUIT');
  } catch {
    // Gone already.
  }
}

function removeNow(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
