import type { Pool } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { limits } from './limits.ts';
import { closeLocked, lockClosable, markExpired } from './store/lifecycle.ts';

/**
 * Closes allowances after the end of `claim until`, once everything received in time is decided,
 * and gives back what is left of each reservation (spec/settlement.md §4 (b)). Answers how many.
 *
 * An upload's received time is taken before its row commits, so "received in time" is known only
 * `limits.closingSlackSeconds` later. Any number of processes may run this, and be killed.
 */
export async function closeAllowances(pool: Pool, now: Date): Promise<number> {
  const at = Math.floor(now.getTime() / 1000);
  const claimUntilBefore = at - limits.closingSlackSeconds;
  await markExpired(pool, now);
  for (let closed = 0; ;) {
    const some = await inTransaction(pool, async (tx) => {
      const closable = await lockClosable(tx, { claimUntilBefore, most: limits.closedAtOnce });
      if (closable.length > 0) await closeLocked(tx, closable, at);
      return closable.length;
    });
    if (some === 0) return closed;
    closed += some;
  }
}
