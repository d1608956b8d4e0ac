import type { Facts } from '../../src/risk/facts.ts';
import { RISK_FACT_NAMES } from '@sikka/api';
import type { History, PastPayment, RiskBatch, RiskItem } from '../../src/risk/batch.ts';

export const NOW = new Date('2026-11-21T12:00:00.000Z');
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export function before(ms: number): Date {
  return new Date(NOW.getTime() - ms);
}

/** Nothing about it is remarkable. */
export function itemOf(said: Partial<RiskItem> = {}): RiskItem {
  return {
    ...{ item: 0, payerWallet: 1n, payeeWallet: 2n, ownFloat: false, cashOut: false },
    ...{ amountMinor: 50_000n, currency: 586, mostMinor: 2_500_000n, claimedAt: before(HOUR) },
    ...{ paymentId: undefined, chainGap: 0, sequenceFaults: 0 },
    ...said,
  };
}

export function batchOf(
  items: readonly Partial<RiskItem>[],
  said: Partial<RiskBatch> = {},
): RiskBatch {
  return {
    ...{ subject: 'bundle:test', device: { id: 'till-1', registeredAt: before(100 * DAY) } },
    ...{ deviceClock: NOW, receivedAt: NOW, failedPins: 0 },
    items: items.map((item, place) => itemOf({ item: place, ...item })),
    ...said,
  };
}

/** `ago`: before `NOW`. */
export function paidBefore(ago: number, said: Partial<PastPayment> = {}): PastPayment {
  const usual = { amountMinor: 50_000n, currency: 586, to: 2n };
  return { at: before(ago), ...usual, timed: true, usual: true, ownFloat: false, ...said };
}

/** Accounts are numbered as their wallets; `paid` by account. */
export function historyOf(
  paid: Readonly<Record<string, readonly PastPayment[]>> = {},
  said: Partial<History> = {},
): History {
  const ids = ['1', '2', '3', '4', '5', ...Object.keys(paid)].map(BigInt);
  const identities = ids.map((id) => {
    return [id, { openedAt: before(300 * DAY), paid: paid[String(id)] ?? [] }] as const;
  });
  return {
    accounts: new Map(ids.map((id) => [id, id])),
    identities: new Map(identities),
    onward: new Map(),
    deviceTimes: [],
    ...said,
  };
}

/** Facts of which nothing is suspicious, but for these. */
export function factsWith(said: Partial<Facts> = {}): Facts {
  const none = Object.fromEntries(RISK_FACT_NAMES.map((name) => [name, 0])) as Facts;
  return { ...none, payer_age_hours: 10_000, device_age_hours: 10_000, ...said };
}
