import { JUDGE_CODES } from '@sikka/protocol';
import type { AcceptAnswer, AcceptedView, PayeeState } from '@sikka/wallet/payee';
import { describe, expect, it } from 'vitest';
import { digitsOf, FRESH_SECONDS, minorOf, secondsFresh } from '../src/screens/receive/ask.ts';
import { salesCsv, totalsOf } from '../src/screens/receive/day-totals.ts';
import { daysLeft, deadlineDays } from '../src/screens/receive/deadline-days.ts';
import { judgedOf } from '../src/screens/receive/judged.ts';
import { REASONS } from '../src/screens/receive/reasons.ts';

const PKR = 586;
/** Noon, by whatever time zone this runs in. */
const NOON = new Date(2026, 10, 20, 12, 0, 0).getTime() / 1_000;
const HOUR = 3_600;
const DAY = 24 * HOUR;

function sale(given: Partial<AcceptedView> = {}): AcceptedView {
  return {
    ...{ paymentId: 'aa', amountMinor: 125_000n, currency: PKR, mode: 'dynamic', bind: 'bb' },
    ...{ at: NOON, state: 'received', twoWords: ['hover', 'bottom'], handInBy: NOON + 7 * DAY },
    ...{ refundedMinor: 0n, code: undefined, proofId: undefined, extra: false },
    ...given,
  };
}

const accepted = { ok: true, verdict: 'accepted', paymentId: 'aa' } as AcceptAnswer;
const again = { ok: true, verdict: 'duplicate', paymentId: 'aa' } as AcceptAnswer;
const known: Pick<PayeeState, 'payments' | 'bankTime' | 'bulletinVersion' | 'bulletinOverdue'> = {
  ...{ payments: [sale()], bankTime: NOON, bulletinVersion: 7, bulletinOverdue: false },
};
const asked = { requestId: 'bb' };

describe('the verdict of a payment', () => {
  it.each([
    ['green where nothing is in doubt', {}, NOON, 'ok'],
    ['amber where the bank’s news is overdue', { bulletinOverdue: true }, NOON, 'news'],
    ['amber where there never was news', { bulletinVersion: undefined }, NOON, 'news'],
    ['amber where the clock is behind the bank’s', {}, NOON - 601, 'clock'],
    ['green where it is behind by minutes', {}, NOON - 599, 'ok'],
    ['amber where it is more than a day ahead', {}, NOON + DAY + 1, 'clock'],
    ['green where the bulletin was hours old', {}, NOON + 5 * HOUR, 'ok'],
    ['green where no time of the bank was seen', { bankTime: 0 }, NOON, 'ok'],
    ['about the clock first', { bulletinOverdue: true }, NOON - DAY, 'clock'],
  ])('is %s', (_, more, now, expected) => {
    const judged = judgedOf(accepted, { ...known, ...more }, { now, asked });
    expect(judged.tone === 'warn' ? judged.why : judged.tone).toBe(expected);
  });

  it('is amber for what was counted before, whatever else is in doubt', () => {
    const judged = judgedOf(again, { ...known, bulletinOverdue: true }, { now: NOON, asked });
    expect(judged).toMatchObject({ tone: 'warn', why: 'duplicate', payment: { paymentId: 'aa' } });
  });

  it('is the answer’s own where the journal could not be read after it', () => {
    const judged = judgedOf(accepted, { ...known, payments: [] }, { now: NOON, asked });
    expect(judged).toEqual({ tone: 'ok', payment: accepted });
  });

  it('is red for every refusal, with what was asked for', () => {
    const refusal = { ok: false, verdict: 'refused', code: 'over_limit', detail: '' } as const;
    const at = { now: NOON, asked: { ...asked, amountMinor: 500n } };
    expect(judgedOf(refusal, known, at)).toEqual({
      ...{ tone: 'bad', code: 'over_limit', asked: { requestId: 'bb', amountMinor: 500n } },
    });
  });
});

/** Codes of the judge that a payee never meets: the bank's, those of other documents, success. */
const OTHERS = [
  ...['duplicate', 'allowance_unknown', 'claim_window_closed', 'return_conflict'],
  ...['payee_signature_invalid', 'device_signature_invalid'],
];

it('every refusal of the judge that a till can meet has a sentence', () => {
  const codes = JUDGE_CODES.filter((code) => !OTHERS.includes(code));
  expect(Object.keys(REASONS).sort()).toEqual([...codes, 'sealed/open_failed'].sort());
});

describe('a code’s time and amount', () => {
  it.each([
    [2 * FRESH_SECONDS, FRESH_SECONDS],
    [FRESH_SECONDS + 1, 1],
    [FRESH_SECONDS, 0],
    [-5, 0],
    // The bank's clock is ahead of the phone's.
    [90_000, FRESH_SECONDS],
  ])('%d s before its end it is shown for %d s', (left, expected) => {
    expect(secondsFresh(NOON + left, NOON)).toBe(expected);
  });

  it.each([
    ['', 0n],
    ['5', 500n],
    ['1250', 125_000n],
  ])('%s is %d', (digits, amountMinor) => {
    expect(minorOf(digits, PKR)).toBe(amountMinor);
    expect(digitsOf(amountMinor, PKR)).toBe(digits);
  });
});

describe('the days until a deadline', () => {
  it('are seven, the last one the deadline’s, today among them', () => {
    const days = deadlineDays(NOON + 6 * DAY + HOUR, NOON);
    expect(days.map(({ mark }) => mark)).toEqual([
      'now',
      ...Array<undefined>(5).fill(undefined),
      'end',
    ]);
    expect(daysLeft(NOON + 6 * DAY + HOUR, NOON)).toBe(6);
  });

  it.each([
    [2, ['gone', 'gone', 'gone', 'gone', 'now', undefined, 'end'], 2],
    [0, ['gone', 'gone', 'gone', 'gone', 'gone', 'gone', 'end'], 0],
    [-3, ['gone', 'gone', 'gone', 'gone', 'gone', 'gone', 'end'], 0],
    [20, [undefined, undefined, undefined, undefined, undefined, undefined, 'end'], 20],
  ])('%d days before', (before, marks, left) => {
    const until = NOON + before * DAY;
    expect(deadlineDays(until, NOON).map(({ mark }) => mark)).toEqual(marks);
    expect(daysLeft(until, NOON)).toBe(left);
  });
});

describe('a day at the till', () => {
  const payments = [
    sale({ paymentId: '04', at: NOON + 13 * HOUR }),
    sale({ paymentId: '03', at: NOON + 2 * HOUR, state: 'rejected', amountMinor: 700n }),
    sale({ paymentId: '02', at: NOON + HOUR, state: 'settled', refundedMinor: 5_000n }),
    sale({ paymentId: '01', at: NOON, state: 'sent', amountMinor: 50n }),
    sale({ paymentId: '00', at: NOON - 13 * HOUR }),
  ];

  it('adds up what was taken on it, in the order of taking, without what was rejected', () => {
    const { sales, ...sums } = totalsOf(payments, NOON);
    expect(sales.map(({ paymentId }) => paymentId)).toEqual(['01', '02', '03']);
    expect(sums).toEqual({
      ...{ takenMinor: 125_050n, settledMinor: 125_000n, waitingMinor: 50n },
      ...{ rejectedMinor: 700n, givenBackMinor: 5_000n },
    });
  });

  it('is a table in which nothing that somebody wrote is a formula or breaks a line', () => {
    const csv = salesCsv(
      [sale({ at: 0 }), sale({ at: 0, paymentId: 'cc' }), sale({ at: 0, paymentId: 'dd' })],
      {
        heads: ['Time', 'Amount', 'Back', 'State', 'Words', 'Note', 'Payment'],
        state: () => 'Received',
        note: ({ paymentId }) =>
          ({ aa: '=HYPERLINK("http://evil")', cc: 'tea, "hot"', dd: 'two\r\nlines' })[paymentId] ??
          '',
      },
    );
    const row = '1970-01-01T00:00:00.000Z,1250.00,0.00,Received,hover bottom';
    expect(csv).toBe(
      '\ufeffTime,Amount,Back,State,Words,Note,Payment\r\n' +
        `${row},"'=HYPERLINK(""http://evil"")",aa\r\n` +
        `${row},"tea, ""hot""",cc\r\n` +
        `${row},"two\r\nlines",dd\r\n`,
    );
  });
});
