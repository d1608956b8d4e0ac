import type { Act } from '../acts/act.ts';
import { addressedNowhere, friendOf, honestNext, purseOfThief, signRaw } from './raw.ts';

/** The last sequence there is, everything between left out: what is left has to go back at once. */
export const jumpToTheLast: Act = async (world, random) => {
  const purse = await purseOfThief(world, random);
  if (typeof purse === 'string') return purse;
  const { firstSequence, count } = purse.allowance.fields;
  const friend = friendOf(world, random, purse.account);
  // One before the last gives nothing back.
  const sequence = firstSequence + count - (random.chance(0.7) ? 1 : 2);
  const isNext = sequence === purse.lastSequence + 1;
  const amountMinor = BigInt(random.between(1, 1_000));
  const counted = {
    ...{ sequence, amountMinor, spentMinor: purse.spentMinor + amountMinor + (isNext ? 0n : 1n) },
    previous: isNext ? purse.head : random.randomBytes(32),
  };
  const to = addressedNowhere(friend.wallet, random);
  const packets = [await signRaw(world, random, { purse, to, counted })];
  const next = honestNext(purse, 1n);
  // What accuses him in the same batch keeps the money here.
  for (let n = next.sequence < sequence && random.chance(0.5) ? 2 : 0; n > 0; n -= 1) {
    const aside = addressedNowhere(friend.wallet, random);
    packets.push(await signRaw(world, random, { purse, to: aside, counted: next }));
  }
  await world.handIn(friend.account, random.chance(0.5) ? packets : packets.reverse());
  world.counters.count(packets.length > 1 ? 'thief.jump-accused' : 'thief.jump');
  return `${purse.account}: sequence ${sequence}`;
};
