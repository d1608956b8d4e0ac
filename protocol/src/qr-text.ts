import { decodeBase45, encodeBase45 } from './base45.ts';
import { failure } from './errors.ts';
import type { Result } from './errors.ts';
import { MAX_QR_TEXT_CHARACTERS } from './limits.ts';

/** Routes a scanned text to this format; the version inside the signed bytes counts. */
const PREFIX = 'SK1:';

/** A packet as QR text, all of it in the alphanumeric mode's alphabet (spec/packets.md §2). */
export function qrText(packet: Uint8Array): string {
  return PREFIX + encodeBase45(packet);
}

/**
 * The bytes of a scanned text. Refuses with `too_large` before reading anything, and `malformed`
 * for another prefix, lower case, or Base45 that is not canonical.
 */
export function decodeQrText(text: string): Result<Uint8Array> {
  if (text.length > MAX_QR_TEXT_CHARACTERS) {
    return failure('too_large', `${text.length} characters in a QR text`);
  }
  if (!text.startsWith(PREFIX)) return failure('malformed', `a QR text starts with ${PREFIX}`);
  return decodeBase45(text.slice(PREFIX.length));
}
