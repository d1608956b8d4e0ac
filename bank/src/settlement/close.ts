import type { Pool } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { limits } from './limits.ts';
import { closeLocked, lockClosable, markExpired, readCutoff, readNow } from './store/lifecycle.ts';

/**
 * Closes allowances after the end of `claim until` and gives back what is left of each reservation
 * (spec/settlement.md §4 (b)): once everything received in time is decided, and no upload that
 * could still count as in time is being stored. Where a proof exists nothing is given back before
 * that case is decided. Answers how many were closed.
 *
 * Any number of processes may run this, and be killed. It gives up, to be run again, while an
 * upload takes long to be stored.
 */
export async function closeAllowances(pool: Pool): Promise<number> {
  const now = await readNow(pool);
  const at = Math.floor(now.getTime() / 1000);
  await markExpired(pool, now);
  const cutoff = await readCutoff(pool, at);
  if (cutoff === undefined) return 0;
  for (let closed = 0; ;) {
    const some = await inTransaction(pool, async (tx) => {
      const most = limits.closedAtOnce;
      const closable = await lockClosable(tx, { claimUntilBefore: Math.min(cutoff, at), most });
      // Dated when it is done: an export of yesterday waits for late writers, but not for hours.
      if (closable.length > 0) await closeLocked(tx, closable, await readNow(tx));
      return closable.length;
    });
    if (some === 0) return closed;
    closed += some;
  }
}
