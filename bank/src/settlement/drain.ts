import type { Pool } from '../db/index.ts';
import { reasonOf } from './errors.ts';
import { limits } from './limits.ts';
import type { Settling } from './settlement.ts';
import { putBack, takeDue } from './store/lifecycle.ts';

export interface Drained {
  /** Uploads decided, by this call or by the caller it overtook. */
  readonly decided: number;
  /** Uploads that failed, with why: each is tried again later. */
  readonly failed: readonly { readonly uploadId: bigint; readonly reason: string }[];
}

/**
 * Decides every upload whose time has come: those of callers who asked not to wait, who died, or
 * whose attempt failed. What fails as a whole again and again is decided item by item. Many may
 * run it at once and be killed: what one took comes back to the others when its lease ends. What
 * becomes due meanwhile is the next call's, else failures would be told when nothing is due any
 * more. Once `stopping` is aborted it takes no more.
 */
export async function drainInbox(
  pool: Pool,
  { settle, settleEach }: Pick<Settling, 'settle' | 'settleEach'>,
  stopping?: AbortSignal,
): Promise<Drained> {
  const failed: { uploadId: bigint; reason: string }[] = [];
  let decided = 0;
  let dueBy: string | undefined;
  while (stopping?.aborted !== true) {
    const taken = await takeDue(pool, { leaseMs: limits.leaseMs, dueBy });
    if (taken === undefined) break;
    dueBy ??= taken.at;
    const { uploadId, attempts } = taken;
    try {
      await (attempts > limits.wholeAttempts ? settleEach(uploadId) : settle(uploadId));
      decided += 1;
    } catch (error) {
      const reason = reasonOf(error);
      await putBack(pool, { uploadId, reason, pauseMs: pauseMs(attempts) });
      failed.push({ uploadId, reason });
    }
  }
  return { decided, failed };
}

function pauseMs(attempts: number): number {
  return Math.min(limits.retryPauseMs * 2 ** (attempts - 1), limits.retryPauseMaxMs);
}
