import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * Under what an address is found again: HMAC-SHA-256 of it folded (NFKC, lower case), so that the
 * table tells nobody whose addresses there are.
 */
export function emailLookup(key: KeyObject, email: string): Uint8Array {
  return createHmac('sha256', key)
    .update(`email\0${foldEmail(email)}`, 'utf8')
    .digest();
}

/** `a***@example.com`: enough to recognise one’s own, too little to write to. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}***${email.slice(at)}`;
}

function foldEmail(email: string): string {
  return email.normalize('NFKC').toLowerCase();
}
