import { equalBytes } from '../bytes.ts';
import { DOCUMENT_VERSION } from '../documents/payload.ts';
import type { Allowance, Payment } from '../documents/types.ts';
import { keyHash } from '../suites/key-formats.ts';
import type { JudgeContext, PayeeContext, PayerContext } from './context.ts';
import { contradicts } from './contradiction.ts';
import { knownPayment } from './known.ts';
import type { KnownDocument, KnownReturn } from './known.ts';
import type { JudgeCode } from './verdict.ts';

/** The payment that is judged, whose signatures are somebody else's business. */
export interface Subject {
  readonly allowance: Allowance;
  readonly allowanceId: Uint8Array;
  readonly payment: Payment;
  readonly paymentId: Uint8Array;
}

/** What a rule says when it speaks. */
export interface Spoken {
  readonly detail: string;
  readonly against?: Uint8Array;
  readonly firstAnswer?: unknown;
}

export interface Rule {
  readonly rule: 4 | 5 | 6 | 7 | 8 | 9 | 10;
  readonly code: JudgeCode;
  readonly speaks: (subject: Subject, context: JudgeContext) => Spoken | undefined;
}

/** The best time known is only a lower bound, so a day early may well be today. */
export const EARLY_SECONDS = 86_400;

/**
 * Rules 4 to 10 of spec/judge.md §2, in order: the first that speaks wins. Rules 1 to 3 are about
 * bytes and signatures, and spoke before.
 */
export const RULES: readonly Rule[] = [
  { rule: 4, code: 'duplicate', speaks: isDuplicate },
  { rule: 5, code: 'double_spend', speaks: isDoubleSpend },
  { rule: 6, code: 'contradiction', speaks: isContradiction },
  { rule: 7, code: 'wrong_payee', speaks: isWrongPayee },
  {
    rule: 7,
    code: 'wrong_mode',
    speaks: ({ payment }, context) =>
      says(phone(context)?.target.mode === OTHER_MODE[payment.mode], 'the other way of paying'),
  },
  {
    rule: 7,
    code: 'wrong_bind',
    speaks: ({ payment }, context) => {
      const target = phone(context)?.target;
      const other = target !== undefined && !equalBytes(payment.bind, target.bind);
      return says(other, 'bound to another request or printed code');
    },
  },
  {
    rule: 7,
    code: 'request_expired',
    speaks: (_, context) => {
      const { target, bankTime = 0 } = phone(context) ?? {};
      return says(target?.until !== undefined && target.until < bankTime, 'the request is over');
    },
  },
  {
    rule: 7,
    code: 'request_already_paid',
    speaks: ({ paymentId }, context) => {
      // A printed code is paid many times.
      const { mode, paidBy } = phone(context)?.target ?? {};
      const other = mode === 'dynamic' && paidBy !== undefined && !equalBytes(paidBy, paymentId);
      return says(other, 'another payment was accepted for this request');
    },
  },
  { rule: 8, code: 'wrong_currency', speaks: isWrongCurrency },
  {
    rule: 8,
    code: 'amount_zero',
    speaks: ({ payment }) => says(payment.amountMinor === 0n, 'nothing is paid'),
  },
  {
    rule: 8,
    code: 'wrong_amount',
    speaks: ({ payment }, context) => {
      const asked = phone(context)?.target.amountMinor;
      return says(asked !== undefined && asked !== payment.amountMinor, 'not the amount asked');
    },
  },
  {
    rule: 8,
    code: 'over_per_payment',
    speaks: ({ payment, allowance }) =>
      says(payment.amountMinor > allowance.perPaymentMinor, 'more than one payment may be'),
  },
  {
    rule: 8,
    code: 'over_limit',
    speaks: ({ payment, allowance }) =>
      says(payment.spentMinor > allowance.limitMinor, 'more spent than the allowance holds'),
  },
  {
    rule: 8,
    code: 'over_count',
    speaks: ({ payment: { sequence }, allowance: { firstSequence, count } }) =>
      says(
        sequence < firstSequence || sequence >= firstSequence + count,
        'a sequence that the allowance does not have',
      ),
  },
  { rule: 8, code: 'totals_inconsistent', speaks: isInconsistent },
  {
    rule: 9,
    code: 'not_yet_valid',
    speaks: ({ allowance }, context) => {
      const bankTime = phone(context)?.bankTime;
      const early = bankTime !== undefined && bankTime + EARLY_SECONDS < allowance.from;
      return says(early, 'the allowance does not begin yet');
    },
  },
  {
    rule: 9,
    code: 'expired',
    speaks: ({ allowance }, context) => {
      const bankTime = phone(context)?.bankTime;
      return says(bankTime !== undefined && bankTime > allowance.until, 'the allowance is over');
    },
  },
  {
    rule: 9,
    code: 'claim_window_closed',
    speaks: ({ allowance }, context) => {
      const late = context.as === 'bank' && context.receivedAt > allowance.claimUntil;
      return says(late, 'received after the end of the claim window');
    },
  },
  {
    rule: 10,
    code: 'version_too_low',
    speaks: ({ allowance }, context) => {
      const { bulletin, supportedVersion = DOCUMENT_VERSION } = phone(context) ?? {};
      const needed = Math.max(allowance.minVersion, bulletin?.minVersion ?? 0);
      return says(phone(context) !== undefined && needed > supportedVersion, 'update to pay');
    },
  },
  {
    rule: 10,
    code: 'allowance_revoked',
    speaks: ({ allowanceId }, context) =>
      says(isListed(phone(context)?.bulletin?.revokedAllowances, allowanceId), 'by bulletin'),
  },
  {
    rule: 10,
    code: 'device_revoked',
    speaks: ({ allowance: { suite, publicKey } }, context) => {
      const revoked = phone(context)?.bulletin?.revokedDevices ?? [];
      return says(
        revoked.length > 0 && isListed(revoked, keyHash(suite, publicKey)),
        'by bulletin',
      );
    },
  },
  {
    rule: 10,
    code: 'credential_revoked',
    speaks: (_, context) => {
      const { bulletin, target } = phone(context) ?? {};
      const revoked =
        target !== undefined && isListed(bulletin?.revokedCredentials, target.credentialId);
      return says(revoked, 'by bulletin');
    },
  },
];

const OTHER_MODE = { dynamic: 'static', static: 'dynamic' } as const;

function says(speaks: boolean, detail: string): Spoken | undefined {
  return speaks ? { detail } : undefined;
}

/** Rules on requests, phones' time and revocations bind the two people, never the bank. */
function phone(context: JudgeContext): PayerContext | PayeeContext | undefined {
  return context.as === 'payer' || context.as === 'payee' ? context : undefined;
}

export function isListed(list: readonly Uint8Array[] | undefined, id: Uint8Array): boolean {
  return list !== undefined && list.some((each) => equalBytes(each, id));
}

/**
 * A phone knows documents that it did not accept, and a verdict that may pass must not stick; what
 * the bank knows is settled.
 */
function isDuplicate({ paymentId }: Subject, { as, known }: JudgeContext): Spoken | undefined {
  const { firstAnswer, same } = known;
  const settled = as === 'bank' && same !== undefined && equalBytes(same.id, paymentId);
  if (firstAnswer === undefined && !settled) return undefined;
  return { detail: 'this payment was judged before', firstAnswer };
}

function isDoubleSpend(subject: Subject, { known: { same } }: JudgeContext): Spoken | undefined {
  return speaksAgainst(subject, same, 'double_spend');
}

/**
 * The predecessor first, a Return last (spec/judge.md §4). At the bank a Return refuses nothing:
 * the reservation covers the payment, and the pair becomes a proof all the same.
 */
function isContradiction(subject: Subject, { as, known }: JudgeContext): Spoken | undefined {
  return (
    speaksAgainst(subject, known.before, 'contradiction') ??
    speaksAgainst(subject, known.after, 'contradiction') ??
    speaksAgainst(subject, as === 'bank' ? undefined : known.returned, 'contradiction')
  );
}

function speaksAgainst(
  { payment, paymentId }: Subject,
  other: KnownDocument | KnownReturn | undefined,
  code: 'double_spend' | 'contradiction',
): Spoken | undefined {
  if (other === undefined) return undefined;
  if (contradicts(knownPayment(payment, paymentId), other) !== code) return undefined;
  return { detail: 'this key signed what cannot be true as well', against: other.id };
}

function isWrongPayee({ payment }: Subject, context: JudgeContext): Spoken | undefined {
  switch (context.as) {
    case 'payer':
    case 'payee':
      return says(payment.payeeWallet !== context.target.wallet, "another payee's wallet");
    case 'bank':
      return says(context.payee === undefined, 'no such wallet');
    case 'observer':
      return undefined;
  }
}

function isWrongCurrency(
  { payment, allowance }: Subject,
  context: JudgeContext,
): Spoken | undefined {
  if (payment.currency !== allowance.currency) return { detail: "not the allowance's currency" };
  const expected =
    context.as === 'bank' ? context.payee?.currency : phone(context)?.target.currency;
  const other = expected !== undefined && payment.currency !== expected;
  return says(other, "not the payee's currency");
}

function isInconsistent({ payment, allowance, allowanceId }: Subject): Spoken | undefined {
  if (payment.sequence > allowance.firstSequence) {
    return says(payment.spentMinor <= payment.amountMinor, 'nothing was spent before');
  }
  const { spentMinor, amountMinor, previous } = payment;
  const begins = spentMinor === amountMinor && equalBytes(previous, allowanceId);
  return says(!begins, 'a first payment that does not begin at the allowance');
}
