import type { Db } from '../../db/index.ts';

/**
 * Counts one attempt; answers until when the bucket is locked, which the attempt beyond `most`
 * makes it. One statement, so that attempts at once are counted one by one.
 */
export async function countAttempt(
  db: Db,
  count: {
    readonly bucket: Uint8Array;
    readonly most: number;
    readonly now: Date;
    readonly windowSince: Date;
    readonly lockUntil: Date;
  },
): Promise<Date | undefined> {
  const { rows } = await db.query<{ locked_until: Date | null }>(
    `insert into login_failures as known (bucket, failures, window_start)
     values ($1, 1, $3)
     on conflict (bucket) do update set
       failures = case
         when known.locked_until > $3 then known.failures
         when known.locked_until is not null or known.window_start <= $4 then 1
         else known.failures + 1
       end,
       window_start = case
         when known.locked_until > $3 then known.window_start
         when known.locked_until is not null or known.window_start <= $4 then $3
         else known.window_start
       end,
       locked_until = case
         when known.locked_until > $3 then known.locked_until
         when known.locked_until is not null or known.window_start <= $4 then null
         when known.failures + 1 > $2 then $5
       end
     returning locked_until`,
    [count.bucket, count.most, count.now, count.windowSince, count.lockUntil],
  );
  return rows[0]?.locked_until ?? undefined;
}

export async function giveBackAttempt(db: Db, bucket: Uint8Array): Promise<void> {
  await db.query(
    `update login_failures set failures = failures - 1
     where bucket = $1 and failures > 0 and locked_until is null`,
    [bucket],
  );
}

export async function forgetAttempts(db: Db, bucket: Uint8Array): Promise<void> {
  await db.query(`delete from login_failures where bucket = $1`, [bucket]);
}

/** Those whose time is long over, so that the table holds a day and not a year. */
export async function sweepAttempts(db: Db, before: Date): Promise<void> {
  await db.query(
    `delete from login_failures where bucket in (
       select bucket from login_failures
       where window_start < $1 and (locked_until is null or locked_until < $1)
       limit 20
     )`,
    [before],
  );
}
