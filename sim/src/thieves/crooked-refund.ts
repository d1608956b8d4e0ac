import { fromHex } from '@sikka/protocol';
import type { Refund } from '@sikka/protocol';
import { pickPayee, short } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import type { Random } from '../random.ts';
import { PKR } from '../world.ts';
import { nextRefund, refundKeyOf, signRefundRaw } from './refunds.ts';
import type { NextRefund } from './refunds.ts';

const OTHER_CURRENCY = 840;

/**
 * A till's key in the hands of its clerk: one field of a refund is not as it has to be. The payment
 * is handed in beside it, so that the bank has read both wallets.
 */
export const crookedRefund: Act = async (world, random) => {
  const phone = world.phoneOf(pickPayee(world, random).account);
  const { settled, refunds } = await world.bank.observe();
  const { parties, signed } = world.recorder.truth;
  const own = parties.get(phone.account)?.wallet;
  const name = random.pick(Object.keys(CROOKED));
  const fitting = settled.filter(({ payeeWallet }) => {
    return (payeeWallet === own) === (name !== 'somebodyElses');
  });
  const key = await refundKeyOf(phone);
  const [payment] = fitting.length === 0 ? [] : [random.pick(fitting)];
  if (payment === undefined || key === undefined) return 'no refund';
  const done = refunds.filter(({ paymentId }) => paymentId === payment.id);
  const honest = nextRefund(payment.id, done);
  const { id, packet } = await signRefundRaw(world, key, {
    ...{ type: 'refund', paymentId: fromHex(payment.id), currency: PKR },
    ...honest,
    ...CROOKED[name]?.(honest, { random, paidMinor: payment.amountMinor }),
  });
  const paid = signed.get(payment.id)?.packet;
  await world.handIn(phone.account, paid === undefined ? [packet] : [paid, packet]);
  world.counters.count('thief.crooked-refund');
  return `${phone.name}: ${name}, ${short(id)} of ${short(payment.id)}`;
};

type Crook = (
  honest: NextRefund,
  given: { readonly random: Random; readonly paidMinor: bigint },
) => Partial<Refund>;

const CROOKED: Readonly<Record<string, Crook>> = {
  somebodyElses: () => ({}),
  numberLeftOut: ({ number }) => ({ number: number + 1 }),
  numberTaken: ({ number }) => ({ number: Math.max(1, number - 1) }),
  anotherPast: (_, { random }) => ({ previous: random.randomBytes(32) }),
  sumForgotten: ({ cumulativeMinor }) => ({ cumulativeMinor: cumulativeMinor + 1n }),
  oneTooMuch: ({ cumulativeMinor }, { paidMinor }) => {
    return { amountMinor: paidMinor + 2n - cumulativeMinor, cumulativeMinor: paidMinor + 1n };
  },
  anotherCurrency: () => ({ currency: OTHER_CURRENCY }),
};
