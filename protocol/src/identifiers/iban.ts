import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { withoutSeparators } from './separators.ts';

/** Bank code of four letters, account of sixteen letters or digits (IBAN registry, Pakistan). */
const PAKISTANI = /^PK[0-9]{2}[A-Z]{4}[A-Z0-9]{16}$/;
/** Before case is folded: outside ASCII, other letters have these as their upper case. */
const WRITTEN = /^[0-9A-Za-z]{24}$/;

/**
 * A Pakistani IBAN as 24 characters, upper case; takes spaces and dashes between groups, and lower
 * case. `malformed`: another country, another length, other digits than 0–9, or check digits that
 * are not right by ISO 7064 MOD 97-10 (ISO 13616-1).
 */
export function parseIban(text: string): Result<string, 'malformed'> {
  const written = withoutSeparators(text);
  const iban = written.toUpperCase();
  if (!WRITTEN.test(written) || !PAKISTANI.test(iban) || remainderOf97(iban) !== 1) {
    return failure('malformed', 'not a Pakistani IBAN with right check digits');
  }
  return success(iban);
}

/** In groups of four, as people compare it. */
export function formatIban(iban: string): string {
  return iban.replace(/.{4}(?=.)/g, '$& ');
}

/** For a screen that only has to say which: `PK36 •••• 6702`. */
export function maskIban(iban: string): string {
  return `${iban.slice(0, 4)} •••• ${iban.slice(-4)}`;
}

/** Of the number that ISO 13616 makes of it: the first four last, letters as 10 to 35. */
function remainderOf97(iban: string): number {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
}
