import { failure, ProtocolError, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { MAX_AMOUNT_MINOR } from '../limits.ts';

export interface Currency {
  /** ISO 4217 letters. */
  readonly alpha: string;
  /** ISO 4217 number: what documents carry. */
  readonly numeric: number;
  /** Digits of the minor unit. */
  readonly exponent: number;
}

/** The currencies of version 1 (spec/identifiers.md). */
export const CURRENCIES: readonly Currency[] = [
  { alpha: 'PKR', numeric: 586, exponent: 2 },
  { alpha: 'USD', numeric: 840, exponent: 2 },
  { alpha: 'AED', numeric: 784, exponent: 2 },
  { alpha: 'SAR', numeric: 682, exponent: 2 },
  { alpha: 'XOF', numeric: 952, exponent: 0 },
];

/** Number, at most 16 digits before the point, no sign, no leading zeros, no other alphabet. */
const WRITTEN = /^(0|[1-9][0-9]{0,15})(?:\.([0-9]+))?$/;

/** A currency by its ISO 4217 number or letters; undefined for one not in the table. */
export function currencyOf(code: number | string): Currency | undefined {
  return CURRENCIES.find(({ alpha, numeric }) => code === numeric || code === alpha);
}

/**
 * Minor units as a decimal string: 50000 of 586 is `500.00`. Exact for any size; a negative
 * amount, as ledger entries have, gets a minus.
 * @throws ProtocolError `malformed` for a currency not in the table.
 */
export function formatAmount(minor: bigint, currency: number | string): string {
  const { exponent } = requireCurrency(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const sign = minor < 0n ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/**
 * Minor units of a decimal string, 0 … 2^53 − 1. The fraction is left out or has every digit of
 * the currency's minor unit: `500` and `500.00`, never `500.0`, `5e2`, `+500`, `٥٠٠` or ` 500`.
 * Refuses with `malformed`; `wrong_currency` for a currency not in the table.
 */
export function parseAmount(
  text: string,
  currency: number | string,
): Result<bigint, 'malformed' | 'wrong_currency'> {
  const known = currencyOf(currency);
  if (known === undefined) return failure('wrong_currency', 'a currency not in the table');
  const [, whole, fraction] = WRITTEN.exec(text) ?? [];
  if (whole === undefined || (fraction !== undefined && fraction.length !== known.exponent)) {
    return failure('malformed', `not an amount of ${known.alpha}`);
  }
  const minor = BigInt(whole + (fraction ?? '0'.repeat(known.exponent)));
  if (minor > MAX_AMOUNT_MINOR) return failure('malformed', 'above 2^53 − 1 minor units');
  return success(minor);
}

/** As a JSON number or Python's float may come: with more or fewer zeros at the end. */
const LOOSELY_WRITTEN = /^(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,9}))?$/;

/**
 * Minor units, 1 … 2^53 − 1, of an amount as older clients write it: `500`, `500.0` and `500.00`
 * are one amount, and what is finer than the minor unit must be zeros. No sign, exponent, leading
 * zeros or other alphabet. Refuses with `malformed`, `wrong_currency`, `amount_zero`.
 */
export function parseLooseAmount(
  text: string,
  currency: number | string,
): Result<bigint, 'malformed' | 'wrong_currency' | 'amount_zero'> {
  const known = currencyOf(currency);
  if (known === undefined) return failure('wrong_currency', 'a currency not in the table');
  const [, whole, fraction = ''] = LOOSELY_WRITTEN.exec(text) ?? [];
  const kept = fraction.slice(0, known.exponent).padEnd(known.exponent, '0');
  if (whole === undefined || /[1-9]/.test(fraction.slice(known.exponent))) {
    return failure('malformed', `not an amount of ${known.alpha}`);
  }
  const minor = BigInt(whole + kept);
  if (minor > MAX_AMOUNT_MINOR) return failure('malformed', 'above 2^53 − 1 minor units');
  return minor === 0n ? failure('amount_zero', 'nothing') : success(minor);
}

function requireCurrency(code: number | string): Currency {
  const currency = currencyOf(code);
  if (currency === undefined) throw new ProtocolError('malformed', 'a currency not in the table');
  return currency;
}
