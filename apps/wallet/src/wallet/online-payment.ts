import { currencyOf, formatAmount, parseAmount } from '@sikka/protocol';
import type { AppClient } from '../account/bank-client.ts';
import type { Drawer } from '../vault/drawer.ts';
import { aloneInAllTabs } from './alone.ts';
import type { Alone } from './alone.ts';
import { isDecided } from './decided.ts';

/** A payment from the online balance to a wallet's number. */
export interface OnlineOrder {
  readonly receiver: number;
  readonly amountMinor: bigint;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** Once it was sent: the name by which the bank knows it. */
  readonly key?: string;
}

/** The order is the one that the answer is about: not always the one that was asked for last. */
export type OnlineAnswer = { readonly order: OnlineOrder } & (
  | { readonly kind: 'paid'; readonly reference: string }
  /** The bank's no: nothing was taken. */
  | { readonly kind: 'refused'; readonly code: string }
  /** No answer came: it may have been paid. Ask again by `resume`. */
  | { readonly kind: 'unknown' }
  /** The bank has answered it elsewhere, in another tab. */
  | { readonly kind: 'elsewhere' }
);

/** As the drawer keeps it, before it is sent: what is repeated is the same order. */
interface KeptOrder {
  readonly receiver: number;
  readonly amount: string;
  readonly currency: string;
  readonly key: string;
}

export interface OnlinePaymentParts {
  readonly client: Pick<AppClient, 'createTransaction'>;
  readonly drawer: Drawer;
  /** Fresh at each call: names an order for ever. */
  readonly newKey: () => string;
  /** `aloneInAllTabs` where nothing else is given. */
  readonly alone?: Alone;
}

/** The order that was sent and whose answer is not known. */
export async function openOrder(drawer: Pick<Drawer, 'get'>): Promise<OnlineOrder | undefined> {
  const kept = await drawer.get<KeptOrder>('onlineOrder');
  return kept && orderOf(kept);
}

/**
 * Pays online. The order is kept before it is sent, under a key by which the bank knows it again,
 * so that it is paid once at most however often it is asked for. While one is open there is no
 * other: that one comes back as `unknown`, and nothing is sent.
 */
export function payOnline(
  parts: OnlinePaymentParts,
  { receiver, amountMinor, currency }: OnlineOrder,
): Promise<OnlineAnswer> {
  const { drawer, newKey, alone = aloneInAllTabs } = parts;
  return alone(async () => {
    const before = await openOrder(drawer);
    if (before !== undefined) return { kind: 'unknown', order: before };
    const order: KeptOrder = {
      ...{ receiver, amount: formatAmount(amountMinor, currency), key: newKey() },
      currency: currencyOf(currency)?.alpha ?? String(currency),
    };
    await drawer.put('onlineOrder', order);
    return send(parts, order);
  });
}

/** Asks again for the order that is open; `elsewhere` where the one that was shown no longer is. */
export function resumeOnline(parts: OnlinePaymentParts, shown: OnlineOrder): Promise<OnlineAnswer> {
  const { drawer, alone = aloneInAllTabs } = parts;
  return alone(async () => {
    const order = await drawer.get<KeptOrder>('onlineOrder');
    const isShown = order !== undefined && (shown.key ?? order.key) === order.key;
    return isShown ? send(parts, order) : { kind: 'elsewhere', order: shown };
  });
}

async function send(
  { client, drawer }: OnlinePaymentParts,
  order: KeptOrder,
): Promise<OnlineAnswer> {
  const { receiver: receiver_id, amount, currency, key } = order;
  const body = { receiver_id, amount, currency, reference: key };
  const answer = await client.createTransaction({ body, idempotencyKey: key });
  const about = { order: orderOf(order) };
  if (!answer.ok && !isDecided(answer.problem)) return { kind: 'unknown', ...about };
  // Only what was answered: another order's key is the only thing that keeps it from twice.
  if ((await drawer.get<KeptOrder>('onlineOrder'))?.key === key) await drawer.remove('onlineOrder');
  return answer.ok
    ? { kind: 'paid', reference: answer.value.reference, ...about }
    : { kind: 'refused', code: answer.problem.code, ...about };
}

function orderOf({ receiver, amount, currency, key }: KeptOrder): OnlineOrder {
  const parsed = parseAmount(amount, currency);
  const number = currencyOf(currency)?.numeric ?? Number(currency);
  return { receiver, amountMinor: parsed.ok ? parsed.value : 0n, currency: number, key };
}
