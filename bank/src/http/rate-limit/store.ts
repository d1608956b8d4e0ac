import type { Db } from '../../db/index.ts';
import type { CounterStore } from './counters.ts';

/** Counters in the database, in a table that is not written ahead: a crash begins anew. */
export function postgresCounters(db: Db): CounterStore {
  return {
    take: async (bucket, { want, limit, windowStart }) => {
      const { rows } = await db.query<{ taken: number }>(
        `insert into rate_counters (bucket, window_start, taken)
         values ($1, $2, $3)
         on conflict (bucket, window_start)
           do update set taken = rate_counters.taken + excluded.taken
           where rate_counters.taken < $4
         returning taken`,
        [bucket, windowStart, want, limit],
      );
      // No row: the window was used up before.
      return rows[0]?.taken ?? limit + want;
    },
  };
}

/**
 * Windows that are over, by this process's clock and by the database's: one that is ahead takes no
 * window from the others, in which they would count from nothing again.
 */
export async function pruneCounters(
  db: Db,
  { now, keptMs }: { readonly now: Date; readonly keptMs: number },
): Promise<void> {
  await db.query(
    `delete from rate_counters
       where window_start < least($1, clock_timestamp()) - $2 * interval '1 millisecond'`,
    [now, keptMs],
  );
}
