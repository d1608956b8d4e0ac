/** What staff decide: reviews, proved cases, and items that failed again and again. */
export type { CaseDeps } from './cases.ts';
export { caseRoutes, wireCase } from './cases.ts';
export { heldRoutes } from './held.ts';
export type { ReviewDeps } from './routes.ts';
export { reviewRoutes } from './routes.ts';
export { readCases } from './store/cases.ts';
