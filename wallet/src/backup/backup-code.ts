import { utf8 } from '@sikka/protocol';
import type { RandomSource } from '../clock.ts';
import { MAX_BACKUP_CODE_BYTES, MIN_BACKUP_CODE_BYTES } from '../limits.ts';

const DRAWN_DIGITS = 12;
/** Where a byte is below it, its last digit is as likely as any other. */
const FAIR_BELOW = 250;

/**
 * Twelve digits to be written down: with PBKDF2's cost for each, guessing all of them takes years
 * of many machines (spec/backup.md §1).
 */
export function drawBackupCode({ randomBytes }: RandomSource): string {
  let code = '';
  while (code.length < DRAWN_DIGITS) {
    for (const byte of randomBytes(DRAWN_DIGITS)) {
      if (byte < FAIR_BELOW && code.length < DRAWN_DIGITS) code += String(byte % 10);
    }
  }
  return code;
}

/** The bytes that are stretched, or undefined for a code too short or too long. */
export function codeBytes(code: string): Uint8Array | undefined {
  const plain = code
    .normalize('NFKC')
    .replaceAll(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0x0f))
    .replaceAll(/[\s-]/g, '');
  const bytes = utf8(plain);
  const fits = bytes.length >= MIN_BACKUP_CODE_BYTES && bytes.length <= MAX_BACKUP_CODE_BYTES;
  return fits ? bytes : undefined;
}
