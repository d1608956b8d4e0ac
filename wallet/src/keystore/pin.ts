import { refuse } from '../errors.ts';
import type { Refusal } from '../errors.ts';
import {
  FIRST_PIN_WAIT_SECONDS,
  FREE_PIN_TRIES,
  MAX_PIN_BYTES,
  MAX_PIN_WAIT_SECONDS,
  MIN_PIN_BYTES,
} from '../limits.ts';

/** Wrong PINs since the last right one, kept durably. */
export interface PinTries {
  readonly failures: number;
  /** By the phone's clock, in seconds. */
  readonly lastAt: number;
}

export const NO_TRIES: PinTries = { failures: 0, lastAt: 0 };

/** Seconds to wait after so many wrong PINs: none for the first three, then 30, 60, … a day. */
export function waitAfter(failures: number): number {
  if (failures < FREE_PIN_TRIES) return 0;
  const doublings = Math.min(failures - FREE_PIN_TRIES, 16);
  return Math.min(FIRST_PIN_WAIT_SECONDS * 2 ** doublings, MAX_PIN_WAIT_SECONDS);
}

/** What the next try costs, for a screen. */
export interface PinStanding {
  /** Wrong PINs that still cost nothing. */
  readonly freeTries: number;
  /** Seconds until a PIN may be tried. */
  readonly waitSeconds: number;
}

export function standingOf(tries: PinTries, now: number): PinStanding {
  const { refusal, record } = beginTry(tries, now);
  const wait = record.lastAt + waitAfter(tries.failures) - now;
  return {
    freeTries: Math.max(0, FREE_PIN_TRIES - tries.failures),
    waitSeconds: refusal === undefined ? 0 : Math.max(0, wait),
  };
}

/** A try begun: what to keep, and why not to go on, if so. */
export interface BegunTry {
  readonly record: PinTries;
  readonly refusal?: Refusal;
}

/**
 * Whether a PIN may be tried now, and what to record **before** it is tried, so that pulling the
 * plug buys no free guess. A clock set back starts the wait again; one set forward ends it, which
 * is why the cost of each guess and the limits of the allowance matter too.
 */
export function beginTry(tries: PinTries, now: number): BegunTry {
  const wait = waitAfter(tries.failures);
  const since = now < tries.lastAt ? now : tries.lastAt;
  const left = since + wait - now;
  if (left <= 0) return { record: { failures: tries.failures + 1, lastAt: now } };
  const refusal = refuse('wallet/pin_wait', `${left} seconds until the next try`);
  return { record: { ...tries, lastAt: since }, refusal };
}

/** Refuses what no one should rely on; counts UTF-8 bytes. */
export function checkPin(pin: string | undefined): Refusal | undefined {
  if (pin === undefined) return refuse('wallet/pin_required', 'no PIN was given');
  const length = new TextEncoder().encode(pin).length;
  if (length >= MIN_PIN_BYTES && length <= MAX_PIN_BYTES) return undefined;
  return refuse('wallet/pin_wrong', `a PIN has ${MIN_PIN_BYTES} to ${MAX_PIN_BYTES} bytes`);
}

export function wrongPin({ failures }: PinTries): Refusal {
  return refuse('wallet/pin_wrong', `wrong PIN; then wait ${waitAfter(failures)} seconds`);
}
