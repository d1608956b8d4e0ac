import { Redis } from 'ioredis';
import { limits } from '../limits.ts';
import type { CounterStore } from './counters.ts';

export interface RedisCounters extends CounterStore {
  close(): Promise<void>;
}

/** Counters in Redis, which forgets them by itself; for nodes that have one at hand. */
export function redisCounters(url: string): RedisCounters {
  const redis = new Redis(url, {
    commandTimeout: limits.counterTimeoutMs,
    connectTimeout: limits.counterTimeoutMs,
    // While it is away a call is answered by the rule for that, at once, and not later.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  });
  // Each call that fails says so itself; unheard, this event would end the process.
  redis.on('error', () => undefined);
  return {
    take: async (bucket, { want, windowStart }) => {
      const name = Buffer.from(bucket).toString('base64url');
      const key = `sikka:rate:${name}:${windowStart.getTime()}`;
      const results = await redis
        .multi()
        .incrby(key, want)
        .pexpire(key, 2 * limits.rateWindowMs)
        .exec();
      const [failed, taken] = results?.[0] ?? [new Error('Redis did not answer.'), undefined];
      if (failed !== null) throw failed;
      return Number(taken);
    },
    close: async () => redis.disconnect(),
  };
}
