/** The HTTP server: mounts the table's routes, refuses everything else. */
export { limits as httpLimits } from './limits.ts';
export type { HttpOptions, HttpServer } from './server.ts';
export { createHttpServer, refuseTakenPort } from './server.ts';
export type { Metrics } from './metrics/index.ts';
export { createMetrics, serveMetrics } from './metrics/index.ts';
export type { CounterStore, RateLimiter, RateLimits } from './rate-limit/index.ts';
export {
  createRateLimiter,
  DEFAULT_RATE_LIMITS,
  postgresCounters,
  pruneCounters,
  redisCounters,
} from './rate-limit/index.ts';
export type { ServiceDeps } from './service.ts';
export { serviceRoutes } from './service.ts';
export { verificationRoutes } from './verification.ts';
