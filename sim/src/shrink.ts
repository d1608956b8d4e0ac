import { run } from './run.ts';
import type { RunOptions, RunResult } from './run.ts';

export interface Shrunk {
  /** Numbers of the events that are left. */
  readonly events: readonly number[];
  readonly result: RunResult;
  readonly runs: number;
}

/** A minute's worth: each run is a fraction of a second. */
const MOST_RUNS = 400;

/**
 * The smallest set of a failing run's events that still breaks the same invariant, by leaving out
 * halves, quarters, … and single ones (delta debugging). Each event draws from its own generator,
 * so what is left happens as before.
 */
export async function shrink(options: RunOptions, failed: RunResult): Promise<Shrunk> {
  const { log: _, ...quiet } = options;
  const broken = failed.violations[0]?.invariant;
  const already = options.without ?? new Set<number>();
  const last = failed.violatedAt ?? options.events - 1;
  let best = failed;
  let left = numbers(options.events).filter((each) => each <= last && !already.has(each));
  let runs = 0;

  async function fails(kept: readonly number[]): Promise<boolean> {
    runs += 1;
    const keeping = new Set(kept);
    const without = new Set(numbers(options.events).filter((each) => !keeping.has(each)));
    const result = await run({ ...quiet, without });
    const same = result.violations.some(({ invariant }) => invariant === broken);
    if (same) best = result;
    return same;
  }

  for (let size = Math.ceil(left.length / 2); size >= 1 && runs < MOST_RUNS;) {
    let removed = false;
    for (let at = 0; at < left.length && runs < MOST_RUNS;) {
      const kept = [...left.slice(0, at), ...left.slice(at + size)];
      if (await fails(kept)) {
        left = kept;
        removed = true;
      } else {
        at += size;
      }
    }
    if (size === 1 && !removed) break;
    if (size > 1 || !removed) size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return { events: left, result: best, runs };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number);
}
