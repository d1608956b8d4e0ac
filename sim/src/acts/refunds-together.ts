import { fromHex } from '@sikka/protocol';
import { nextRefund, refundKeyOf, signRefundRaw } from '../thieves/refunds.ts';
import type { World } from '../world.ts';
import { PKR } from '../world.ts';
import { pickPayee, short } from './act.ts';
import type { Act } from './act.ts';

/**
 * Two refunds of one payment in one batch, the second before the first, and the payment behind
 * them: the bank takes payments first, then refunds by number (spec/settlement.md §2).
 */
export const refundTogether: Act = async (world, random) => {
  const phone = world.phoneOf(pickPayee(world, random).account);
  const { parties, signed } = world.recorder.truth;
  const wallet = parties.get(phone.account)?.wallet;
  const own = [...signed.values()].filter(({ payeeWallet, amountMinor, currency }) => {
    return payeeWallet === wallet && amountMinor > 1n && currency === PKR;
  });
  if (own.length === 0) return `${phone.name}: nothing to refund`;
  const { refunds, settled } = await world.bank.observe();
  const stands = new Set(settled.map(({ id }) => id));
  const waiting = own.filter(({ id }) => !stands.has(id));
  const payment = random.pick(waiting.length > 0 && random.chance(0.7) ? waiting : own);
  const done = refunds.filter(({ paymentId }) => paymentId === payment.id);
  const next = nextRefund(payment.id, done);
  if (next.cumulativeMinor + 1n > payment.amountMinor) return `${phone.name}: all is given back`;
  const key = await refundKeyOf(phone);
  if (key === undefined) return `${phone.name}: no credential`;
  const of = { type: 'refund', paymentId: fromHex(payment.id), currency: PKR } as const;
  const first = await signRefundRaw(world, key, { ...of, ...next });
  const after = nextRefund(payment.id, [...done, { ...next, id: first.id }]);
  const second = await signRefundRaw(world, key, { ...of, ...after });
  await world.handIn(phone.account, [second.packet, first.packet, payment.packet, first.packet]);
  world.counters.count('refunds.together');
  const words = wordsOf(world);
  const isPaid = words.get(payment.id) === 'settled';
  // What was paid just now is there to be given back.
  const word = words.get(first.id) ?? '';
  const isUnknown = word === 'refund_unknown_payment';
  const isPoor = word === 'insufficient_funds' && !stands.has(payment.id);
  const isAfter = word === 'recorded';
  const isTooEarly = words.get(second.id) === 'refund_out_of_order';
  if ((isPaid && (isUnknown || isPoor)) || (isAfter && isTooEarly)) {
    const detail = `refunds ${first.id} and ${second.id} were not taken in their order`;
    world.report({ invariant: 'refunds-in-order', detail });
  }
  return `${phone.name}: ${short(payment.id)}, ${[...words.values()].join(', ')}`;
};

/** What the last batch was answered, by document. */
function wordsOf({ recorder: { truth } }: World): ReadonlyMap<string, string> {
  const last = truth.answers.at(-1)?.batch;
  const answers = truth.answers.filter(({ batch }) => batch === last);
  return new Map(answers.map(({ documentId: id, result, code }) => [id, code ?? result]));
}
