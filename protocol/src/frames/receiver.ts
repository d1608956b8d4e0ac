import { equalBytes } from '../bytes.ts';
import { cauchyFactor, digestOf, isFrame } from './frame.ts';
import type { Frame } from './frame.ts';
import { addMultiple, invert, scale } from './gf256.ts';

export type FrameProgress =
  /** `have` different frames of the `k` that are needed. */
  | { readonly state: 'need'; readonly have: number; readonly k: number }
  | { readonly state: 'done'; readonly message: Uint8Array }
  /**
   * `malformed`: the frame contradicts itself. `frame/other_message`: it is of another message
   * than the first one seen. `frame/wrong_digest`: the frames together are not what they
   * announced; all are forgotten and the next one starts over.
   */
  | {
      readonly state: 'discarded';
      readonly code: 'malformed' | 'frame/other_message' | 'frame/wrong_digest';
    };

/** Collects frames in any order, with losses, repeats and foreign ones among them. */
export interface FrameReceiver {
  add(frame: Frame): FrameProgress;
}

/**
 * A receiver for one message (spec/packets.md §3). It pins digest, length, k and block size from
 * the first frame. What it gives is still to be judged by its signatures.
 */
export function createFrameReceiver(): FrameReceiver {
  let pinned: Frame | undefined;
  let message: Uint8Array | undefined;
  const blocks = new Map<number, Uint8Array>();

  return {
    add(frame) {
      if (!isFrame(frame)) return { state: 'discarded', code: 'malformed' };
      pinned ??= frame;
      if (!isOfMessage(frame, pinned)) return { state: 'discarded', code: 'frame/other_message' };
      if (message !== undefined) return { state: 'done', message };
      if (!blocks.has(frame.number)) blocks.set(frame.number, frame.data);
      if (blocks.size < pinned.k) return { state: 'need', have: blocks.size, k: pinned.k };
      const { digest } = pinned;
      const whole = joinBlocks(blocks, pinned);
      blocks.clear();
      if (!equalBytes(digestOf(whole), digest)) {
        pinned = undefined;
        return { state: 'discarded', code: 'frame/wrong_digest' };
      }
      message = whole;
      return { state: 'done', message };
    },
  };
}

function isOfMessage(frame: Frame, pinned: Frame): boolean {
  return (
    equalBytes(frame.digest, pinned.digest) &&
    frame.length === pinned.length &&
    frame.k === pinned.k &&
    frame.data.length === pinned.data.length
  );
}

/** One equation: the sum over the missing blocks of factor × block is `data`. */
interface Row {
  readonly factors: Uint8Array;
  readonly data: Uint8Array;
}

function joinBlocks(blocks: ReadonlyMap<number, Uint8Array>, { k, length, data }: Frame) {
  const whole = new Uint8Array(k * data.length);
  const missing: number[] = [];
  for (let j = 0; j < k; j++) {
    const block = blocks.get(j);
    if (block === undefined) missing.push(j);
    else whole.set(block, j * data.length);
  }
  solve(equations(blocks, missing, k)).forEach((row, i) => {
    whole.set(row.data, (missing[i] ?? 0) * data.length);
  });
  return whole.subarray(0, length);
}

/** What the frames from k on say of the missing blocks, the known ones taken away. */
function equations(
  blocks: ReadonlyMap<number, Uint8Array>,
  missing: readonly number[],
  k: number,
): Row[] {
  const rows: Row[] = [];
  for (const [number, combined] of blocks) {
    if (number < k) continue;
    const data = combined.slice();
    for (const [j, block] of blocks) {
      if (j < k) addMultiple(data, cauchyFactor(number, j), block);
    }
    rows.push({ factors: Uint8Array.from(missing, (j) => cauchyFactor(number, j)), data });
  }
  return rows;
}

/**
 * Gauss–Jordan in place: afterwards row i is missing block i. No exchange of rows is needed: every
 * leading square of a Cauchy matrix can be solved, so no pivot is ever 0.
 */
function solve(rows: readonly Row[]): readonly Row[] {
  rows.forEach((pivot, i) => {
    const inverse = invert(pivot.factors[i] ?? 0);
    scale(pivot.factors, inverse);
    scale(pivot.data, inverse);
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row.factors[i] ?? 0;
      addMultiple(row.factors, factor, pivot.factors);
      addMultiple(row.data, factor, pivot.data);
    }
  });
  return rows;
}
