import { MAX_RETRY_MS } from '../limits.ts';

export interface Wait {
  /** Syncs that failed one after another. */
  readonly failures: number;
  readonly intervalMs: number;
  /** What the bank asked for, at least. */
  readonly atLeastMs: number;
  /** In [0, 1), by a cryptographic source: tills that lost one bank come back apart. */
  readonly random: number;
}

/**
 * Milliseconds until the next try: the interval, doubled with each failure up to an hour, of which
 * between half and all is waited.
 */
export function nextTry({ failures, intervalMs, atLeastMs, random }: Wait): number {
  const doubled = intervalMs * 2 ** Math.min(failures, 20);
  const longest = Math.max(intervalMs, Math.min(doubled, MAX_RETRY_MS));
  return Math.max(Math.floor(longest * (0.5 + random / 2)), atLeastMs);
}

/** Milliseconds until the next day begins, in UTC: what a daily limit refused waits for it. */
export function untilNextDay(now: Date): number {
  const day = 86_400_000;
  return day - (now.getTime() % day);
}

/** A number in [0, 1). */
export function randomFraction(): number {
  const [value = 0] = crypto.getRandomValues(new Uint32Array(1));
  return value / 2 ** 32;
}
