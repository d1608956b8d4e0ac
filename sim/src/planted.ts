/**
 * Plants every bug of the list, one after the other, in a copy of the sources, and runs worlds
 * until an invariant does not hold. Prints a line a bug and ends with 1 where one was not caught,
 * with 2 where it was not understood (docs/simulator.md).
 */
import { fileURLToPath } from 'node:url';
import { readArguments, USAGE } from './planted/arguments.ts';
import type { Arguments } from './planted/arguments.ts';
import { BUGS } from './planted/index.ts';
import type { Bug } from './planted/index.ts';
import type { Found } from './planted/child.ts';
import { createCopy } from './planted/copy.ts';
import { look } from './planted/look.ts';

/** Copies, each with a child: as many as a small machine has cores. */
const AT_ONCE = 2;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The exit code. Stopped, it ends its children and leaves no copy behind. */
async function main(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv, BUGS);
  if (typeof given === 'string') {
    process.stderr.write(`${given}\n\n${USAGE}\n`);
    return 2;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const found = await lookForAll(given, stop.signal);
  if (stop.signal.aborted) {
    say(`Stopped after ${found.size} of ${given.bugs.length} bugs.`);
    return 1;
  }
  const missed = given.bugs.filter((bug) => found.get(bug)?.caught !== true);
  say(`${given.bugs.length - missed.length} of ${given.bugs.length} planted bugs caught.`);
  if (missed.length > 0) say(`Not caught: ${missed.map(({ name }) => name).join(', ')}.`);
  return missed.length === 0 ? 0 : 1;
}

async function lookForAll(given: Arguments, stopping: AbortSignal): Promise<Map<Bug, Found>> {
  const left = [...given.bugs];
  const found = new Map<Bug, Found>();
  const work = async () => {
    const copy = await createCopy(ROOT);
    try {
      for (let bug = left.shift(); bug !== undefined; bug = left.shift()) {
        const seen = await look(copy, bug, { ...given, stopping });
        found.set(bug, seen);
        say(lineOf(bug, seen, given));
      }
    } catch (error) {
      if (!stopping.aborted) throw error;
    } finally {
      await copy.remove();
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, given.bugs.length) }, work));
  return found;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function lineOf({ name, breaks }: Bug, found: Found, { markdown }: Arguments): string {
  const { caught, seeds, event, invariants, detail } = found;
  const by = caught ? invariants.join(', ') : 'not caught';
  if (markdown) return `| ${name} | ${breaks} | ${by} | ${seeds} | ${event ?? ''} |`;
  const where = caught ? `seed ${seeds}, event ${event ?? '-'}` : `${seeds} seeds`;
  return `${caught ? 'caught' : 'MISSED'}  ${name}: ${by} (${where}) ${detail}`.trimEnd();
}

process.exitCode = await main(process.argv.slice(2));
