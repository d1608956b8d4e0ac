import type { AllowanceView, PayerState } from '@sikka/wallet/payer';
import { describe, expect, it } from 'vitest';
import { spendableOf } from '../../src/wallet/spendable.ts';

const allowance = (changes: Partial<AllowanceView> = {}): AllowanceView => ({
  allowanceId: 'aa',
  currency: 586,
  limitMinor: 500_000n,
  leftMinor: 315_000n,
  perPaymentMinor: 200_000n,
  paymentsLeft: 17,
  paymentsMost: 20,
  until: 2_000,
  claimUntil: 3_000,
  status: 'usable',
  ...changes,
});

/** `leftMinor` as the SDK adds it up. */
const state = (allowances: readonly AllowanceView[], changes: Partial<PayerState> = {}) => {
  const usable = allowances.filter(({ status }) => status === 'usable');
  const leftMinor = usable.reduce((sum, one) => sum + one.leftMinor, 0n);
  const known = { enrolled: true, stopped: false, pending: 0, payments: [], bankTime: 1_000 };
  const bulletin = { bulletinVersion: 1, bulletinOverdue: false };
  return spendableOf({ ...known, ...bulletin, allowances, leftMinor, ...changes });
};

describe('what can be spent offline', () => {
  it.each<[string, Parameters<typeof state>, string]>([
    ['no allowance was ever asked for', [[]], 'none'],
    ['one can be spent', [[allowance()]], 'ready'],
    ['one of two can be spent', [[allowance(), allowance({ status: 'expired' })]], 'ready'],
    ['the last one is used up', [[allowance({ status: 'exhausted' })]], 'used'],
    ['the last one was given back', [[allowance({ status: 'returned' })]], 'used'],
    ['the last one is over', [[allowance({ status: 'expired' })]], 'expired'],
    ['the journal was rolled back', [[allowance()], { stopped: true }], 'stopped'],
    ['the bank does not know this phone', [[], { enrolled: false }], 'not_enrolled'],
  ])('where %s', (_, given, standing) => {
    expect(state(...given).standing).toBe(standing);
  });

  it('is added up over allowances, but one payment is never paid out of two', () => {
    const smaller = allowance({ leftMinor: 40_000n, paymentsLeft: 3, until: 1_500 });
    expect(state([allowance(), smaller])).toMatchObject({
      leftMinor: 355_000n,
      totalMinor: 1_000_000n,
      atOnceMinor: 200_000n,
      paymentsLeft: 20,
      paymentsMost: 40,
      until: 1_500,
    });
  });

  it('is at once at most what is left, where that is less than the limit of a payment', () => {
    expect(state([allowance({ leftMinor: 150n })]).atOnceMinor).toBe(150n);
  });

  it('says when it was over and when the rest comes back, and counts none of it', () => {
    const over = state([allowance({ status: 'expired' })]);
    expect(over).toMatchObject({ leftMinor: 0n, totalMinor: 0n, until: 2_000, backAfter: 3_000 });
  });
});
