import { utf8 } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { MAX_NAME_BYTES, MAX_TOWN_BYTES } from '../limits.ts';

const ALLOWED = /^[\p{L}\p{M}\p{Nd} .,'’()&\-/]+$/u;
/** Letters and marks that show nothing, such as the Hangul filler: two names would look alike. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
const LETTER = /\p{L}/u;

/** A person's or shop's name as documents carry it (spec/identifiers.md): 1 to 32 bytes. */
export function checkName(text: string): Result<string, 'malformed'> {
  if (!LETTER.test(text)) return failure('malformed', 'a name needs a letter');
  return checkLabel(text, MAX_NAME_BYTES);
}

/** A town, or what tells two names apart: 1 to 24 bytes. */
export function checkTown(text: string): Result<string, 'malformed'> {
  return checkLabel(text, MAX_TOWN_BYTES);
}

/** The form in which names and towns are compared: NFKC, case folded. Not for showing. */
export function foldName(text: string): string {
  // Up, then down: folds what has no single lower-case partner, such as the German sharp s.
  return text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

function checkLabel(text: string, maxBytes: number): Result<string, 'malformed'> {
  if (text.length > maxBytes || utf8(text).length > maxBytes) {
    return failure('malformed', `longer than ${maxBytes} bytes`);
  }
  if (!ALLOWED.test(text) || INVISIBLE.test(text)) {
    return failure('malformed', 'empty, or a character that names do not have');
  }
  if (text.startsWith(' ') || text.endsWith(' ')) {
    return failure('malformed', 'a space at an end');
  }
  return text === text.normalize('NFC') ? success(text) : failure('malformed', 'not NFC');
}
