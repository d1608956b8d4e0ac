import { currencyOf, formatAmount } from '@sikka/protocol';
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
}

export type OnlineAnswer =
  | { readonly kind: 'paid'; readonly reference: string }
  /** The bank's no: nothing was taken. */
  | { readonly kind: 'refused'; readonly code: string }
  /** No answer came: it may have been paid. Ask again by `resume`. */
  | { readonly kind: 'unknown' };

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

/** Whether an order was sent and the bank's answer to it is not known. */
export async function isOrderOpen(drawer: Drawer): Promise<boolean> {
  return (await drawer.get<KeptOrder>('onlineOrder')) !== undefined;
}

/**
 * Pays online. The order is kept before it is sent, under a key by which the bank knows it again,
 * so that it is paid once at most however often it is asked for. While one is open there is no
 * other: `unknown`, and nothing is sent.
 */
export function payOnline(
  parts: OnlinePaymentParts,
  { receiver, amountMinor, currency }: OnlineOrder,
): Promise<OnlineAnswer> {
  const { drawer, newKey, alone = aloneInAllTabs } = parts;
  return alone(async () => {
    if (await isOrderOpen(drawer)) return { kind: 'unknown' };
    const order: KeptOrder = {
      ...{ receiver, amount: formatAmount(amountMinor, currency), key: newKey() },
      currency: currencyOf(currency)?.alpha ?? String(currency),
    };
    await drawer.put('onlineOrder', order);
    return send(parts, order);
  });
}

/** Asks again for the order that is open; `undefined` where there is none. */
export function resumeOnline(parts: OnlinePaymentParts): Promise<OnlineAnswer | undefined> {
  const { drawer, alone = aloneInAllTabs } = parts;
  return alone(async () => {
    const order = await drawer.get<KeptOrder>('onlineOrder');
    return order && send(parts, order);
  });
}

async function send(
  { client, drawer }: OnlinePaymentParts,
  order: KeptOrder,
): Promise<OnlineAnswer> {
  const { receiver: receiver_id, amount, currency, key } = order;
  const body = { receiver_id, amount, currency, reference: key };
  const answer = await client.createTransaction({ body, idempotencyKey: key });
  if (!answer.ok && !isDecided(answer.problem)) return { kind: 'unknown' };
  // Only what was answered: another order's key is the only thing that keeps it from twice.
  if ((await drawer.get<KeptOrder>('onlineOrder'))?.key === key) await drawer.remove('onlineOrder');
  return answer.ok
    ? { kind: 'paid', reference: answer.value.reference }
    : { kind: 'refused', code: answer.problem.code };
}
