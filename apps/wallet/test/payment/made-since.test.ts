import { describe, expect, it } from 'vitest';
import { isUnsure, madeSince } from '../../src/screens/pay/made-since.ts';

const payee = { name: 'Bilal Kiryana Store', town: 'Lahore', wallet: 7, till: 1 };
const made = { paymentId: 'aa', amountMinor: 34_000n, payee };
const pressed = { payee, amountMinor: 34_000n };

describe('what a press that failed has paid after all', () => {
  it('is the new payment to that till, of that amount', () => {
    const older = { ...made, paymentId: 'bb' };
    expect(madeSince([older], [made, older], pressed)).toBe(made);
  });

  it.each([
    ['nothing', []],
    ['one from before', [{ ...made, paymentId: 'bb' }]],
    ['another amount', [{ ...made, amountMinor: 34_001n }]],
    ['another wallet', [{ ...made, payee: { ...payee, wallet: 8 } }]],
    ['another till', [{ ...made, payee: { ...payee, till: 2 } }]],
  ])('is not %s', (_, now) => {
    expect(madeSince([{ ...made, paymentId: 'bb' }], now, pressed)).toBeUndefined();
  });

  it('is looked for where the store failed, and nowhere else', () => {
    const codes = ['wallet/store_failed', 'wallet/store_conflict', 'wallet/store_busy'];
    expect(codes.map(isUnsure)).toEqual([true, true, false]);
  });
});
