import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { crc16 } from './crc16.ts';

/** One data object as it stands: a two-digit tag and its value, at most 99 characters. */
export interface EmvField {
  readonly tag: string;
  readonly value: string;
}

const HEAD = /^[0-9]{4}$/;
const CRC_DIGITS = 4;
const LONGEST_VALUE = 99;

/**
 * Reads `tag length value` to the end of the text; lengths count characters (code points), as the
 * published codes with an alternate language do. Refuses with `malformed` what does not end with a
 * value's end, an empty value, and a tag that stands twice.
 */
export function readTlv(text: string): Result<readonly EmvField[], 'malformed'> {
  const characters = [...text];
  const fields: EmvField[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < characters.length;) {
    const head = characters.slice(at, at + 4).join('');
    const end = at + 4 + Number(head.slice(2));
    const tag = head.slice(0, 2);
    if (!HEAD.test(head) || end === at + 4 || end > characters.length || seen.has(tag)) {
      return failure('malformed', 'not data objects of a tag, a length and a value');
    }
    seen.add(tag);
    fields.push({ tag, value: characters.slice(at + 4, end).join('') });
    at = end;
  }
  return success(fields);
}

/** @throws RangeError for an empty value or one of more than 99 characters. */
export function writeTlv(fields: readonly EmvField[]): string {
  return fields.map(({ tag, value }) => tag + writeLength(value) + value).join('');
}

/** Appends the checksum, whose own tag and length are part of what it covers. */
export function closeWithCrc(body: string, crcTag: string): string {
  const covered = `${body}${crcTag}04`;
  return covered + crc16(covered);
}

/**
 * What stands before the checksum, which must be the last data object and right. Looked at before
 * anything is read, so that a bad scan is told from a code that was badly made.
 */
export function openWithCrc(
  text: string,
  crcTag: string,
): Result<string, 'malformed' | 'crc_mismatch'> {
  const covered = text.slice(0, -CRC_DIGITS);
  if (!covered.endsWith(`${crcTag}04`)) return failure('malformed', 'no checksum at its end');
  if (crc16(covered) !== text.slice(-CRC_DIGITS).toUpperCase()) {
    return failure('crc_mismatch', 'the checksum is of another text: scan it again');
  }
  return success(covered.slice(0, -4));
}

function writeLength(value: string): string {
  const { length } = [...value];
  if (length < 1 || length > LONGEST_VALUE) {
    throw new RangeError(`A data object holds 1 to ${LONGEST_VALUE} characters.`);
  }
  return length.toString().padStart(2, '0');
}
