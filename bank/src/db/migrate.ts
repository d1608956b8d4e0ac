import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { codeOf, DatabaseError, messageOf } from './errors.ts';
import { limits } from './limits.ts';
import type { DatabaseLog } from './log.ts';
import {
  appliedMigrations,
  createMigrationsTable,
  currentUser,
  lockMigrations,
  recordMigration,
  serverVersion,
} from './store.ts';
import type { AppliedMigration } from './store.ts';

export interface MigrateOptions {
  readonly log: DatabaseLog;
  /** Where the numbered `.sql` files are; only tests give another. */
  readonly folder?: string;
}

export interface Migration extends AppliedMigration {
  readonly sql: string;
}

export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/**
 * Brings the database to the schema of this program, as the owner in `url`, one transaction a
 * file. Running it again, or in two processes at once, changes nothing more.
 *
 * Refuses: a server older than 14, an applied file that has since been edited, a database ahead
 * of this program, an owner who may not create roles. Throws `DatabaseError`.
 */
export async function migrate(
  url: string,
  options: MigrateOptions,
): Promise<{ readonly applied: readonly string[] }> {
  const migrations = await readMigrations(options.folder ?? migrationsFolder);
  const client = new pg.Client({ connectionString: url, application_name: 'sikka migrate' });
  client.on('error', () => undefined);
  try {
    await connect(client);
    refuseOldServer(await serverVersion(client));
    await createTable(client);
    const present = await appliedMigrations(client);
    compare(present, migrations);
    const applied: string[] = [];
    for (const migration of migrations) {
      if (present.some(({ number }) => number === migration.number)) continue;
      if (await applyOne(client, migration, migrations)) {
        applied.push(migration.name);
        options.log('database.migrated', { migration: migration.name });
      }
    }
    return { applied };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The migrations in a folder, in order. Throws `db/migration_misnamed`. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations: Migration[] = [];
  for (const file of names) {
    const number = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1] ?? Number.NaN);
    if (!Number.isInteger(number) || migrations.at(-1)?.number === number) {
      throw new DatabaseError(
        'db/migration_misnamed',
        `${file}: a migration is called NNNN_name.sql, and no two share a number.`,
      );
    }
    // Git on Windows may turn line ends; the text is the same migration.
    const sql = (await readFile(path.join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
    if (Buffer.byteLength(sql) > limits.migrationBytes) {
      throw new DatabaseError('db/migration_misnamed', `${file} is too large for a migration.`);
    }
    const sha256 = createHash('sha256').update(sql).digest('hex');
    migrations.push({ number, name: path.basename(file, '.sql'), sha256, sql });
  }
  return migrations;
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    throw new DatabaseError(
      'db/unreachable',
      `PostgreSQL at ${client.host}:${client.port} cannot be used as "${client.user ?? ''}" ` +
        `(${messageOf(error)}). Is it running, and is DATABASE_URL right?`,
      { cause: error },
    );
  }
}

/** @param version `server_version_num`: 140012 is 14.12. Throws `db/too_old`. */
export function refuseOldServer(version: number): void {
  if (version >= limits.oldestServer) return;
  throw new DatabaseError(
    'db/too_old',
    `This is PostgreSQL ${Math.floor(version / 10_000)}; Sikka needs 14 or later. ` +
      'Leave DATABASE_URL empty to use the server that comes with Sikka.',
  );
}

async function createTable(client: pg.Client): Promise<void> {
  try {
    await createMigrationsTable(client);
  } catch (error) {
    // unique_violation, duplicate_table, duplicate_object (its row type): somebody made it now.
    const raced = ['23505', '42P07', '42710'].includes(codeOf(error) ?? '');
    if (!raced) throw failure('schema_migrations', error, await currentUser(client));
    await createMigrationsTable(client);
  }
}

/** True where the migration was applied now, false where another migrator was first. */
async function applyOne(
  client: pg.Client,
  migration: Migration,
  known: readonly Migration[],
): Promise<boolean> {
  await client.query('begin');
  try {
    await lockMigrations(client);
    const applied = await appliedMigrations(client);
    compare(applied, known);
    const last = applied.at(-1)?.number ?? 0;
    const isNew = !applied.some(({ number }) => number === migration.number);
    if (isNew && migration.number < last) {
      throw new DatabaseError(
        'db/migration_out_of_order',
        `${migration.name} comes before number ${last}, which this database already has. ` +
          'Give the new migration the next number.',
      );
    }
    if (isNew) {
      await client.query(migration.sql);
      await recordMigration(client, migration);
    }
    await client.query('commit');
    return isNew;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    if (error instanceof DatabaseError) throw error;
    throw failure(migration.name, error, await currentUser(client).catch(() => ''));
  }
}

function compare(applied: readonly AppliedMigration[], known: readonly Migration[]): void {
  for (const { number, name, sha256 } of applied) {
    const ours = known.find((migration) => migration.number === number);
    if (ours === undefined) {
      throw new DatabaseError(
        'db/migration_unknown',
        `This database has migration ${name}, which this program does not know: it was made by ` +
          'a newer Sikka. Start that one instead.',
      );
    }
    if (ours.sha256 !== sha256) {
      throw new DatabaseError(
        'db/migration_edited',
        `${ours.name}.sql was edited after this database applied it as ${name}. Put the file ` +
          'back and write a new migration. (For demonstration data, `npm run reset` starts over.)',
      );
    }
  }
}

function failure(name: string, error: unknown, user: string): DatabaseError {
  if (name.endsWith('_roles') && codeOf(error) === '42501') {
    const owner = pg.escapeIdentifier(user);
    return new DatabaseError(
      'db/role_refused',
      `The user of DATABASE_URL, ${owner}, may not create or take the role sikka_server ` +
        `(${messageOf(error)}). Ask the database administrator to run:\n` +
        `  create role sikka_server nologin;  -- unless it exists\n` +
        `  grant sikka_server to ${owner};`,
      { cause: error },
    );
  }
  const message = `Migration ${name} failed: ${messageOf(error)}`;
  return new DatabaseError('db/migration_failed', message, { cause: error });
}
