const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/;
const URL_ALPHABET = /^[A-Za-z0-9_-]*$/;
/** Arguments of one call: far below what every engine takes. */
const CHUNK = 8_192;

/** The bytes of canonical, padded base64 (RFC 4648 §4); undefined for anything else. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0 || !ALPHABET.test(text)) return undefined;
  const binary = decoded(text);
  if (binary === undefined) return undefined;
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  // Bits beyond the last byte have to be zero, or one value would have several texts.
  const tail = bytes.subarray(bytes.length - (bytes.length % 3 || 3));
  return encodeBase64(tail) === text.slice(-4) || text === '' ? bytes : undefined;
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

function decoded(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}
