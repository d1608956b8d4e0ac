import { equalBytes } from '../bytes.ts';
import { MAX_CHUNKED_BYTES, MIN_CHUNK_BYTES } from '../limits.ts';
import { sha256 } from '../sha256.ts';
import { HEAD_BYTES, NUMBER_BYTES } from './chunk.ts';

export type ChunkProgress =
  /** `have` bytes of the `length` that the message has. */
  | { readonly state: 'need'; readonly have: number; readonly length: number }
  | { readonly state: 'done'; readonly message: Uint8Array }
  /** What came before is forgotten too: the next chunk is number 0 of a message. */
  | {
      readonly state: 'discarded';
      readonly code: 'malformed' | 'too_large' | 'chunk/out_of_order' | 'chunk/wrong_digest';
    };

/** Puts chunks together that come in order over a link which loses none. */
export interface ChunkReceiver {
  add(chunk: Uint8Array): ChunkProgress;
}

/** A message that is not whole yet. */
interface Begun {
  readonly message: Uint8Array;
  readonly digest: Uint8Array;
  /** Bytes of data in every chunk but the first and the last. */
  readonly step: number;
  have: number;
  next: number;
}

/**
 * A receiver of one message after another (spec/bluetooth.md §3). Chunk 0 begins one and says how
 * long it is and how long its chunks are, so that a message always ends. What it gives is still to
 * be judged by its signatures.
 */
export function createChunkReceiver(): ChunkReceiver {
  let begun: Begun | undefined;
  const discard = (code: (ChunkProgress & { state: 'discarded' })['code']): ChunkProgress => {
    begun = undefined;
    return { state: 'discarded', code };
  };
  return {
    add(chunk) {
      if (chunk.length <= NUMBER_BYTES) return discard('malformed');
      const number = readNumber(chunk, 0);
      if (number === 0) {
        const opened = begin(chunk);
        if (typeof opened === 'string') return discard(opened);
        begun = opened;
      } else {
        if (begun?.next !== number) return discard('chunk/out_of_order');
        if (!append(begun, chunk.subarray(NUMBER_BYTES))) return discard('malformed');
      }
      const { message, digest, have } = begun;
      if (have < message.length) return { state: 'need', have, length: message.length };
      if (!equalBytes(sha256(message).subarray(0, digest.length), digest)) {
        return discard('chunk/wrong_digest');
      }
      begun = undefined;
      return { state: 'done', message };
    },
  };
}

function begin(chunk: Uint8Array): Begun | 'malformed' | 'too_large' {
  const data = chunk.subarray(HEAD_BYTES);
  const length = readNumber(chunk, NUMBER_BYTES);
  if (chunk.length <= HEAD_BYTES || length === 0) return 'malformed';
  if (length > MAX_CHUNKED_BYTES) return 'too_large';
  const whole = data.length === length;
  if (!whole && (data.length > length || chunk.length < MIN_CHUNK_BYTES)) return 'malformed';
  const message = new Uint8Array(length);
  message.set(data);
  const digest = chunk.slice(2 * NUMBER_BYTES, HEAD_BYTES);
  return { message, digest, step: chunk.length - NUMBER_BYTES, have: data.length, next: 1 };
}

/** Whether the data has just the length that its place asks for. */
function append(begun: Begun, data: Uint8Array): boolean {
  const { message, step, have } = begun;
  if (data.length !== Math.min(step, message.length - have)) return false;
  message.set(data, have);
  begun.have += data.length;
  begun.next += 1;
  return true;
}

function readNumber(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
