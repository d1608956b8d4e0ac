import type { RiskFact } from '@sikka/api';
import { describe, expect, test } from 'vitest';
import type { History, PastPayment, RiskBatch, RiskItem } from '../../src/risk/batch.ts';
import { factsOf } from '../../src/risk/facts.ts';
import { limits } from '../../src/risk/limits.ts';
import { batchOf, before, DAY, historyOf, HOUR, NOW, paidBefore } from './batches.ts';

const MINUTE = 60_000;
const times = (count: number, one: (index: number) => PastPayment) =>
  Array.from({ length: count }, (_, index) => one(index));
/** Every day at noon, to account 2. */
const REGULAR = times(10, (day) => paidBefore((day + 1) * DAY));

interface Row {
  readonly name: string;
  readonly items?: readonly Partial<RiskItem>[];
  readonly batch?: Partial<RiskBatch>;
  readonly history?: History;
  /** Of the last item. */
  readonly facts: Partial<Record<RiskFact, number>>;
}

const ROWS: readonly Row[] = [
  {
    name: 'a first payment by somebody without a history',
    facts: { payer_hour: 0, payer_history: 0, new_payee: 0, amount_of_mean: 0, rings: 0 },
  },
  {
    name: 'the batch counts for velocity, and what is claimed for later does not',
    items: [
      { claimedAt: before(90 * MINUTE), payeeWallet: 3n },
      { claimedAt: before(30 * MINUTE), payeeWallet: 4n },
      { claimedAt: before(10 * MINUTE), payeeWallet: 5n },
      { claimedAt: before(20 * MINUTE), payeeWallet: 2n },
    ],
    facts: { payer_hour: 1, payer_day: 2, payer_payees_day: 2, device_hour: 1, device_day: 2 },
  },
  {
    name: 'an item that says it came before the one that stands before it is out of order',
    items: [{ claimedAt: before(MINUTE) }, { claimedAt: before(HOUR), sequenceFaults: 2 }],
    facts: { sequence_faults: 3 },
  },
  {
    name: 'history counts for velocity, by when it was made',
    items: [{ claimedAt: NOW }],
    history: historyOf({ 1: [paidBefore(59 * MINUTE), paidBefore(61 * MINUTE), ...REGULAR] }),
    facts: { payer_hour: 1, payer_day: 2, payer_history: 12 },
  },
  {
    name: 'the amount against what is usual, in the same currency',
    items: [{ amountMinor: 200_000n, mostMinor: 400_000n }],
    history: historyOf({
      1: [...REGULAR, paidBefore(DAY, { amountMinor: 9_000_000n, currency: 840 })],
    }),
    facts: { amount_of_mean: 400, amount_of_most: 400, amount_of_limit: 50 },
  },
  {
    name: 'what was held back does not make a large amount usual',
    items: [{ amountMinor: 200_000n }],
    history: historyOf({
      1: [...REGULAR, paidBefore(DAY, { amountMinor: 200_000n, usual: false })],
    }),
    facts: { amount_of_mean: 400, amount_of_most: 400 },
  },
  {
    name: 'somebody with a history pays this payee for the first time',
    items: [{ payeeWallet: 3n }],
    history: historyOf({ 1: REGULAR }),
    facts: { new_payee: 1 },
  },
  {
    name: 'the hour of the day around midnight, and only from times that are true',
    items: [{ claimedAt: before(11 * HOUR) }],
    history: historyOf({
      // All at 23:00 UTC but one, whose hour is when it came in.
      1: [...times(6, (day) => paidBefore(day * DAY + 13 * HOUR)), paidBefore(11 * HOUR)].map(
        (one, index) => (index === 6 ? { ...one, timed: false } : one),
      ),
    }),
    facts: { payer_hour_distance: 2 },
  },
  {
    name: 'the device’s hours, and its age',
    items: [{ claimedAt: before(3 * HOUR) }],
    batch: { device: { id: 'till-1', registeredAt: before(30 * MINUTE) } },
    history: historyOf({}, { deviceTimes: [1, 2, 3, 4, 5].map((day) => before(day * DAY)) }),
    facts: { device_hour_distance: 3, device_age_hours: 0, age_hours: 3 },
  },
  {
    name: 'a clock that is ahead',
    batch: { deviceClock: new Date(NOW.getTime() + 90_500), failedPins: 3 },
    facts: { skew_seconds: 90, failed_pins: 3 },
  },
  {
    name: 'a clock that is behind',
    batch: { deviceClock: before(90_500) },
    facts: { skew_seconds: 90 },
  },
  {
    name: 'money that came straight back within a week',
    history: historyOf({ 2: [paidBefore(DAY, { to: 1n }), paidBefore(8 * DAY, { to: 1n })] }),
    facts: { round_trips: 1, rings: 0 },
  },
  {
    name: 'a ring of three inside one batch',
    items: [
      { payerWallet: 2n, payeeWallet: 3n },
      { payerWallet: 3n, payeeWallet: 1n },
      { payerWallet: 1n, payeeWallet: 2n },
    ],
    facts: { rings: 1, round_trips: 0 },
  },
  {
    name: 'a ring of four through history and strangers',
    history: historyOf(
      { 2: [paidBefore(DAY, { to: 77n })] },
      {
        onward: new Map([
          [77n, new Set([3n])],
          [3n, new Set([1n])],
        ]),
      },
    ),
    facts: { rings: 1 },
  },
  {
    name: 'an agent’s float pays out and takes in all day: that is no ring',
    items: [
      { payerWallet: 2n, payeeWallet: 1n, ownFloat: true },
      { payerWallet: 1n, payeeWallet: 2n, cashOut: true },
    ],
    facts: { round_trips: 0, cash_out: 1, own_float: 0 },
  },
  {
    name: 'of a float only the device and the amount say anything',
    items: [{ ownFloat: true, payeeWallet: 3n, amountMinor: 100_000n }],
    history: historyOf({ 1: REGULAR }),
    facts: { own_float: 1, payer_hour: 0, new_payee: 0, payer_history: 0, amount_of_mean: 200 },
  },
  {
    name: 'wallets that nobody has',
    items: [{ payerWallet: undefined, payeeWallet: 999n }],
    facts: { payer_hour: 0, rings: 0, amount_of_mean: 0 },
  },
  {
    name: 'a clock beyond reason and numbers beyond bounds stay within bounds',
    items: [
      {
        ...{ claimedAt: new Date(8.64e15), chainGap: 2 ** 52, sequenceFaults: NaN },
        ...{ amountMinor: 2n ** 62n, mostMinor: 1n },
      },
    ],
    batch: { deviceClock: new Date(-8.64e15) },
    facts: {
      ...{ age_hours: 0, chain_gap: limits.factMost, sequence_faults: 0 },
      ...{ skew_seconds: limits.factMost, amount_of_limit: limits.factMost },
    },
  },
];

describe('facts', () => {
  test.each(ROWS)('$name', ({ items = [{}], batch, history, facts }) => {
    const found = factsOf(batchOf(items, batch), history ?? historyOf()).at(-1);
    expect(found).toMatchObject(facts);
    for (const [name, value] of Object.entries(found ?? {})) {
      expect(Number.isSafeInteger(value), name).toBe(true);
      expect(value, name).toBeGreaterThanOrEqual(0);
      expect(value, name).toBeLessThanOrEqual(limits.factMost);
    }
  });

  test('of a thousand items of one busy payer come within a second', () => {
    const items = Array.from({ length: 1_000 }, (_, index) => ({
      claimedAt: before(index * MINUTE),
      payeeWallet: BigInt(2 + (index % 4)),
    }));
    const started = process.cpuUsage();
    expect(factsOf(batchOf(items), historyOf({ 1: REGULAR }))).toHaveLength(1_000);
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
  });
});
