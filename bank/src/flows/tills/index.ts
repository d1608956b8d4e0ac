/** Tills of tenants: registered, switched off, funded, and bound by policies. */
export type { FundingDeps } from './funding.ts';
export { fundingRoutes } from './funding.ts';
export type { PolicyDeps } from './policies.ts';
export { policyRoutes } from './policies.ts';
export { tillRoutes } from './tills.ts';
