/** How the bank looks after itself: what waits, what is outstanding, the nightly check. */
export type { NightlyDeps, NightlyReport } from './nightly.ts';
export { checkNightly } from './nightly.ts';
export type { Pipeline, PushedBundle } from './pipeline.ts';
export { readPipeline } from './pipeline.ts';
export { operationsRoutes } from './routes.ts';
