import { currencyOf, formatAmount } from '@sikka/protocol';
import type {
  Announced,
  PaymentEffect,
  RefusalEffect,
  StandingEffect,
  TransferEffect,
  WalletEffect,
} from '../store/index.ts';
import type { NewEvent } from './kinds.ts';

/** What the announced effects were, as far as somebody wants to know. */
export interface Effects {
  readonly transfers: readonly TransferEffect[];
  readonly settled: readonly PaymentEffect[];
  readonly refused: readonly RefusalEffect[];
  readonly standings: readonly StandingEffect[];
  readonly wallets: readonly WalletEffect[];
}

/** The events of each announcement, in its order: one account's events for each that it touched. */
export function expand(
  announced: readonly Announced[],
  effects: Effects,
  interested: readonly bigint[],
): readonly NewEvent[] {
  const wanted = new Set(interested);
  return announced
    .flatMap((one) => eventsOf(one, effects))
    .filter(({ accountId }) => wanted.has(accountId));
}

function eventsOf({ topic, key, at }: Announced, effects: Effects): readonly NewEvent[] {
  switch (topic) {
    case 'transfer':
      return effects.transfers.filter(({ id }) => id === key).flatMap(transferEvents);
    case 'settlement':
      return [
        ...settledEvents(effects.settled.filter(({ batch }) => batch === key)),
        ...effects.refused.filter(({ batch }) => batch === key).map(refusedEvent),
      ];
    case 'account':
    case 'review':
      return effects.standings
        .filter(({ accountId }) => accountId === key)
        .map(({ accountId, status }) => ({
          ...{ accountId, kind: 'review.changed', at },
          data: { status },
        }));
    case 'wallet':
      return effects.wallets
        .filter(({ number }) => number === key)
        .map(({ number, accountId, active }) => ({
          ...{ accountId, kind: 'wallet.changed', at },
          data: { wallet_id: Number(number), is_active: active },
        }));
  }
}

function transferEvents(effect: TransferEffect): readonly NewEvent[] {
  const { id, currency, amountMinor, at } = effect;
  const of = { currency, at, why: { reason: 'transfer', transfer_id: Number(id) } };
  const { fromAccount, fromWallet, toAccount, toWallet } = effect;
  return [
    changed({ ...of, accountId: fromAccount, wallet: fromWallet, minor: -amountMinor }),
    changed({ ...of, accountId: toAccount, wallet: toWallet, minor: amountMinor }),
  ];
}

/** One event a payment and side, then one a wallet with all that the batch did to it. */
function settledEvents(payments: readonly PaymentEffect[]): readonly NewEvent[] {
  const totals = new Map<bigint, Change>();
  const add = (accountId: bigint, wallet: bigint, minor: bigint, of: PaymentEffect) => {
    const { currency, at } = of;
    const before = totals.get(wallet)?.minor ?? 0n;
    const why = { reason: 'settlement' };
    totals.set(wallet, { accountId, wallet, currency, at, why, minor: before + minor });
  };
  const told = payments.flatMap((payment): readonly NewEvent[] => {
    const { payer, payee, payerWallet, payeeWallet, amountMinor, at } = payment;
    const isOrder = payer === null || payerWallet === null;
    if (!isOrder) add(payer, payerWallet, -amountMinor, payment);
    add(payee, payeeWallet, amountMinor, payment);
    const data = {
      payment_id: payment.paymentId,
      amount: formatAmount(amountMinor, payment.currency),
      currency: letters(payment.currency),
    };
    const received = { ...data, wallet_id: Number(payeeWallet) };
    const toPayee = { accountId: payee, kind: 'payment.received', at, data: received } as const;
    if (isOrder) return [toPayee];
    const paid = { ...data, wallet_id: Number(payerWallet) };
    return [{ accountId: payer, kind: 'payment.settled', at, data: paid }, toPayee];
  });
  return [...told, ...[...totals.values()].map(changed)];
}

function refusedEvent({ accountId, paymentId, code, at }: RefusalEffect): NewEvent {
  return { accountId, kind: 'payment.rejected', data: { payment_id: paymentId, code }, at };
}

interface Change {
  readonly accountId: bigint;
  readonly wallet: bigint;
  readonly currency: number;
  readonly minor: bigint;
  readonly at: Date;
  readonly why: Readonly<Record<string, string | number>>;
}

function changed({ accountId, wallet, currency, minor, at, why }: Change): NewEvent {
  const amount = formatAmount(minor < 0n ? -minor : minor, currency);
  const change = `${minor < 0n ? '-' : '+'}${amount}`;
  const data = { wallet_id: Number(wallet), change, currency: letters(currency), ...why };
  return { accountId, kind: 'balance.changed', data, at };
}

function letters(currency: number): string {
  const known = currencyOf(currency);
  if (known === undefined) throw new Error(`Currency ${currency} is not in the table.`);
  return known.alpha;
}
