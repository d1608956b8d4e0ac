import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { withoutSeparators } from './separators.ts';

/** Locality (its first digit a province), family, and a digit that says the sex. */
const CNIC = /^[1-9][0-9]{12}$/;

/**
 * A computerised national identity card's number as 13 digits; takes `12345-1234567-1`.
 * `malformed` for anything else, digits other than 0–9 too. It has no check digit: a typing error
 * is found only by asking the registry.
 */
export function parseCnic(text: string): Result<string, 'malformed'> {
  const digits = withoutSeparators(text);
  if (!CNIC.test(digits)) return failure('malformed', 'not a number of 13 digits');
  return success(digits);
}
