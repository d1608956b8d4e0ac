const URL_ALPHABET = /^[A-Za-z0-9_-]*$/;
/** Arguments of one call: far below what every engine takes. */
const CHUNK = 8_192;

const NO_DIGIT = 255;
/** Six bits by character code. */
const SIX_BITS = new Uint8Array(128).fill(NO_DIGIT);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((digit, bits) => {
  SIX_BITS[digit.charCodeAt(0)] = bits;
});

/**
 * The bytes of canonical, padded base64 (RFC 4648 §4); undefined for anything else. A loop of our
 * own: through `atob` the bytes come as a text, which has to be read once more.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const whole = padding === 0 ? text.length : text.length - 4;
  let end = 0;
  for (let at = 0; at < whole; at += 4) {
    const a = six(text, at);
    const b = six(text, at + 1);
    const c = six(text, at + 2);
    const d = six(text, at + 3);
    if ((a | b | c | d) > 63) return undefined;
    bytes[end++] = (a << 2) | (b >> 4);
    bytes[end++] = (b << 4) | (c >> 2);
    bytes[end++] = (c << 6) | d;
  }
  if (padding === 0) return bytes;
  const a = six(text, whole);
  const b = six(text, whole + 1);
  const c = padding === 1 ? six(text, whole + 2) : 0;
  if ((a | b | c) > 63) return undefined;
  bytes[end++] = (a << 2) | (b >> 4);
  if (padding === 1) bytes[end] = (b << 4) | (c >> 2);
  // Bits beyond the last byte have to be zero, or one value would have several texts.
  return ((padding === 2 ? b << 4 : c << 6) & 0xff) === 0 ? bytes : undefined;
}

function six(text: string, at: number): number {
  return SIX_BITS[text.charCodeAt(at)] ?? NO_DIGIT;
}

/** Standard base64 with its padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary);
}

/** The bytes of canonical base64url without padding (RFC 4648 §5); undefined otherwise. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!URL_ALPHABET.test(text)) return undefined;
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return decodeBase64(standard.padEnd(Math.ceil(text.length / 4) * 4, '='));
}

/** Base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
