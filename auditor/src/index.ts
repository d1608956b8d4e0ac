export { audit } from './audit.ts';
export type { AuditOptions } from './audit.ts';
export { AUDITOR_ERROR_CODES, AuditorError } from './errors.ts';
export type { AuditorErrorCode } from './errors.ts';
export { CHECKS } from './report.ts';
export type {
  AuditReport,
  Balances,
  CheckName,
  CheckResult,
  CurrencyTotal,
  WalletBalance,
  WrongRow,
} from './report.ts';
