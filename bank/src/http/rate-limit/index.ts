/** Rate limits, counted across nodes: how many calls of a class one caller may make a minute. */
export type { RateLimiter, RateLimits, Verdict } from './limiter.ts';
export { createRateLimiter, DEFAULT_RATE_LIMITS } from './limiter.ts';
export type { CounterStore } from './counters.ts';
export { redisCounters } from './redis.ts';
export { postgresCounters, pruneCounters } from './store.ts';
