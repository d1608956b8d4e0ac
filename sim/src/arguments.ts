import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { STORES } from './bank/store.ts';
import type { StoreName } from './bank/store.ts';

/** Fewer are not worth starting a process for, with a server of its own on PostgreSQL. */
const SEEDS_A_PROCESS = { memory: 25, postgres: 3 };

export const USAGE = `npm run sim -- [--seeds N] [--events N] [--seed S] [--json] [--log]
                 [--shrink] [--only 3,17,40] [--jobs N] [--store memory|postgres]

  --seeds N     so many worlds, seeds S, S+1, … (100; 1 where --seed is given)
  --events N    so many events in each (100)
  --seed S      the first seed, a whole number (1)
  --json        one JSON object at the end: counters, hash, violations
  --log         every line of the event log
  --shrink      leaves events out of the first run that fails for as long as it fails
  --only LIST   nothing but these events: what --shrink found
  --jobs N      so many processes at once (one for each 25 worlds, for each 3 on PostgreSQL)
  --store NAME  memory, or postgres: the whole bank on real PostgreSQL, audited (memory)`;

export interface Arguments {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly events: number;
  readonly json: boolean;
  readonly log: boolean;
  readonly shrink: boolean;
  /** Numbers of events; undefined: all. */
  readonly only: readonly number[] | undefined;
  readonly jobs: number;
  readonly store: StoreName;
}

/** What was asked for, or the sentence that says what is wrong. */
export function readArguments(argv: readonly string[]): Arguments | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        seeds: { type: 'string' },
        events: { type: 'string' },
        seed: { type: 'string' },
        only: { type: 'string' },
        jobs: { type: 'string' },
        store: { type: 'string', default: 'memory' },
        json: { type: 'boolean', default: false },
        log: { type: 'boolean', default: false },
        shrink: { type: 'boolean', default: false },
      },
    });
    const { json, log, shrink } = values;
    const seeds = whole('seeds', values.seeds ?? (values.seed === undefined ? '100' : '1'));
    const store = storeOf(values.store);
    const share = Math.min(availableParallelism(), Math.ceil(seeds / SEEDS_A_PROCESS[store]));
    return {
      firstSeed: whole('seed', values.seed ?? '1', { most: Number.MAX_SAFE_INTEGER }),
      seeds,
      jobs: log ? 1 : whole('jobs', values.jobs ?? String(share), { most: 64 }),
      events: whole('events', values.events ?? '100'),
      only: values.only?.split(',').map((each) => whole('only', each, { least: 0 })),
      ...{ json, log, shrink, store },
    };
  } catch (error) {
    return error instanceof Error ? error.message : 'Not understood.';
  }
}

/** Throws the sentence that says which there are. */
export function storeOf(text: string): StoreName {
  const known = STORES.find((name) => name === text);
  if (known !== undefined) return known;
  throw new Error(`--store is one of ${STORES.join(', ')}, not ${text}.`);
}

/** Of option `name`. Throws the sentence that says what it may be. */
export function whole(name: string, text: string, { least = 1, most = 1_000_000 } = {}): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : -1;
  if (value >= least && value <= most) return value;
  throw new Error(`--${name} is a whole number from ${least} to ${most}, not ${text}.`);
}
