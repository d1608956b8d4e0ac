import { parseArgs } from 'node:util';
import { storeOf, whole } from '../arguments.ts';
import type { StoreName } from '../bank/store.ts';
import type { Bug } from './bug.ts';

export const USAGE = `npm run sim:planted -- [--store memory|postgres] [--seeds N] [--events N]
                         [--only NAME]... [--markdown]

  --store NAME  memory, or postgres: bugs in the bank's own SQL (memory)
  --seeds N     at most so many worlds a bug (60; 12 on PostgreSQL, where one costs as ten)
  --events N    so many events in each (100)
  --only NAME   this bug; as often as there are names
  --markdown    rows of a table: name, rule, invariant, seeds, event`;

export interface Arguments {
  readonly store: StoreName;
  /** Worlds a bug, at most. */
  readonly seeds: number;
  readonly events: number;
  readonly bugs: readonly Bug[];
  readonly markdown: boolean;
}

const MOST_SEEDS = { memory: '60', postgres: '12' };

/** What was asked for, or the sentence that says what is wrong. */
export function readArguments(argv: readonly string[], all: readonly Bug[]): Arguments | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        seeds: { type: 'string' },
        events: { type: 'string', default: '100' },
        store: { type: 'string', default: 'memory' },
        only: { type: 'string', multiple: true },
        markdown: { type: 'boolean', default: false },
      },
    });
    const store = storeOf(values.store);
    const those = all.filter(({ on = 'memory' }) => on === store);
    return {
      ...{ store, markdown: values.markdown, bugs: named(those, values.only) },
      seeds: whole('seeds', values.seeds ?? MOST_SEEDS[store]),
      events: whole('events', values.events),
    };
  } catch (error) {
    return error instanceof Error ? error.message : 'Not understood.';
  }
}

function named(bugs: readonly Bug[], names: readonly string[] | undefined): readonly Bug[] {
  if (names === undefined) return bugs;
  const unknown = names.find((name) => bugs.every((bug) => bug.name !== name));
  if (unknown !== undefined) throw new Error(`There is no bug ${unknown} for this store.`);
  return bugs.filter(({ name }) => names.includes(name));
}
