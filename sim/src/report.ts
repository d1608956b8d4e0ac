import type { Arguments } from './arguments.ts';
import { addCounts } from './counters.ts';
import type { RunResult } from './run.ts';
import type { Shrunk } from './shrink.ts';
import type { Violation } from './truth.ts';

/** What one run that did not hold says: enough to repeat it. */
export interface Failure {
  readonly seed: string;
  readonly violations: readonly Violation[];
  /** Number of the event after which it did not hold. */
  readonly event: number | undefined;
  readonly command: string;
}

/** Of many runs. */
export interface Summary {
  readonly seeds: number;
  readonly events: number;
  /** Everything that happened, what follows from events included. */
  readonly happened: number;
  readonly failures: readonly Failure[];
  readonly counters: Readonly<Record<string, number>>;
  /** By seed: of the event log and the books. */
  readonly hashes: Readonly<Record<string, string>>;
  /** What all of its processes took. */
  readonly cpuSeconds: number;
}

export function summaryOf(
  results: readonly RunResult[],
  given: Arguments,
): Omit<Summary, 'cpuSeconds'> {
  const counters = new Map<string, number>();
  for (const result of results) addCounts(counters, result.counters);
  return {
    seeds: results.length,
    events: results.length * given.events,
    happened: results.reduce((sum, result) => sum + result.happened, 0),
    failures: results
      .filter(({ violations }) => violations.length > 0)
      .map((result) => failureOf(result, given)),
    counters: Object.fromEntries([...counters].sort(([a], [b]) => (a < b ? -1 : 1))),
    hashes: Object.fromEntries(results.map(({ seed, hash }) => [seed, hash])),
  };
}

/** One summary of several processes' summaries. */
export function joined(parts: readonly Summary[]): Summary {
  const counters = new Map<string, number>();
  for (const part of parts) addCounts(counters, part.counters);
  const sum = (of: (part: Summary) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    seeds: sum(({ seeds }) => seeds),
    events: sum(({ events }) => events),
    happened: sum(({ happened }) => happened),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    failures: parts.flatMap(({ failures }) => failures),
    counters: Object.fromEntries([...counters].sort(([a], [b]) => (a < b ? -1 : 1))),
    hashes: Object.assign({}, ...parts.map(({ hashes }) => hashes)) as Summary['hashes'],
  };
}

export function failureOf(result: RunResult, given: Arguments): Failure {
  const { seed, violations, violatedAt: event } = result;
  return { seed, violations, event, command: commandFor(seed, given) };
}

/** The command that repeats one run. */
export function commandFor(
  seed: string,
  { events, only, store }: Pick<Arguments, 'events' | 'only' | 'store'>,
): string {
  const kept = only === undefined ? '' : ` --only ${only.join(',')}`;
  const on = store === 'memory' ? '' : ` --store ${store}`;
  return `npm run sim -- --seed ${seed} --events ${events}${kept}${on}`;
}

export function linesOf({ seed, violations, event, command }: Failure): readonly string[] {
  return [
    `seed ${seed}, after event ${event ?? '-'}:`,
    ...violations.map(({ invariant, detail }) => `  ${invariant}: ${detail}`),
    `  again: ${command} --log`,
  ];
}

export function shrunkLines(shrunk: Shrunk, given: Arguments): readonly string[] {
  const { events, result, runs } = shrunk;
  return [
    `${events.length} events are enough (${runs} runs):`,
    ...linesOf(failureOf(result, { ...given, only: events })),
  ];
}
