export { contradicts } from './contradiction.ts';
export type { Equivocation } from './contradiction.ts';
export { targetOf } from './context.ts';
export type {
  BankContext,
  JudgeContext,
  ObserverContext,
  PayeeContext,
  PayerContext,
  Target,
} from './context.ts';
export { proveDocument } from './document.ts';
export type { ProveDocumentOptions } from './document.ts';
export { createIssuedCache, issuersOf, proveIssued } from './issuer.ts';
export type { BankDocument, IssuedCache, IssuerKey, IssuerKeys, Trust } from './issuer.ts';
export { judge, judgeDraft, judgeVerified } from './judge.ts';
export { knownPayment, knownReturn } from './known.ts';
export type { KnownDocument, KnownReturn, Neighbours } from './known.ts';
export { judgeReceipt, judgeTarget, provePayeePacket } from './payee.ts';
export type {
  JudgedTarget,
  PaidFor,
  PayeePacket,
  ProvePayeeOptions,
  TargetContext,
} from './payee.ts';
export { provePayment, proveReturn } from './prove.ts';
export type { ProveOptions } from './prove.ts';
export { RULES } from './rules.ts';
export type { Rule, Spoken, Subject } from './rules.ts';
export { proveRun } from './run.ts';
export { JUDGE_CODES } from './verdict.ts';
export type { Acceptable, JudgeCode, Refused, Verdict } from './verdict.ts';
export type { ProvedBy, VerifiedPayment, VerifiedReturn } from './verified.ts';
