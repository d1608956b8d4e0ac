import { ProtocolError } from '../errors.ts';
import { MAX_BLOCK_BYTES, MAX_FRAMED_BYTES, MAX_FRAMES, MAX_SOURCE_BLOCKS } from '../limits.ts';
import { sha256 } from '../sha256.ts';
import { addMultiple, invert } from './gf256.ts';

/** One frame of a message too long for one code (spec/packets.md §3). */
export interface Frame {
  /** The first 8 bytes of SHA-256 of the whole message. */
  readonly digest: Uint8Array;
  /** Bytes of the whole message. */
  readonly length: number;
  /** Source blocks: how many different frames give the message back. */
  readonly k: number;
  /** 0 … 255; below k a source block, else a combination of all. */
  readonly number: number;
  readonly data: Uint8Array;
}

/** A message cut into frames. */
export interface FrameSource {
  readonly k: number;
  /** @throws ProtocolError `malformed` for a number outside 0 … 255. */
  frame(number: number): Frame;
}

export interface SplitOptions {
  /** Bytes of a block, 1 … 400. */
  readonly size: number;
}

export const DIGEST_BYTES = 8;

/**
 * Cuts a message into source blocks of `size` bytes and gives any of its 256 frames.
 * @throws ProtocolError `too_large` for an empty message, or one of over 128 blocks;
 * `malformed` for a size outside 1 … 400.
 */
export function splitFrames(message: Uint8Array, { size }: SplitOptions): FrameSource {
  if (!Number.isInteger(size) || size < 1 || size > MAX_BLOCK_BYTES) {
    throw new ProtocolError('malformed', `a block has 1 to ${MAX_BLOCK_BYTES} bytes`);
  }
  const k = Math.ceil(message.length / size);
  if (k < 1 || k > MAX_SOURCE_BLOCKS) {
    throw new ProtocolError('too_large', `${message.length} bytes in blocks of ${size}`);
  }
  const padded = new Uint8Array(k * size);
  padded.set(message);
  const blocks = Array.from({ length: k }, (_, j) => padded.subarray(j * size, (j + 1) * size));
  const digest = digestOf(message);
  return {
    k,
    frame(number) {
      if (!isFrameNumber(number)) throw new ProtocolError('malformed', 'a frame is 0 … 255');
      return { digest, length: message.length, k, number, data: blockOf(blocks, number) };
    },
  };
}

/** Whether a frame agrees with itself: its counts in range, k what length and size ask for. */
export function isFrame({ digest, length, k, number, data }: Frame): boolean {
  return (
    digest.length === DIGEST_BYTES &&
    isFrameNumber(number) &&
    data.length >= 1 &&
    data.length <= MAX_BLOCK_BYTES &&
    Number.isInteger(length) &&
    length >= 1 &&
    length <= MAX_FRAMED_BYTES &&
    k <= MAX_SOURCE_BLOCKS &&
    k === Math.ceil(length / data.length)
  );
}

export function digestOf(message: Uint8Array): Uint8Array {
  return sha256(message).subarray(0, DIGEST_BYTES);
}

/**
 * The factor of source block `block` in frame `number` ≥ k: 1 / (number ⊕ block). The two never
 * meet, and every square part of such a matrix can be solved (Cauchy).
 */
export function cauchyFactor(number: number, block: number): number {
  return invert(number ^ block);
}

function isFrameNumber(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number < MAX_FRAMES;
}

function blockOf(blocks: readonly Uint8Array[], number: number): Uint8Array {
  const source = blocks[number];
  if (source !== undefined) return source.slice();
  const data = new Uint8Array(blocks[0]?.length ?? 0);
  blocks.forEach((block, j) => addMultiple(data, cauchyFactor(number, j), block));
  return data;
}
