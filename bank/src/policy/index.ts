/** What takes a second person. */
export type { Act, Agreement, Approval } from './approvals.ts';
export { agree, openApprovals } from './approvals.ts';
