import type { RiskFact } from '@sikka/api';
import { accountOf } from './batch.ts';
import type { History, Identity, PastPayment, RiskBatch, RiskItem } from './batch.ts';
import { flowsOf } from './flows.ts';
import type { Flows } from './flows.ts';
import { limits } from './limits.ts';

/** Whole numbers from 0 to `limits.factMost`, of which a score is made. */
export type Facts = Readonly<Record<RiskFact, number>>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * The facts of each item, in order: from the history and the other items of its batch. Pure: the
 * same batch and history give the same facts.
 */
export function factsOf(batch: RiskBatch, history: History): readonly Facts[] {
  const survey = surveyOf(batch, history);
  return batch.items.map((item, index) => ({
    ...ofPayer(item, survey),
    ...ofDevice(item, batch, survey),
    ...ofAmount(item, survey),
    ...ofFlows(item, survey),
    own_float: item.ownFloat ? 1 : 0,
    cash_out: item.cashOut ? 1 : 0,
    chain_gap: whole(item.chainGap),
    sequence_faults: whole(item.sequenceFaults + (survey.backwards.has(index) ? 1 : 0)),
    failed_pins: whole(batch.failedPins),
  }));
}

/** A payment of the batch or before it; `to` is an account. */
interface Made {
  readonly at: number;
  readonly to: bigint | undefined;
}

/** What is looked up for each item, made once a batch. */
interface Survey {
  readonly history: History;
  /** By payer's account, in the order of time. */
  readonly made: ReadonlyMap<bigint, readonly Made[]>;
  readonly flows: Flows;
  /** Of the device, sorted. */
  readonly deviceTimes: readonly number[];
  readonly deviceHours: number;
  /** Places of items that say they happened before the one that stands before them. */
  readonly backwards: ReadonlySet<number>;
}

function surveyOf(batch: RiskBatch, history: History): Survey {
  const made = new Map<bigint, Made[]>();
  for (const [account, { paid }] of history.identities) {
    const before = paid.map(({ at, to }) => ({ at: at.getTime(), to }));
    made.set(account, before);
  }
  for (const item of batch.items) {
    const from = accountOf(item.payerWallet, history);
    if (from === undefined) continue;
    const one = { at: item.claimedAt.getTime(), to: accountOf(item.payeeWallet, history) };
    const payments = made.get(from) ?? [];
    payments.push(one);
    made.set(from, payments);
  }
  for (const payments of made.values()) payments.sort((a, b) => a.at - b.at);
  const before = history.deviceTimes.map((at) => at.getTime());
  const claimed = batch.items.map(({ claimedAt }) => claimedAt.getTime());
  return {
    history,
    made,
    flows: flowsOf(batch, history),
    deviceTimes: [...before, ...claimed].sort((a, b) => a - b),
    deviceHours: hoursOf(before),
    backwards: new Set(claimed.flatMap((at, i) => (at < (claimed[i - 1] ?? at) ? [i] : []))),
  };
}

type PayerFacts = Pick<
  Facts,
  | 'payer_hour'
  | 'payer_day'
  | 'payer_payees_day'
  | 'payer_history'
  | 'payer_age_hours'
  | 'payer_hour_distance'
  | 'new_payee'
>;

/** Of a tenant's float nothing of this says anything: its device's facts do. */
const NOBODY: PayerFacts = {
  payer_hour: 0,
  payer_day: 0,
  payer_payees_day: 0,
  payer_history: 0,
  payer_age_hours: limits.factMost,
  payer_hour_distance: 0,
  new_payee: 0,
};

function ofPayer(item: RiskItem, { history, made }: Survey): PayerFacts {
  const account = accountOf(item.payerWallet, history);
  const identity = account === undefined ? undefined : history.identities.get(account);
  if (account === undefined || identity === undefined || item.ownFloat) return NOBODY;
  const at = item.claimedAt.getTime();
  const to = accountOf(item.payeeWallet, history);
  const all = made.get(account) ?? [];
  const day = all.slice(firstAfter(all, at - DAY), firstAfter(all, at));
  const others = new Set(day.flatMap((one) => (one.to === to ? [] : [one.to])));
  const { paid, openedAt } = identity;
  const isNew = paid.length >= limits.habitPayments && !paid.some((one) => one.to === to);
  const timed = paid.flatMap((one) => (one.timed ? [one.at.getTime()] : []));
  return {
    payer_hour: whole(day.length - firstAfter(day, at - HOUR) - 1),
    payer_day: whole(day.length - 1),
    payer_payees_day: whole(others.size),
    payer_history: whole(paid.length),
    payer_age_hours: whole((at - openedAt.getTime()) / HOUR),
    payer_hour_distance: hourDistance(at, hoursOf(timed)),
    new_payee: isNew ? 1 : 0,
  };
}

function ofDevice({ claimedAt }: RiskItem, batch: RiskBatch, survey: Survey) {
  const { deviceTimes, deviceHours } = survey;
  const at = claimedAt.getTime();
  const upTo = firstLater(deviceTimes, at);
  const received = batch.receivedAt.getTime();
  return {
    device_hour: whole(upTo - firstLater(deviceTimes, at - HOUR) - 1),
    device_day: whole(upTo - firstLater(deviceTimes, at - DAY) - 1),
    device_age_hours: whole((received - batch.device.registeredAt.getTime()) / HOUR),
    device_hour_distance: hourDistance(at, deviceHours),
    skew_seconds: whole(Math.abs(batch.deviceClock.getTime() - received) / 1000),
    age_hours: whole((received - at) / HOUR),
  };
}

function ofAmount(item: RiskItem, { history }: Survey) {
  const account = accountOf(item.payerWallet, history);
  const past = account === undefined ? [] : usualOf(history.identities.get(account), item);
  const sum = past.reduce((total, amount) => total + amount, 0n);
  const most = past.reduce((high, amount) => (amount > high ? amount : high), 0n);
  return {
    amount_of_mean: percent(item.amountMinor * BigInt(past.length), sum),
    amount_of_most: percent(item.amountMinor, most),
    amount_of_limit: percent(item.amountMinor, item.mostMinor ?? 0n),
  };
}

/** Amounts in the same currency that were let through; none where there are too few. */
function usualOf(identity: Identity | undefined, { currency }: RiskItem): readonly bigint[] {
  const counts = (one: PastPayment) => one.usual && one.currency === currency;
  const amounts = identity?.paid.filter(counts).map(({ amountMinor }) => amountMinor) ?? [];
  return amounts.length < limits.habitPayments ? [] : amounts;
}

/** Round trips: payee to payer. Rings: payee to somebody, and on, to payer. */
function ofFlows(item: RiskItem, { history, flows }: Survey) {
  const payer = accountOf(item.payerWallet, history);
  const payee = accountOf(item.payeeWallet, history);
  // A float pays out and takes in the whole day: that is its trade.
  if (payer === undefined || payee === undefined || item.ownFloat || payer === payee) {
    return { round_trips: 0, rings: 0 };
  }
  return { round_trips: whole(flows.paid(payee, payer)), rings: whole(flows.ways(payee, payer)) };
}

/** How many come at or before `at`: the list is sorted. */
function firstAfter(payments: readonly Made[], at: number): number {
  return firstWhere(payments.length, (index) => (payments[index]?.at ?? at) > at);
}

function firstLater(times: readonly number[], at: number): number {
  return firstWhere(times.length, (index) => (times[index] ?? at) > at);
}

function firstWhere(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The hours of the day in which something was, as bits; UTC: a habit is one in every zone. */
function hoursOf(times: readonly number[]): number {
  if (times.length < limits.habitHours) return 0;
  return times.reduce((bits, at) => bits | (1 << hourOf(at)), 0);
}

function hourOf(at: number): number {
  return Math.floor((((at % DAY) + DAY) % DAY) / HOUR);
}

/** To the nearest of the hours, around the clock: 0 to 12. Without a habit 0. */
function hourDistance(at: number, hours: number): number {
  if (hours === 0) return 0;
  const hour = hourOf(at);
  for (let away = 0; away <= 12; away += 1) {
    const both = (1 << ((hour + away) % 24)) | (1 << ((hour + 24 - away) % 24));
    if ((hours & both) !== 0) return away;
  }
  return 12;
}

function percent(part: bigint, of: bigint): number {
  if (of <= 0n) return 0;
  const value = (part * 100n) / of;
  return value > BigInt(limits.factMost) ? limits.factMost : Number(value);
}

/** Rounded down, within bounds: also what a hostile clock makes of a difference. */
function whole(value: number): number {
  if (!(value > 0)) return 0;
  return Math.min(limits.factMost, Math.floor(value));
}
