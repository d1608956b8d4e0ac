/**
 * Plants every bug of the list, one after the other, in a copy of the sources, and runs worlds
 * until an invariant does not hold:
 * `npm run sim:planted -- [--store memory|postgres] [--seeds N] [--events N] [--only name]
 * [--markdown]`.
 * Prints a line a bug and ends with 1 where one was not caught.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BUGS } from './planted/index.ts';
import type { Bug } from './planted/index.ts';
import type { Found } from './planted/child.ts';
import { createCopy } from './planted/copy.ts';
import { look } from './planted/look.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    events: { type: 'string', default: '100' },
    store: { type: 'string', default: 'memory' },
    only: { type: 'string', multiple: true },
    markdown: { type: 'boolean', default: false },
  },
});
const store = values.store === 'postgres' ? 'postgres' : 'memory';
/** A world on PostgreSQL costs as much as ten in memory. */
const MOST_SEEDS = { memory: '60', postgres: '12' };
const seeds = Number(values.seeds ?? MOST_SEEDS[store]);
const looking = { seeds, events: Number(values.events), store } as const;
/** Copies, each with a child: as many as a small machine has cores. */
const AT_ONCE = 2;

const root = fileURLToPath(new URL('../../', import.meta.url));
const bugs = BUGS.filter(({ name, on = 'memory' }) => {
  return on === store && (values.only?.includes(name) ?? true);
});
const left = [...bugs];
const found = new Map<Bug, Found>();
await Promise.all(Array.from({ length: Math.min(AT_ONCE, bugs.length) }, work));
const missed = bugs.filter((bug) => found.get(bug)?.caught !== true);
say(`${bugs.length - missed.length} of ${bugs.length} planted bugs caught.`);
if (missed.length > 0) say(`Not caught: ${missed.map(({ name }) => name).join(', ')}.`);
process.exitCode = missed.length === 0 && bugs.length > 0 ? 0 : 1;

async function work(): Promise<void> {
  const copy = await createCopy(root);
  try {
    for (let bug = left.shift(); bug !== undefined; bug = left.shift()) {
      const seen = await look(copy, bug, looking);
      found.set(bug, seen);
      say(lineOf(bug, seen));
    }
  } finally {
    await copy.remove();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function lineOf({ name, breaks }: Bug, found: Found): string {
  const { caught, seeds, event, invariants, detail } = found;
  const by = caught ? invariants.join(', ') : 'not caught';
  if (values.markdown) return `| ${name} | ${breaks} | ${by} | ${seeds} | ${event ?? ''} |`;
  const where = caught ? `seed ${seeds}, event ${event ?? '-'}` : `${seeds} seeds`;
  return `${caught ? 'caught' : 'MISSED'}  ${name}: ${by} (${where}) ${detail}`.trimEnd();
}
