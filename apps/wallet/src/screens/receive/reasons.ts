import type { MessageKey } from '../../language/catalogue.ts';

/** What a refused customer is asked for next. */
type Next = 'again' | 'other' | 'bank' | 'update';

interface Reason {
  readonly why: MessageKey;
  readonly next: Next;
}

const DAMAGED: Reason = { why: 'receive.whyDamaged', next: 'again' };
const FORGED: Reason = { why: 'receive.whyForged', next: 'other' };
const NEWER: Reason = { why: 'receive.whyNewer', next: 'update' };
const OTHER_TILL: Reason = { why: 'receive.whyOtherTill', next: 'again' };
const OVER: Reason = { why: 'receive.whyOver', next: 'other' };
const SWITCHED_OFF: Reason = { why: 'receive.whySwitchedOff', next: 'other' };

/** A sentence for each code of the judge that a payee can meet (spec/judge.md §2). */
export const REASONS: Readonly<Record<string, Reason>> = {
  too_large: DAMAGED,
  malformed: DAMAGED,
  not_canonical: DAMAGED,
  unknown_type: NEWER,
  unknown_version: NEWER,
  unknown_suite: NEWER,
  version_too_low: NEWER,
  issuer_unknown: { why: 'receive.whyBankUnknown', next: 'bank' },
  issuer_signature_invalid: FORGED,
  payer_signature_invalid: FORGED,
  double_spend: { why: 'receive.whyDoubleSpend', next: 'other' },
  contradiction: { why: 'receive.whyContradiction', next: 'other' },
  wrong_payee: OTHER_TILL,
  wrong_bind: OTHER_TILL,
  'sealed/open_failed': OTHER_TILL,
  wrong_mode: { why: 'receive.whyOtherCode', next: 'again' },
  request_expired: { why: 'receive.whyTooLate', next: 'again' },
  request_already_paid: { why: 'receive.whyPaidByOther', next: 'again' },
  wrong_currency: { why: 'receive.whyCurrency', next: 'other' },
  amount_zero: { why: 'receive.whyNothing', next: 'again' },
  wrong_amount: { why: 'receive.whyAmount', next: 'again' },
  over_per_payment: OVER,
  over_limit: OVER,
  over_count: OVER,
  totals_inconsistent: { why: 'receive.whyContradiction', next: 'other' },
  not_yet_valid: { why: 'receive.whyNotYet', next: 'other' },
  expired: { why: 'receive.whyExpired', next: 'other' },
  allowance_revoked: SWITCHED_OFF,
  device_revoked: SWITCHED_OFF,
  credential_revoked: { why: 'receive.whyOwnCode', next: 'bank' },
};

/** What to do after a refusal. */
export const NEXT_STEPS: Readonly<Record<Next, MessageKey>> = {
  again: 'receive.nextAgain',
  other: 'receive.nextOther',
  bank: 'receive.nextBank',
  update: 'receive.nextUpdate',
};
