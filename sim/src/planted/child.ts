import { openStore } from '../bank/store.ts';
import type { Store, StoreName } from '../bank/store.ts';
import { run } from '../run.ts';
import { sealOnThisThread } from '../subtle.ts';

/** What one look for a planted bug came to; the child's only line on standard output. */
export interface Found {
  readonly caught: boolean;
  /** The first seed in which something did not hold, or how many were run. */
  readonly seeds: number;
  /** The number of the event after which it did not hold. */
  readonly event: number | undefined;
  /** Names of the invariants that did not hold at that moment; `threw` for an exception. */
  readonly invariants: readonly string[];
  readonly detail: string;
}

/** Runs worlds until something does not hold: in a process of its own, on changed sources. */
async function lookFor(
  { openBank }: Store,
  { seeds, events }: { readonly seeds: number; readonly events: number },
): Promise<Found> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    try {
      const result = await run({ seed: String(seed), events, openBank });
      const [first] = result.violations;
      if (first === undefined) continue;
      const invariants = [...new Set(result.violations.map(({ invariant }) => invariant))];
      const { violatedAt: event } = result;
      return { caught: true, seeds: seed, event, invariants, detail: first.detail };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { caught: true, seeds: seed, event: undefined, invariants: ['threw'], detail };
    }
  }
  return { caught: false, seeds, event: undefined, invariants: [], detail: '' };
}

const [seeds = '20', events = '100', on = 'memory'] = process.argv.slice(2);
if (on === 'memory') sealOnThisThread();
const store = await openStore(on as StoreName);
const looking = { seeds: Number(seeds), events: Number(events) };
const found = await lookFor(store, looking).finally(() => store.close());
process.stdout.write(`${JSON.stringify(found)}\n`);
