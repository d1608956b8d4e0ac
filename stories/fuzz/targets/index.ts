import type { Target } from '../target.ts';
import { BACKUP_TARGETS } from './backups.ts';
import { BUNDLE_TARGETS } from './bundles.ts';
import { CHUNK_TARGETS } from './chunks.ts';
import { CODE_TARGETS } from './codes.ts';
import { DOCUMENT_TARGETS } from './documents.ts';
import { NUMBER_TARGETS } from './numbers.ts';
import { OLDER_TARGETS } from './older.ts';
import { SIGNATURE_TARGETS } from './signatures.ts';

/** Every reader of bytes or text from outside, in the order they are run. */
export const TARGETS: readonly Target[] = [
  ...DOCUMENT_TARGETS,
  ...SIGNATURE_TARGETS,
  ...CODE_TARGETS,
  ...CHUNK_TARGETS,
  ...OLDER_TARGETS,
  ...BUNDLE_TARGETS,
  ...NUMBER_TARGETS,
  ...BACKUP_TARGETS,
];
