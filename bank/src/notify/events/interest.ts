import { inTransaction } from '../../db/index.ts';
import type { Pool } from '../../db/index.ts';
import { limits } from '../limits.ts';
import {
  extendInterest,
  insertInterest,
  lockSequencer,
  readSequencer,
  readSince,
} from '../store/index.ts';

/** Has an account's events written from now on, for as long as somebody may come back. */
export async function keepInterest(pool: Pool, accountId: bigint): Promise<void> {
  const { interestMs: lastsMs } = limits;
  if (await extendInterest(pool, { accountId, lastsMs })) return;
  await inTransaction(pool, async (tx) => {
    // Else events could be numbered between the reading of `since` and this row's commit.
    const { seq } = await lockSequencer(tx);
    await insertInterest(tx, { accountId, since: seq, lastsMs });
  });
}

export interface Start {
  /** The number to go on after. */
  readonly after: bigint;
  /** True where something since the last event seen is gone: the reader must look at everything. */
  readonly reset: boolean;
}

/** Where a reader goes on who last saw this event; without one, at what happens next. */
export async function startAfter(
  pool: Pool,
  accountId: bigint,
  lastSeen: bigint | undefined,
): Promise<Start> {
  const since = await readSince(pool, accountId);
  const { seq, purged } = await readSequencer(pool);
  if (lastSeen === undefined) return { after: seq, reset: false };
  const whole = lastSeen >= (since ?? seq) && lastSeen >= purged && lastSeen <= seq;
  return whole ? { after: lastSeen, reset: false } : { after: seq, reset: true };
}
