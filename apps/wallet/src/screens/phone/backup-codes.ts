import { encodePacket, MAX_FRAMED_BYTES, qrText, splitFrames } from '@sikka/protocol';
import type { QrMatrix } from '../../design/qr-matrix.ts';
import { encodeQr } from '../../platform/qr-encoder.ts';

/** Small parts are large codes; above this many a round of them takes too long to watch. */
const FEW_PARTS = 60;
const SMALL_PART = 120;
const LARGE_PART = 400;

/** Whether a backup can be shown at all (spec/backup.md §4). */
export function fitsCodes(backup: Uint8Array): boolean {
  return backup.length <= MAX_FRAMED_BYTES;
}

/** A backup as codes that play one after another; one in eight more than are needed. */
export function backupCodes(backup: Uint8Array): readonly QrMatrix[] {
  const fair = Math.ceil(backup.length / FEW_PARTS);
  const size = Math.min(LARGE_PART, Math.max(SMALL_PART, fair));
  const source = splitFrames(backup, { size });
  const count = source.k + Math.ceil(source.k / 8);
  return Array.from({ length: count }, (_, number) =>
    encodeQr(qrText(encodePacket({ kind: 'frame', ...source.frame(number) }))),
  );
}
