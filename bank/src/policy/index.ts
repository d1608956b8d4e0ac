/** What takes a second person, and what tills may do offline. */
export type { Act, Agreement, Approval } from './approvals.ts';
export { agree, openApprovals } from './approvals.ts';
export type { OfflinePolicy, OfflineTerms, TillMethod } from './offline-policies.ts';
export { currentPolicy, putInForce } from './offline-policies.ts';
