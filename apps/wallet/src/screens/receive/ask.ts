import { currencyOf } from '@sikka/protocol';

/** How long one code is shown; then a fresh one comes. */
export const FRESH_SECONDS = 300;
/** A customer who scanned it just before still has as long to pay. */
export const VALID_SECONDS = 2 * FRESH_SECONDS;

/** Seconds for which a code is still to be shown; `until` is the request's. */
export function secondsFresh(until: number, now: number): number {
  return Math.max(0, Math.min(FRESH_SECONDS, until - FRESH_SECONDS - now));
}

/** What was typed in whole units, as minor units of a currency (ISO 4217 numeric). */
export function minorOf(digits: string, currency: number): bigint {
  return BigInt(digits === '' ? '0' : digits) * unitOf(currency);
}

/** The whole units of an amount, as a keypad types them; a rest is left away. */
export function digitsOf(amountMinor: bigint, currency: number): string {
  const whole = amountMinor / unitOf(currency);
  return whole === 0n ? '' : String(whole);
}

function unitOf(currency: number): bigint {
  return 10n ** BigInt(currencyOf(currency)?.exponent ?? 2);
}
