/** How often each thing happened: a run in which something never did has proved nothing of it. */
export interface Counters {
  count(name: string, by?: number): void;
  /** By name, in the order of names. */
  all(): Readonly<Record<string, number>>;
}

export function createCounters(): Counters {
  const counts = new Map<string, number>();
  return {
    count(name, by = 1) {
      counts.set(name, (counts.get(name) ?? 0) + by);
    },
    all: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export function addCounts(
  into: Map<string, number>,
  counts: Readonly<Record<string, number>>,
): void {
  for (const [name, count] of Object.entries(counts)) {
    into.set(name, (into.get(name) ?? 0) + count);
  }
}
