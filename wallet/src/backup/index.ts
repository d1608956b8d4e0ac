/** The backup's door: what is not settled yet, sealed under a code; it never restores spending. */
export { createBackup } from './create-backup.ts';
export type { CreatedBackup } from './create-backup.ts';
export { handInBackup } from './hand-in-backup.ts';
export type { HandedIn, HandInOptions } from './hand-in-backup.ts';
export { openBackup } from './open-backup.ts';
export type { BackedUp, OpenedBackup } from './open-backup.ts';
export { drawBackupCode } from './backup-code.ts';
export { frameTexts } from '../frame-texts.ts';
