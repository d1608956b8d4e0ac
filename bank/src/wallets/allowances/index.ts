/** Allowances: the bank-signed right to spend offline up to a reserved limit. */
export type {
  AllowanceAnswer,
  AllowanceOptions,
  AllowanceOrder,
  ConsumeChallenge,
} from './issue.ts';
export { issueAllowance } from './issue.ts';
export type { AllowanceRecord, AllowanceStatus } from './records.ts';
export { allowancesOf } from './records.ts';
export type { AllowanceRefusal, Policy, Standing } from './rules.ts';
export { ALLOWANCE_REFUSAL_CODES, refuseStanding, termsOf } from './rules.ts';
