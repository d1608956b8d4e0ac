const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES: ReadonlyMap<string, number> = new Map(
  [...DIGITS].map((digit, value) => [digit, value]),
);

/** Base64url without padding (RFC 4648 §5): how packets and challenges travel in JSON. */
export function toBase64url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const group = (a << 16) | (b << 8) | c;
    const four = [18, 12, 6, 0].map((shift) => DIGITS.charAt((group >> shift) & 63)).join('');
    text += four.slice(0, Math.min(3, bytes.length - at) + 1);
  }
  return text;
}

/** The bytes, or undefined for text that `toBase64url` would not have written. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let have = 0;
  let at = 0;
  for (const digit of text) {
    const value = VALUES.get(digit);
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xfff;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    bytes[at] = (bits >> have) & 0xff;
    at += 1;
  }
  // Left-over bits that are not zero would give one value two texts.
  return (bits & ((1 << have) - 1)) === 0 ? bytes : undefined;
}
