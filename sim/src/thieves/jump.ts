import { pickPayee, pickThief } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import { addressedNowhere, purseOf, signRaw } from './raw.ts';

/** The last sequence there is, everything between left out: what is left has to go back at once. */
export const jumpToTheLast: Act = async (world, random) => {
  const thief = pickThief(world, random);
  if (thief === undefined) return 'no thief';
  const purse = await purseOf(world.phoneOf(thief.account), random);
  if (purse === undefined) return 'no allowance';
  const { firstSequence, count } = purse.allowance.fields;
  const friend = pickPayee(world, random, thief.account);
  const { wallet = 0 } = world.recorder.truth.parties.get(friend.account) ?? {};
  const [sequence, amountMinor] = [firstSequence + count - 1, BigInt(random.between(1, 1_000))];
  const counted = {
    ...{ sequence, amountMinor, spentMinor: purse.spentMinor + amountMinor },
    previous: sequence === purse.lastSequence + 1 ? purse.head : random.randomBytes(32),
  };
  const to = addressedNowhere(wallet, random);
  await world.handIn(friend.account, [await signRaw(world, random, { purse, to, counted })]);
  world.counters.count('thief.jump');
  return `${thief.account}: sequence ${sequence}`;
};
