import type { TestDatabase } from '../support/index.ts';

/** From now on the database says this time wherever it is asked what is due: no process's clock. */
export async function setDatabaseTime({ ownerPool }: TestDatabase, now: Date): Promise<void> {
  await ownerPool.query(
    `create or replace function notify_now() returns timestamptz language sql stable
       set search_path = pg_catalog, public, pg_temp
       as $$ select timestamptz '${now.toISOString()}' $$`,
  );
}
