import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Pipeline } from '../../flows/index.ts';
import type { Log } from '../../log.ts';
import { limits } from '../limits.ts';

export interface Gauges {
  /** Never fails: where the database does not answer, no gauge is shown, and alerts see that. */
  refresh(): Promise<void>;
}

/** What the database says of the whole bank: every process shows the same. */
export function createGauges(
  register: Registry,
  { readPipeline, log }: { readonly readPipeline: () => Promise<Pipeline>; readonly log: Log },
): Gauges {
  const show = defineGauges(register);
  let last: { readonly at: number; readonly shown: Promise<void> } | undefined;
  return {
    refresh: () => {
      const at = performance.now();
      if (last === undefined || at - last.at > limits.gaugesMs) {
        const shown = readPipeline().then(show, (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          log.warn('metrics.unread', { message });
          show(undefined);
        });
        last = { at, shown };
      }
      return last.shown;
    },
  };
}

function defineGauges(register: Registry): (pipeline: Pipeline | undefined) => void {
  const registers = [register];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const single = {
    inboxDepth: gauge('sikka_inbox_depth', 'Uploads that wait to be decided.'),
    inboxOldestSeconds: gauge('sikka_inbox_oldest_seconds', 'Age of the oldest of them.'),
    heldItems: gauge('sikka_held_items', 'Items that failed again and again.'),
    reviewsOpen: gauge('sikka_reviews_open', 'Reviews that nobody has decided.'),
    casesOpen: gauge('sikka_cases_open', 'Proved double spends that nobody has decided.'),
    nightlyOk: gauge('sikka_nightly_ok', '1 where the last nightly check found nothing, else 0.'),
    nightlyAgeSeconds: gauge('sikka_nightly_age_seconds', 'Since the last one was finished.'),
  };
  const exposure = new Gauge({
    name: 'sikka_exposure_minor',
    help: 'Reserved for payments offline and not settled, in minor units, by age of the allowance.',
    labelNames: ['currency', 'age'],
    registers,
  });
  const guarantees = new Gauge({
    name: 'sikka_guarantee_minor',
    help: 'Paid of double spends, and left to be paid, in minor units.',
    labelNames: ['currency', 'of'],
    registers,
  });
  const doubleSpends = new Counter({
    name: 'sikka_double_spends_total',
    help: 'Proofs of double spending.',
    registers,
  });
  return (pipeline) => {
    for (const [name, one] of Object.entries(single)) {
      const value = pipeline?.[name as keyof typeof single];
      // A gauge of nothing says nothing: zero would be a lie.
      one.remove();
      if (value !== undefined) one.set(value);
    }
    exposure.reset();
    for (const { currency, age, minor } of pipeline?.exposure ?? []) {
      exposure.set({ currency, age }, minor);
    }
    guarantees.reset();
    for (const { currency, of, minor } of pipeline?.guarantees ?? []) {
      guarantees.set({ currency, of }, minor);
    }
    // Set to what it is; while nobody knows it is not shown, for from zero it would seem to jump.
    doubleSpends.remove();
    if (pipeline !== undefined) doubleSpends.inc(pipeline.doubleSpends);
  };
}
