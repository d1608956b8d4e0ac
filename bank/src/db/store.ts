import type pg from 'pg';

/** One migration as the database remembers it. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

export async function serverVersion(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  );
  return rows[0]?.version ?? 0;
}

export async function currentUser(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select current_user as name');
  return rows[0]?.name ?? '';
}

/** `if not exists` alone is not safe against another session doing the same (23505 on pg_type). */
export async function createMigrationsTable(client: pg.ClientBase): Promise<void> {
  await client.query(`
    create table if not exists schema_migrations (
      number integer primary key,
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null default now()
    )`);
}

/** Waits for another migrator, who holds this until its transaction ends; readers are not held. */
export async function lockMigrations(client: pg.ClientBase): Promise<void> {
  await client.query('lock table schema_migrations in share row exclusive mode');
}

export async function appliedMigrations(
  client: pg.ClientBase,
): Promise<readonly AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    'select number, name, sha256 from schema_migrations order by number',
  );
  return rows;
}

export async function recordMigration(
  client: pg.ClientBase,
  migration: AppliedMigration,
): Promise<void> {
  await client.query('insert into schema_migrations (number, name, sha256) values ($1, $2, $3)', [
    migration.number,
    migration.name,
    migration.sha256,
  ]);
}
