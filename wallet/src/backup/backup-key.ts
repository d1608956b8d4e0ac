import { encodeCbor } from '@sikka/protocol';
import { importAesKey } from '../keystore/aes-gcm.ts';

/** What stands before the sealed bytes, and is bound to them (spec/backup.md §1). */
export interface BackupHead {
  readonly salt: Uint8Array;
  readonly iterations: number;
}

export const BACKUP_NAME = 'sikka/backup';
export const BACKUP_VERSION = 1;
export const SALT_BYTES = 16;
const KEY_BITS = 256;

/** The associated bytes: the head as it stands in the file, so that nobody lowers the cost. */
export function headBytes({ salt, iterations }: BackupHead): Uint8Array {
  return encodeCbor([BACKUP_NAME, BACKUP_VERSION, salt, iterations]);
}

/** The key under a code, by PBKDF2-SHA-256. */
export async function backupKey(code: Uint8Array, { salt, iterations }: BackupHead) {
  const bytes = new Uint8Array(code);
  const base = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits']);
  const cost = { name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(salt), iterations };
  return importAesKey(new Uint8Array(await crypto.subtle.deriveBits(cost, base, KEY_BITS)));
}
