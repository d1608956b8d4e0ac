import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { withoutSeparators } from './separators.ts';

/** A mobile number of Pakistan: the country code, 3, nine digits (ITU-T E.164). */
const MOBILE = /^\+923[0-9]{9}$/;

/**
 * A Pakistani mobile number as `+923…`; takes `03…`, `923…` and `00923…` as people write them, and
 * spaces and dashes between groups. `malformed` for anything else, digits other than 0–9 too.
 */
export function parseMsisdn(text: string): Result<string, 'malformed'> {
  const bare = withoutSeparators(text);
  const number = bare.replace(/^(0092|92|0)(?=3)/, '+92');
  if (!MOBILE.test(number)) return failure('malformed', 'not a Pakistani mobile number');
  return success(number);
}
