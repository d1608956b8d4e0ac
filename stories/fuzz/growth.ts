import type { Coverage } from './coverage.ts';
import { tried } from './engine.ts';
import type { Target } from './target.ts';

/** Twice the size costs twice as much; half as much again is for what every input costs. */
const MOST_PER_DOUBLING = 2.5;
const DOUBLINGS = 3;
/** The counters lose some of what runs while the engine compiles it anew: the most is the truth. */
const TIMES = 3;

export interface Growth {
  readonly target: string;
  readonly input: string;
  /** Blocks of our sources that ran, for each size. */
  readonly steps: readonly number[];
  readonly isLinear: boolean;
}

/**
 * What it costs to read inputs that grow, counted in blocks of our sources that ran: the same on
 * any machine. What engines do inside (a search, a hash) is not counted.
 */
export async function growthOf(target: Target, coverage: Coverage): Promise<readonly Growth[]> {
  const grown: Growth[] = [];
  for (const [input, make] of Object.entries(target.growing ?? {})) {
    const steps: number[] = [];
    for (let doubled = 0; doubled <= DOUBLINGS; doubled += 1) {
      const bytes = make((target.growsFrom ?? 1_000) * 2 ** doubled);
      steps.push(Math.max(...(await costs(target, bytes, coverage))));
    }
    const isLinear = steps.every(
      (count, at) => count <= MOST_PER_DOUBLING * (steps[at - 1] ?? count),
    );
    grown.push({ target: target.name, input, steps, isLinear });
  }
  return grown;
}

async function costs(
  target: Target,
  input: Uint8Array,
  coverage: Coverage,
): Promise<readonly number[]> {
  const counted: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    coverage.take();
    await tried(target, input);
    counted.push(coverage.take().steps);
  }
  return counted;
}
