import { concatBytes } from '@sikka/protocol';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM: nonce (12 random bytes) ‖ ciphertext and tag. One key seals at most one journal,
 * far fewer than the 2^32 messages that random nonces allow.
 */
export async function sealWith(
  key: CryptoKey,
  plaintext: Uint8Array,
  associated: Uint8Array,
): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const algorithm = gcm(nonce, associated);
  const ciphertext = await crypto.subtle.encrypt(algorithm, key, new Uint8Array(plaintext));
  return concatBytes(nonce, new Uint8Array(ciphertext));
}

/** The plaintext, or undefined: wrong key, wrong associated bytes, altered or cut. */
export async function unsealWith(
  key: CryptoKey,
  sealed: Uint8Array,
  associated: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const algorithm = gcm(sealed.slice(0, NONCE_BYTES), associated);
  try {
    const data = new Uint8Array(sealed.subarray(NONCE_BYTES));
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, data));
  } catch {
    return undefined;
  }
}

/** Raw bytes as a key that cannot be exported again. */
export function importAesKey(raw: Uint8Array): Promise<CryptoKey> {
  const uses: KeyUsage[] = ['encrypt', 'decrypt'];
  return crypto.subtle.importKey('raw', new Uint8Array(raw), 'AES-GCM', false, uses);
}

function gcm(nonce: Uint8Array, associated: Uint8Array): AesGcmParams {
  return {
    name: 'AES-GCM',
    iv: new Uint8Array(nonce),
    additionalData: new Uint8Array(associated),
    tagLength: TAG_BYTES * 8,
  };
}
