import { failure, ProtocolError, success } from '../errors.ts';
import type { Result } from '../errors.ts';

const LEAST_BODY = 10_000_000_000;
const GREATEST_BODY = 99_999_999_999;
const WRITTEN = /^[0-9]{4} ?[0-9]{4} ?[0-9]{4}$/;

/**
 * A wallet number: eleven digits, the first not 0, and their check digit (spec/identifiers.md).
 * @throws ProtocolError `malformed` for anything but eleven digits.
 */
export function walletNumberWithCheckDigit(body: number): number {
  if (!Number.isInteger(body) || body < LEAST_BODY || body > GREATEST_BODY) {
    throw new ProtocolError('malformed', 'a wallet number starts from eleven digits, first not 0');
  }
  return body * 10 + checkDigit(body);
}

/** Whether a number has twelve digits, the first not 0, and the right check digit. */
export function isWalletNumber(value: number): boolean {
  if (!Number.isInteger(value)) return false;
  const body = Math.floor(value / 10);
  return body >= LEAST_BODY && body <= GREATEST_BODY && value % 10 === checkDigit(body);
}

/** As on screens: `1234 5678 9012`. */
export function formatWalletNumber(wallet: number): string {
  return wallet.toString().replace(/^(\d{4})(\d{4})(\d{4})$/, '$1 $2 $3');
}

/** Reads a wallet number as typed, with or without its spaces. Refuses with `malformed`. */
export function parseWalletNumber(text: string): Result<number, 'malformed'> {
  const value = WRITTEN.test(text) ? Number(text.replaceAll(' ', '')) : Number.NaN;
  return isWalletNumber(value) ? success(value) : failure('malformed', 'not a wallet number');
}

/** ISO/IEC 7064 MOD 11,10: finds every wrong digit and nearly every swap of neighbours. */
function checkDigit(body: number): number {
  let product = 10;
  for (const digit of body.toString()) {
    const sum = (product + Number(digit)) % 10;
    product = (2 * (sum === 0 ? 10 : sum)) % 11;
  }
  return (11 - product) % 10;
}
