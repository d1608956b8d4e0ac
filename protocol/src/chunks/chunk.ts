import { concatBytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { MAX_CHUNK_BYTES, MAX_CHUNKED_BYTES, MIN_CHUNK_BYTES } from '../limits.ts';
import { sha256 } from '../sha256.ts';

/** The number before every chunk. */
export const NUMBER_BYTES = 2;
/** Number, length and digest before the data of chunk 0. */
export const HEAD_BYTES = 12;

const DIGEST_AT = 4;

export interface CutOptions {
  /** Bytes of a chunk with its head, 20 … 512: what one value of the link carries. */
  readonly size: number;
}

/**
 * Cuts a message into chunks, to be given in this order (spec/bluetooth.md §3).
 * @throws ProtocolError `too_large` for an empty message, or one of over 4,224 bytes; `malformed`
 * for a size outside 20 … 512.
 */
export function cutChunks(message: Uint8Array, { size }: CutOptions): readonly Uint8Array[] {
  if (!Number.isInteger(size) || size < MIN_CHUNK_BYTES || size > MAX_CHUNK_BYTES) {
    throw new ProtocolError('malformed', `a chunk has ${MIN_CHUNK_BYTES} to ${MAX_CHUNK_BYTES}`);
  }
  if (message.length < 1 || message.length > MAX_CHUNKED_BYTES) {
    throw new ProtocolError('too_large', `${message.length} bytes in chunks`);
  }
  const first = size - HEAD_BYTES;
  const chunks = [concatBytes(chunkHead(message), message.subarray(0, first))];
  for (let at = first; at < message.length; at += size - NUMBER_BYTES) {
    const data = message.subarray(at, at + size - NUMBER_BYTES);
    chunks.push(concatBytes(numberOf(chunks.length), data));
  }
  return chunks;
}

/** What stands before the data of a message's chunk 0; it tells one message from another. */
export function chunkHead(message: Uint8Array): Uint8Array {
  const digest = sha256(message).subarray(0, HEAD_BYTES - DIGEST_AT);
  return concatBytes(numberOf(0), numberOf(message.length), digest);
}

/** Whether a chunk is number 0 of that message, as far as its head says. */
export function startsMessage(chunk: Uint8Array, message: Uint8Array): boolean {
  const head = chunkHead(message);
  return chunk.length > HEAD_BYTES && head.every((byte, at) => chunk[at] === byte);
}

function numberOf(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
