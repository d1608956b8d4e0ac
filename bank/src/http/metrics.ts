import { createHash, timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Handler } from '../caller.ts';

/** What this process counts, and what it shows of it. */
export interface Metrics {
  /** By the row's name, never by the address: ids are in it. */
  answered(request: {
    readonly row: string;
    readonly method: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
}

export function createMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const duration = new Histogram({
    name: 'sikka_http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer.',
    labelNames: ['row', 'method', 'status'],
    // A transfer takes milliseconds, a password a quarter of a second, a large batch seconds.
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [register],
  });
  return {
    answered: ({ seconds, ...labels }) => duration.observe(labels, seconds),
    text: () => register.metrics(),
  };
}

/** Outside production for everybody, in it for whoever has the token; else nothing is there. */
export function metricsRoute(deps: {
  readonly metrics: Metrics;
  readonly production: boolean;
  readonly metricsToken: string | undefined;
}): Handler<'getMetrics'> {
  const { metrics, production, metricsToken } = deps;
  return async ({ headers }) => {
    const open = !production || isToken(headers.authorization, metricsToken);
    if (open) return { ok: true, status: 200, value: await metrics.text() };
    return { ok: false, code: 'request/not_found', detail: 'There is nothing at this path.' };
  };
}

/** By hashes, so that neither length nor a common beginning shows in the time it takes. */
function isToken(header: string | undefined, token: string | undefined): boolean {
  if (header === undefined || token === undefined) return false;
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header), hash(`Bearer ${token}`));
}
