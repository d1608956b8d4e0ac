/** What Prometheus reads: of this process, and of the bank's pipeline. */
export type { Metrics, MetricsOptions } from './metrics.ts';
export { createMetrics } from './metrics.ts';
export type { MetricsAccess, ServedMetrics } from './route.ts';
export { metricsRoute, serveMetrics } from './route.ts';
