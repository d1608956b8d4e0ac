import type { Pool } from '../db/index.ts';
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
 * whose attempt failed. Many may run it at once and be killed: what one took comes back to the
 * others when its lease ends.
 */
export async function drainInbox(
  pool: Pool,
  settle: Settling['settle'],
  clock: () => Date,
): Promise<Drained> {
  const now = clock();
  const failed: { uploadId: bigint; reason: string }[] = [];
  for (let decided = 0; ;) {
    const leaseUntil = new Date(clock().getTime() + limits.leaseMs);
    const taken = await takeDue(pool, { now, leaseUntil });
    if (taken === undefined) return { decided, failed };
    const { uploadId, attempts } = taken;
    try {
      await settle(uploadId);
      decided += 1;
    } catch (error) {
      const reason = reasonOf(error);
      const visibleAt = new Date(clock().getTime() + pauseMs(attempts));
      await putBack(pool, { uploadId, reason, visibleAt });
      failed.push({ uploadId, reason });
    }
  }
}

function pauseMs(attempts: number): number {
  return Math.min(limits.retryPauseMs * 2 ** (attempts - 1), limits.retryPauseMaxMs);
}

/** Name and code only: a message may quote what somebody handed in. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}`.slice(0, limits.errorCharacters);
}
