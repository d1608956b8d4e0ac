import { limits } from '../limits.ts';

/** Where nodes count together. */
export interface CounterStore {
  /** Takes `want` of the window's `limit` and answers how many have now been asked for in all. */
  take(
    bucket: Uint8Array,
    ask: { readonly want: number; readonly limit: number; readonly windowStart: Date },
  ): Promise<number>;
}

export interface Count {
  readonly ok: boolean;
  /** At most; other nodes may have taken some since. */
  readonly remaining: number;
}

/** One node's share of the counters. */
export interface Counters {
  /** Throws what the store throws, where `exact`; else the node goes on alone. */
  take(bucket: Uint8Array, ask: Ask): Promise<Count>;
}

interface Ask {
  readonly limit: number;
  readonly now: Date;
  /** Each one asks the store, and none is granted without it. */
  readonly exact: boolean;
}

interface Lease {
  left: number;
  taken: number;
  /** The store has said that the window is used up. */
  spent: boolean;
  /** The store was away, and this node counts by itself. */
  alone: boolean;
  asking: Promise<void> | undefined;
}

/**
 * Takes leases of a tenth of a limit, so that a busy caller costs one query in ten requests while
 * the sum over all nodes never passes the limit.
 */
export function createCounters(store: CounterStore): Counters {
  let window = 0;
  const leases = new Map<string, Lease>();
  const leaseOf = (bucket: Uint8Array): Lease => {
    const key = Buffer.from(bucket).toString('base64');
    const found = leases.get(key);
    if (found !== undefined) return found;
    // A flood of strangers: everybody's leases are forgotten, which only costs queries.
    if (leases.size >= limits.rateLeases) leases.clear();
    const fresh: Lease = { left: 0, taken: 0, spent: false, alone: false, asking: undefined };
    leases.set(key, fresh);
    return fresh;
  };
  const refill = async (lease: Lease, bucket: Uint8Array, ask: Ask) => {
    const { limit, exact } = ask;
    const want = exact ? 1 : Math.max(1, Math.floor(limit / limits.rateLeasesInLimit));
    try {
      lease.taken = await store.take(bucket, { want, limit, windowStart: new Date(window) });
      const granted = Math.min(want, limit - (lease.taken - want));
      lease.left += Math.max(0, granted);
      lease.spent = granted <= 0;
    } catch (error) {
      if (exact) throw error;
      // Once a window: this node's own count until the store is back.
      lease.spent = lease.alone;
      lease.left = lease.alone ? 0 : limit;
      lease.taken = limit;
      lease.alone = true;
    }
  };
  return {
    take: async (bucket, ask) => {
      const start = Math.floor(ask.now.getTime() / limits.rateWindowMs) * limits.rateWindowMs;
      if (start !== window) {
        window = start;
        leases.clear();
      }
      const lease = leaseOf(bucket);
      while (lease.left === 0 && !lease.spent) {
        lease.asking ??= refill(lease, bucket, ask).finally(() => (lease.asking = undefined));
        await lease.asking;
      }
      if (lease.left === 0) return { ok: false, remaining: 0 };
      lease.left -= 1;
      return { ok: true, remaining: Math.max(0, ask.limit - lease.taken) + lease.left };
    },
  };
}
