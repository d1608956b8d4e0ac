/** The HTTP contract of a Sikka bank: one table, its problems, its description, its client. */
export type { Alias } from './aliases.ts';
export { ALIASES } from './aliases.ts';
export type { ApiResult, CallInput, Client, ClientOptions, Problem } from './calls.ts';
export { createClient } from './client.ts';
export type { EventKind, EventMeaning } from './events.ts';
export { EVENT_EXAMPLE, EVENT_KINDS, eventExample, EVENTS, eventSchema } from './events.ts';
export { LIMITS } from './limits.ts';
export type { OpenApiOptions } from './openapi.ts';
export { openApi } from './openapi.ts';
export type { FieldError, ProblemCode, ProblemMeaning } from './problems.ts';
export { BlockedDetail, PROBLEM_CODES, ProblemBody, problemMeaning } from './problems.ts';
export type { RiskAction, RiskFact, RiskOp } from './risk.ts';
export { RISK_ACTIONS, RISK_FACT_NAMES, RISK_FACTS, RISK_OPS } from './risk.ts';
export type {
  AnswerOf,
  Auth,
  BodyOf,
  BytesBody,
  File,
  FileAnswer,
  HeaderName,
  JsonAnswer,
  JsonBody,
  Method,
  PacketAnswer,
  PageAnswer,
  ParamsOf,
  QueryOf,
  RateClass,
  Route,
  SocketAnswer,
  StreamAnswer,
} from './route.ts';
export { commonProblems } from './route.ts';
export type { RouteName, Routes } from './routes.ts';
export { ROUTE_NAMES, ROUTES } from './routes.ts';
export { thinRows } from './shape-of-call.ts';
export { Allowance, Head } from './routes/allowances.ts';
export { Bundle, BundleTaken, BundleTransaction } from './routes/bundles.ts';
export { Credential, Device, REVOCATION_REASONS } from './routes/devices.ts';
export type { DisputeOutcome, DisputeReason } from './routes/disputes.ts';
export { DISPUTE_REASONS, Dispute } from './routes/disputes.ts';
export { BatchAnswer, Outcome, PaymentState } from './routes/documents.ts';
export { KYC_KEY_MEMBERS, KYC_ROLES, KYC_STATUSES, KycUser, LimitWallet } from './routes/kyc.ts';
export { Bulletin, Checkpoint } from './routes/log.ts';
export {
  OfflineHistoryEntry,
  OfflineReceipt,
  OfflineSyncAnswer,
  OfflineTransaction,
} from './routes/offline-shapes.ts';
export { OfflinePolicy, TENANT_TYPES, Till, TILL_METHODS } from './routes/tills.ts';
export { Transaction } from './routes/transactions.ts';
export { NewWallet, Transfer, TransferOrder, Wallet } from './routes/wallets.ts';
export type { Role, TokenClaims } from './tokens.ts';
export { mayOperate, OPERATOR_ROLES, ROLES, TOKEN, tokenClaims } from './tokens.ts';
export { fromBase64url, toBase64url } from './text.ts';
