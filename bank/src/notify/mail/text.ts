import { limits } from '../limits.ts';

/** Control characters, line ends of any script, and marks that turn a line's direction. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** A value on one line: what could start a header or turn the text around it becomes a space. */
export function cleanValue(value: string): string {
  return value.replace(UNSEEN, ' ').trim();
}

/** Keeps figures and Latin words in their own direction inside a line of another (UAX #9). */
export function isolate(value: string): string {
  return `\u2066${value}\u2069`;
}

/**
 * One plain address: printable ASCII, one `@`, nothing that a mail header gives a meaning to.
 * Sign-up is stricter; this is the wall before the mail server.
 */
export function isMailAddress(text: string): boolean {
  return text.length <= limits.addressCharacters && ADDRESS.test(text);
}

const ADDRESS = /^[!#-'*+\-./0-9=?A-Z^-~]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;
