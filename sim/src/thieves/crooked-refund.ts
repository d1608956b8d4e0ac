import { documentId, encodePacket, fromHex, hex, signDocument } from '@sikka/protocol';
import type { Refund } from '@sikka/protocol';
import { pickPayee, short } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import type { RefundView } from '../bank/port.ts';
import type { Random } from '../random.ts';
import { refundOf } from '../recorder.ts';
import { PKR } from '../world.ts';
import { credentialOf } from './liars.ts';

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
  const held = await credentialOf(phone);
  const { signer } = phone.vault;
  const [payment] = fitting.length === 0 ? [] : [random.pick(fitting)];
  if (payment === undefined || held === undefined || signer === undefined) return 'no refund';
  const done = refunds.filter(({ paymentId }) => paymentId === payment.id);
  const honest = nextOf(payment.id, done);
  const fields: Refund = {
    ...{ type: 'refund', paymentId: fromHex(payment.id), currency: PKR },
    ...honest,
    ...CROOKED[name]?.(honest, { random, paidMinor: payment.amountMinor }),
  };
  const refund = await signDocument(fields, signer, held.credentialId);
  const { suite, payload } = refund;
  const id = hex(documentId({ type: 'refund', suite, parentId: held.credentialId }, payload));
  world.recorder.signedRefund(refundOf(id, fields, phone.account));
  const { credential } = held;
  const packet = encodePacket({ kind: 'refund', credential, refund });
  const paid = signed.get(payment.id)?.packet;
  await world.handIn(phone.account, paid === undefined ? [packet] : [paid, packet]);
  world.counters.count('thief.crooked-refund');
  return `${phone.name}: ${name}, ${short(id)} of ${short(payment.id)}`;
};

type Counted = Pick<Refund, 'amountMinor' | 'cumulativeMinor' | 'number' | 'previous'>;

/** One unit of money: whoever was paid has that. */
function nextOf(paymentId: string, done: readonly RefundView[]): Counted {
  const given = done.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const number = done.length + 1;
  const previous = fromHex(done.find((each) => each.number === number - 1)?.id ?? paymentId);
  return { amountMinor: 1n, cumulativeMinor: given + 1n, number, previous };
}

type Crook = (
  honest: Counted,
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
