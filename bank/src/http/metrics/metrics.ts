import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Pipeline, PushedBundle } from '../../flows/index.ts';
import type { Log } from '../../log.ts';
import type { DecidedUpload } from '../../settlement/index.ts';
import { createGauges } from './gauges.ts';

/** What this process counts, and what it shows of it and of the whole pipeline. */
export interface Metrics {
  /** By the row's name, never by the address: ids are in it. */
  answered(request: {
    readonly row: string;
    readonly method: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  /** After its commit. */
  decided(upload: DecidedUpload): void;
  /** At its first answer, not when the same bytes come again. */
  pushed(bundle: PushedBundle): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
}

export interface MetricsOptions {
  /** What the database says; asked at most every `limits.gaugesMs`. */
  readonly readPipeline: () => Promise<Pipeline>;
  readonly log: Log;
}

const TEN_THOUSANDTHS = 10_000;

/** Without options there are no gauges: only what this process counts. */
export function createMetrics(options?: MetricsOptions): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const duration = new Histogram({
    name: 'sikka_http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer.',
    labelNames: ['row', 'method', 'status'],
    // A transfer takes milliseconds, a password a quarter of a second, a large batch seconds.
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const outcomes = new Counter({
    name: 'sikka_outcomes_total',
    help: 'Items decided by this process, by kind and by what became of them.',
    labelNames: ['kind', 'code'],
    registers,
  });
  const reconciliation = new Histogram({
    name: 'offline_reconciliation_duration_seconds',
    help: 'From the receipt of an upload to its decision.',
    // At once, by the worker some seconds later, or after somebody at the bank looked at it.
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600, 86_400],
    registers,
  });
  const gauges = options && createGauges(register, options);
  return {
    answered: ({ seconds, ...labels }) => duration.observe(labels, seconds),
    decided: ({ receivedAt, decidedAt, outcomes: decided }) => {
      // A clock that was set back would else make a time below nothing.
      reconciliation.observe(Math.max(0, decidedAt.getTime() - receivedAt.getTime()) / 1000);
      for (const { kind, result, code } of decided) outcomes.inc({ kind, code: code ?? result });
    },
    pushed: countBundles(registers),
    text: async () => {
      await gauges?.refresh();
      // What prom-client writes for no number, which a strict reader of the format refuses.
      return (await register.metrics()).replace(/ Nan$/gm, ' NaN');
    },
  };
}

function countBundles(registers: Registry[]): Metrics['pushed'] {
  const counted = (name: string, help: string) => new Counter({ name, help, registers });
  const pushed = counted('offline_bundles_pushed_total', 'Bundles of devices handed in.');
  const accepted = counted('offline_bundles_accepted_total', 'Of those, accepted at once.');
  const rejected = counted('offline_bundles_rejected_total', 'Of those, refused.');
  const scores = new Histogram({
    name: 'offline_sira_score_distribution',
    help: 'Risk scores of bundles that were taken in.',
    buckets: [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8, 1],
    registers,
  });
  return ({ verdict, score }) => {
    pushed.inc();
    if (verdict === 'accepted') accepted.inc();
    if (verdict === 'rejected') rejected.inc();
    if (score !== undefined) scores.observe(score / TEN_THOUSANDTHS);
  };
}
