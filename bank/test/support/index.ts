import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Pool } from '../../src/db/index.ts';
import { createPool, migrate, serverRole } from '../../src/db/index.ts';
import { migrationsFolder, readMigrations } from '../../src/db/migrate.ts';
// Also declares what `inject` gives.
import type {} from './global-setup.ts';
import { builtProgram } from './programs.ts';
import type { ProgramSource } from './programs.ts';

export { startEmbeddedPostgres } from '../../src/db/index.ts';
export type { EmbeddedPostgres } from '../../src/db/index.ts';
export { freePort } from './free-port.ts';
export { builtProgram, buildPrograms } from './programs.ts';
export { startStatementProxy } from './statement-proxy.ts';
export type { EndWhen, Hearing, Statement, StatementProxy } from './statement-proxy.ts';

/** A fresh, migrated database on the test run's server. */
export interface TestDatabase {
  /** As the owner, like DATABASE_URL: a bank can be started on it. */
  readonly url: string;
  /** As the owner: sets a case up, looks at what is left. */
  readonly ownerPool: Pool;
  /** As the bank: `set role sikka_server`. */
  readonly serverPool: Pool;
  /** Closes both pools and drops the database, also under a bank that still runs on it. */
  drop(): Promise<void>;
}

/** Made by copying a migrated template, once a run: about 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const admin = new pg.Client({ connectionString: inject('adminUrl') });
  await admin.connect();
  const name = `${databasePrefix()}${randomBytes(6).toString('hex')}`;
  try {
    const template = await ensureTemplate(admin);
    await admin.query(`create database ${name} template ${template}${await strategy(admin)}`);
  } finally {
    await admin.end();
  }
  return openTestDatabase(name);
}

/** An empty database, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const name = `${databasePrefix()}${randomBytes(6).toString('hex')}`;
  await asAdmin(`create database ${name}`);
  return openTestDatabase(name);
}

/** A program that the run has built into one file: for `node`, with nothing to load it by. */
export function programFile(source: ProgramSource): string {
  return builtProgram(inject('programs'), source);
}

/** Copying files is half the work of logging pages, but waits for the disk where fsync is on. */
async function strategy(admin: pg.Client): Promise<string> {
  const { rowCount } = await admin.query(
    `select 1 where current_setting('fsync') = 'off'
       and current_setting('server_version_num')::int >= 150000`,
  );
  return rowCount === 0 ? '' : ' strategy file_copy';
}

const INSUFFICIENT_PRIVILEGE = '42501';

function openTestDatabase(name: string): TestDatabase {
  const url = urlOf(name);
  const ownerPool = createPool(url, { max: 5 });
  const serverPool = createPool(url, { max: 10, role: serverRole });
  const drop = async () => {
    await Promise.all([ownerPool.close(), serverPool.close()]);
    await dropDatabase(name);
  };
  return { url, ownerPool, serverPool, drop };
}

/**
 * Named after the migrations in it, and made once by whichever test file comes first; the others
 * wait on an advisory lock.
 */
async function ensureTemplate(admin: pg.Client): Promise<string> {
  const migrations = await readMigrations(migrationsFolder);
  const text = migrations.map(({ name, sha256 }) => `${name} ${sha256}`).join('\n');
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const template = `${databasePrefix()}template_${digest}`;
  await admin.query('select pg_advisory_lock(hashtext($1))', [template]);
  try {
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [
      template,
    ]);
    if (rowCount === 0) await buildTemplate(admin, template);
    return template;
  } finally {
    await admin.query('select pg_advisory_unlock(hashtext($1))', [template]);
  }
}

/** Under another name until it is whole: a migration that fails leaves no half template. */
async function buildTemplate(admin: pg.Client, template: string): Promise<void> {
  const work = `${template}_new`;
  await admin.query(`drop database if exists ${work} with (force)`);
  await admin.query(`create database ${work}`);
  await migrate(urlOf(work), { log: () => undefined });
  await admin.query(`alter database ${work} rename to ${template}`);
}

/**
 * An autovacuum at work is a superuser's process: `force` may not end it and refuses, while a plain
 * drop makes it stop by itself.
 */
async function dropDatabase(name: string): Promise<void> {
  try {
    await asAdmin(`drop database if exists ${name} with (force)`);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    await asAdmin(`drop database if exists ${name}`);
  }
}

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('adminUrl') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

function databasePrefix(): string {
  return `sikka_test_${inject('runId')}_`;
}

/** People, devices and real signatures on a real database. */
export * from '../settlement/till.ts';
export * from '../settlement/town.ts';
