import type { Pool } from '@sikka/bank';

/** The database's own clock, by which the bank judges when bytes were received. */
export interface DatabaseClock {
  /** Seconds. */
  set(now: number): Promise<void>;
}

/**
 * Puts the simulation's time where the bank's functions look for the time. Their bodies stay as
 * they are: another `clock_timestamp` is only found before the real one.
 */
export async function injectClock(owner: Pool): Promise<DatabaseClock> {
  await owner.query('create schema simulated');
  await owner.query('create table simulated.time (now timestamptz not null)');
  await owner.query("insert into simulated.time (now) values ('epoch')");
  await owner.query(
    `create function simulated.clock_timestamp() returns timestamptz language sql
      as 'select now from simulated.time'`,
  );
  await owner.query('grant usage on schema simulated to public');
  await owner.query('grant select on simulated.time to public');
  const { rows } = await owner.query<{ readonly name: string }>(
    `select oid::regprocedure::text as name from pg_proc
      where proname in ('settlement_receive', 'settlement_cutoff', 'settlement_now')
        and pronamespace = 'public'::regnamespace`,
  );
  for (const { name } of rows) {
    await owner.query(
      `alter function ${name} set search_path = simulated, pg_catalog, public, pg_temp`,
    );
  }
  let last: number | undefined;
  return {
    async set(now) {
      if (now === last) return;
      await owner.query('update simulated.time set now = to_timestamp($1)', [now]);
      last = now;
    },
  };
}
