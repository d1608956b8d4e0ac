import type { Client, Problem } from '@sikka/api';
import type { Refusal } from '../errors.ts';

/** The bank this wallet belongs to, as documents name it. */
export interface BankIdentity {
  /** The bank's text id. */
  readonly id: string;
  /** The person's account at the bank. */
  readonly account: string;
  /** ISO 4217 numeric code of the money this wallet keeps. */
  readonly currency: number;
}

/** The calls a wallet makes: a part of the typed client, so that a test can see each. */
export type BankClient = Pick<
  Client,
  | 'createAllowance'
  | 'createChallenge'
  | 'createPrintedCode'
  | 'enrolDevice'
  | 'getBulletin'
  | 'getIssuerKeys'
  | 'getLatestBulletin'
  | 'handInDocuments'
  | 'listAllowances'
  | 'listDevices'
>;

/** Statuses that say nothing about the request itself: sign in, wait, or try again. */
const NOT_A_DECISION = new Set([0, 401, 403, 408, 429]);

export function refusalOf(problem: Problem): Refusal {
  const code = problem.transient ? 'wallet/bank_unreachable' : 'wallet/bank_refused';
  return { ok: false, code, detail: `${problem.code}: ${problem.title}`, problem };
}

/** Whether the bank has judged the request, so that sending it again is of no use. */
export function isDecision({ transient, status }: Problem): boolean {
  return !transient && status < 500 && !NOT_A_DECISION.has(status);
}
