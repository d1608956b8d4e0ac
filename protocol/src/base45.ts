import { failure, success } from './errors.ts';
import type { Result } from './errors.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const VALUES = new Map(Array.from(ALPHABET, (character, value) => [character, value]));

/** Base45 (RFC 9285 §4): three characters for two bytes, two for a last single one. */
export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) {
    const [first = 0, second] = bytes.subarray(i, i + 2);
    text += second === undefined ? digits(first, 2) : digits(first * 256 + second, 3);
  }
  return text;
}

/**
 * Decodes Base45, of which each byte string has one form. Refuses with `malformed` a character
 * outside the alphabet (lower case included), a dangling character, a group above its bytes.
 */
export function decodeBase45(text: string): Result<Uint8Array, 'malformed'> {
  if (text.length % 3 === 1) return failure('malformed', 'a dangling Base45 character');
  const bytes = new Uint8Array(Math.floor(text.length / 3) * 2 + (text.length % 3 === 2 ? 1 : 0));
  for (let at = 0, i = 0; i < text.length; i += 3) {
    const group = text.slice(i, i + 3);
    const value = groupValue(group);
    if (value === undefined) return failure('malformed', `not Base45 at character ${i}`);
    if (value >= (group.length === 3 ? 65_536 : 256)) {
      return failure('malformed', `a Base45 group too great at character ${i}`);
    }
    if (group.length === 3) bytes[at++] = value >> 8;
    bytes[at++] = value & 0xff;
  }
  return success(bytes);
}

/** The least significant character comes first. */
function digits(value: number, count: number): string {
  let text = '';
  for (let rest = value, i = 0; i < count; i++, rest = Math.floor(rest / 45)) {
    text += ALPHABET.charAt(rest % 45);
  }
  return text;
}

function groupValue(group: string): number | undefined {
  let value = 0;
  for (let i = group.length - 1; i >= 0; i--) {
    const digit = VALUES.get(group.charAt(i));
    if (digit === undefined) return undefined;
    value = value * 45 + digit;
  }
  return value;
}
