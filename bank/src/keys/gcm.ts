import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KeysError } from './errors.ts';
import { limits } from './limits.ts';

/** AES-256-GCM as all sealed bytes use it: `nonce (12) ‖ ciphertext ‖ tag (16)`. */
const nonceBytes = 12;
const tagBytes = 16;

export const gcmOverheadBytes = nonceBytes + tagBytes;

/** The nonce is random: one key seals far fewer than 2^32 times. */
export function encryptGcm(key: KeyObject, plaintext: Uint8Array, aad: Uint8Array): Buffer {
  if (plaintext.length > limits.plaintextBytes) throw new RangeError('Too long to seal.');
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Throws `keys/sealed_damaged`. By fixed places: whatever was cut off, the tag is 16 bytes. */
export function decryptGcm(key: KeyObject, sealed: Uint8Array, aad: Uint8Array): Buffer {
  if (sealed.length < gcmOverheadBytes) throw damaged();
  if (sealed.length > gcmOverheadBytes + limits.plaintextBytes) throw damaged();
  const nonce = sealed.subarray(0, nonceBytes);
  // Without authTagLength Node takes tags of 4 bytes, which can be forged by trying.
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const head = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([head, decipher.final()]);
  } catch {
    throw damaged();
  } finally {
    head.fill(0);
  }
}

/** What was sealed, and for which place; the same text opens it, no other does. */
export function additionalData(domain: string, header: Uint8Array, context: string): Uint8Array {
  const bytes = Buffer.from(context, 'utf8');
  if (bytes.length > limits.contextBytes) throw new RangeError('A context names one row.');
  return Buffer.concat([Buffer.from(domain), header, bytes]);
}

export function damaged(): KeysError {
  return new KeysError(
    'keys/sealed_damaged',
    'A sealed key was changed, or lies in another row than it was sealed for.',
  );
}
