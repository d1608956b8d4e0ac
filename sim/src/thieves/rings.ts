import { fromHex, walletNumberWithCheckDigit } from '@sikka/protocol';
import { pickPayee, pickThief, short } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import { requestAllowance, settleIn, syncPhone } from '../acts/keep.ts';
import { tradeBetween } from '../acts/trade.ts';
import type { Random } from '../random.ts';
import { addressedNowhere, purseOfThief, signRaw } from './raw.ts';
import type { Counted, Purse } from './raw.ts';
import { refundKeyOf, signRefundRaw } from './refunds.ts';
import { signReturnRaw } from './returns.ts';
import type { Said } from './returns.ts';

const DAY = 86_400;
/** A wallet's number that no bank gave out. */
const NOBODY = walletNumberWithCheckDigit(99_999_999_999);

/** Documents as nobody's wallet signs them, to a friend or to a stranger, handed in at once. */
export const collude: Act = async (world, random) => {
  const purse = await purseOfThief(world, random);
  if (typeof purse === 'string') return purse;
  const packets: Uint8Array[] = [];
  for (let n = random.between(1, 4); n > 0; n -= 1) {
    const friend = pickPayee(world, random, random.chance(0.8) ? purse.account : '');
    const wallet = world.recorder.truth.parties.get(friend.account)?.wallet ?? NOBODY;
    const to = addressedNowhere(random.chance(0.95) ? wallet : NOBODY, random);
    packets.push(await signRaw(world, random, { purse, to, counted: drawn(purse, random) }));
  }
  world.counters.count('thief.collude');
  const { account } = random.pick(world.parties);
  await world.handIn(account, packets);
  return `${purse.account}: ${packets.length} by ${account}`;
};

/** Any number, any sum: now the next one, now a gap, now one that goes back. */
function drawn({ lastSequence, spentMinor, head, allowance }: Purse, random: Random): Counted {
  const { limitMinor, firstSequence } = allowance.fields;
  const sequence = firstSequence + random.below(Math.max(1, lastSequence - firstSequence + 4));
  const amountMinor = BigInt(random.between(0, Math.ceil(Number(limitMinor) / 3)));
  const isNext = sequence === lastSequence + 1;
  const spent = isNext ? spentMinor : BigInt(random.between(0, Number(limitMinor)));
  const previous = isNext || random.chance(0.3) ? head : random.randomBytes(32);
  return { sequence, amountMinor, spentMinor: spent + amountMinor, previous };
}

/** "I sign no more", with a total that is not true; and then it goes on signing. */
export const lyingReturn: Act = async (world, random) => {
  const purse = await purseOfThief(world, random);
  if (typeof purse === 'string') return purse;
  const packets: Uint8Array[] = [];
  for (let n = random.chance(0.3) ? 2 : 1; n > 0; n -= 1) {
    const lie = said(purse, random);
    const foreign = random.chance(0.9) ? {} : { nonce: random.randomBytes(8) };
    packets.push(await signReturnRaw(world, { purse, said: lie, ...foreign }));
  }
  for (const packet of packets) await world.handIn(purse.account, [packet]);
  world.counters.count('thief.lying-return');
  return `${purse.account}: ${packets.length}`;
};

/** What is true, that nothing was ever signed, or that the last was not. */
function said({ lastSequence, spentMinor, head, allowance, allowanceId }: Purse, random: Random) {
  const { firstSequence } = allowance.fields;
  const nothing: Said = { lastSequence: firstSequence - 1, totalMinor: 0n, head: allowanceId };
  const truth: Said = { lastSequence, totalMinor: spentMinor, head };
  const but: Said = { ...truth, lastSequence: lastSequence - 1, head: random.randomBytes(32) };
  return random.pick([truth, nothing, lastSequence > firstSequence ? but : nothing]);
}

/** Gives back what was not received, more than was received, or under a number that is taken. */
export const falseRefund: Act = async (world, random) => {
  const thief = pickThief(world, random);
  const payments = [...world.recorder.truth.signed.values()];
  if (thief === undefined || payments.length === 0) return 'nothing to refund';
  const key = await refundKeyOf(world.phoneOf(thief.account));
  if (key === undefined) return 'not enrolled';
  const { wallet, currency } = key.credential.fields;
  const mine = payments.filter(({ payeeWallet }) => payeeWallet === wallet);
  const payment = random.pick(mine.length > 0 && random.chance(0.7) ? mine : payments);
  const number = random.chance(0.7) ? 1 : random.between(2, 3);
  const given = payment.amountMinor + BigInt(random.chance(0.5) ? 1 : 0);
  const amountMinor = given === 0n ? 1n : given;
  const paymentId = fromHex(payment.id);
  const { id, packet } = await signRefundRaw(world, key, {
    ...{ type: 'refund', paymentId, number, amountMinor, currency },
    ...{ cumulativeMinor: amountMinor, previous: paymentId },
  });
  await world.handIn(thief.account, [packet]);
  world.counters.count('thief.false-refund');
  return `${thief.account}: ${short(id)} of ${short(payment.id)}`;
};

/** Several phones of one account, each with an allowance of its own. */
export const splitLimits: Act = async (world, random) => {
  const thief = pickThief(world, random);
  if (thief === undefined) return 'no thief';
  const first = world.phoneOf(thief.account);
  const lines = [await requestAllowance(world, random, first)];
  world.buyPhone(thief);
  lines.push(await settleIn(world, random, thief));
  world.counters.count('thief.split-limits');
  for (const payer of [first, world.phoneOf(thief.account)]) {
    const payee = world.phoneOf(pickPayee(world, random, thief.account).account);
    lines.push(await tradeBetween(world, random, { payer, payee }));
  }
  return `${thief.account}: ${lines.join('; ')}`;
};

/** Money in a circle: every payment is a good one, and what is left is what there was. */
export const ring: Act = async (world, random) => {
  const thief = pickThief(world, random);
  const friend = world.parties.find(({ role, thief: bad }) => role === 'both' && !bad);
  if (thief === undefined || friend === undefined) return 'no ring';
  const [one, two] = [world.phoneOf(thief.account), world.phoneOf(friend.account)];
  const there = await tradeBetween(world, random, { payer: one, payee: two });
  const back = await tradeBetween(world, random, { payer: two, payee: one });
  world.counters.count('thief.ring');
  return `${there}; ${back}`;
};

/** Takes payments and says nothing of them until shortly before or after the window ends. */
export const withhold: Act = async (world, random) => {
  const thief = pickThief(world, random);
  if (thief === undefined) return 'no thief';
  const phone = world.phoneOf(thief.account);
  phone.link.clogged = true;
  world.counters.count('thief.withhold');
  const days = random.between(1, Math.ceil((world.policy.claimSeconds / DAY) * 1.3));
  world.later(days * DAY, 'withheld is handed in', async () => {
    phone.link.clogged = false;
    return syncPhone(world, phone);
  });
  return `${phone.name} for ${days} days`;
};
