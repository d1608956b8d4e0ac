import { parseArgs } from 'node:util';

export const USAGE = `npm run sim -- [--seeds N] [--events N] [--seed S] [--json] [--log]
                 [--shrink] [--store memory|postgres] [--only 3,17,40] [--jobs N]

  --seeds N     so many worlds, seeds S, S+1, … (100; 1 where --seed is given)
  --events N    so many events in each (100)
  --seed S      the first seed, a whole number (1)
  --json        one JSON object at the end: counters, hash, violations
  --log         every line of the event log
  --shrink      leaves events out of the first run that fails for as long as it fails
  --only LIST   nothing but these events: what --shrink found
  --store       the bank's tables in memory, or the bank itself on PostgreSQL (memory)
  --jobs N      so many processes at once (1)`;

export interface Arguments {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly events: number;
  readonly json: boolean;
  readonly log: boolean;
  readonly shrink: boolean;
  readonly store: 'memory' | 'postgres';
  /** Numbers of events; undefined: all. */
  readonly only: readonly number[] | undefined;
  readonly jobs: number;
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
        store: { type: 'string' },
        json: { type: 'boolean', default: false },
        log: { type: 'boolean', default: false },
        shrink: { type: 'boolean', default: false },
      },
    });
    const { store = 'memory', json, log, shrink } = values;
    if (store !== 'memory' && store !== 'postgres') return '--store is memory or postgres.';
    return {
      firstSeed: whole('seed', values.seed ?? '1', { most: Number.MAX_SAFE_INTEGER }),
      seeds: whole('seeds', values.seeds ?? (values.seed === undefined ? '100' : '1')),
      events: whole('events', values.events ?? '100'),
      jobs: whole('jobs', values.jobs ?? '1', { most: 64 }),
      only: values.only?.split(',').map((each) => whole('only', each, { least: 0 })),
      ...{ store, json, log, shrink },
    };
  } catch (error) {
    return error instanceof Error ? error.message : 'Not understood.';
  }
}

function whole(name: string, text: string, { least = 1, most = 1_000_000 } = {}): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : -1;
  if (value >= least && value <= most) return value;
  throw new Error(`--${name} is a whole number from ${least} to ${most}, not ${text}.`);
}
