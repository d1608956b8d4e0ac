import type { TestDatabase } from './index.ts';

/**
 * From now on the database says this time wherever it is asked what is due (`notify_now`) or
 * settled (`settlement_now`), and without one its own again. No process's clock moves.
 */
export async function setDatabaseTime(
  { ownerPool }: TestDatabase,
  asked: 'notify_now' | 'settlement_now',
  now?: Date,
): Promise<void> {
  const said = now === undefined ? 'clock_timestamp()' : `timestamptz '${now.toISOString()}'`;
  await ownerPool.query(
    `create or replace function ${asked}() returns timestamptz language sql stable
       set search_path = pg_catalog, public, pg_temp
       as $$ select ${said} $$`,
  );
}
