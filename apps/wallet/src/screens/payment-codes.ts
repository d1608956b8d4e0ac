import { encodePacket, qrText, splitFrames } from '@sikka/protocol';
import type { QrMatrix } from '../design/qr-matrix.ts';
import { encodeQr } from '../platform/qr-encoder.ts';

/** Characters of version 25 at level M: greater codes have modules too small for cheap cameras. */
const MOST_IN_ONE = 1_451;
/** Bytes of a part: a code of about version 9, twice as large to see as a payment's. */
const BLOCK_BYTES = 120;
/** Parts beyond those that are needed, so that one that was missed costs no whole round. */
const SPARE = 1;

/** Whether a text is shown as one code; a longer one as parts (spec/packets.md §3). */
export function fitsOneCode(text: string): boolean {
  return text.length <= MOST_IN_ONE;
}

/** A packet's text as one code. */
export function oneCode(text: string): QrMatrix {
  return encodeQr(text);
}

/** A packet as bigger codes that play one after another. */
export function biggerCodes(packet: Uint8Array): readonly QrMatrix[] {
  const source = splitFrames(packet, { size: BLOCK_BYTES });
  return Array.from({ length: source.k + SPARE }, (_, number) =>
    encodeQr(qrText(encodePacket({ kind: 'frame', ...source.frame(number) }))),
  );
}
