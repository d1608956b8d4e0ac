import {
  createFrameReceiver,
  decodeCbor,
  decodeUtf8,
  encodeCbor,
  MAX_FRAMED_BYTES,
  parseQr,
  utf8,
} from '@sikka/protocol';
import { frameTexts } from '../frame-texts.ts';

const TAG = 'sikka/sealed-file/v1';

/**
 * A sealed file as QR texts to be shown one after another (spec/sealed-ledger.md §2). Undefined
 * for one of more than 51,200 bytes: it travels as a file.
 */
export function framesOf(file: string): readonly string[] | undefined {
  const message = encodeCbor([TAG, utf8(file)]);
  return message.length > MAX_FRAMED_BYTES ? undefined : frameTexts(message);
}

export type FileProgress =
  | { readonly state: 'need'; readonly have: number; readonly of: number }
  | { readonly state: 'done'; readonly file: string }
  /** A code of something else; the next one may be of this. */
  | { readonly state: 'discarded' };

/** Reads shown codes in any order until the file is there. */
export function createFileReader(): { add(text: string): FileProgress } {
  const receiver = createFrameReceiver();
  return {
    add(text) {
      const parsed = parseQr(text);
      if (!parsed.ok || parsed.value.packet.kind !== 'frame') return { state: 'discarded' };
      const progress = receiver.add(parsed.value.packet);
      if (progress.state === 'need') return { state: 'need', have: progress.have, of: progress.k };
      if (progress.state === 'discarded') return { state: 'discarded' };
      const file = fileIn(progress.message);
      return file === undefined ? { state: 'discarded' } : { state: 'done', file };
    },
  };
}

function fileIn(message: Uint8Array): string | undefined {
  const decoded = decodeCbor(message, { maxBytes: MAX_FRAMED_BYTES });
  const parts = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
  const [tag, text] = parts as readonly unknown[];
  if (parts.length !== 2 || tag !== TAG || !(text instanceof Uint8Array)) return undefined;
  return decodeUtf8(text);
}
