import { encodePacket, MAX_FRAMES, qrText, splitFrames } from '@sikka/protocol';
import { SHOWN_BLOCK_BYTES } from './limits.ts';

/** A message as QR texts of our frames (spec/packets.md §3): half as many again as are needed. */
export function frameTexts(message: Uint8Array): readonly string[] {
  const source = splitFrames(message, { size: SHOWN_BLOCK_BYTES });
  const count = Math.min(MAX_FRAMES, source.k + Math.ceil(source.k / 2));
  return Array.from({ length: count }, (_, number) =>
    qrText(encodePacket({ kind: 'frame', ...source.frame(number) })),
  );
}
