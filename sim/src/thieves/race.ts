import { pickPayee } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import { addressedNowhere, honestNext, purseOfThief, signRaw } from './raw.ts';

/**
 * Two payments that cannot both be true, brought to the bank by two accounts at one moment, one of
 * them twice. With real connections whichever comes first settles, and only that.
 */
export const race: Act = async (world, random) => {
  const purse = await purseOfThief(world, random);
  if (typeof purse === 'string') return purse;
  const [one, other] = [pickPayee(world, random), pickPayee(world, random, purse.account)];
  const first = honestNext(purse, BigInt(random.between(2, 2_000)));
  const amountMinor = BigInt(random.between(2, 2_000));
  // One sequence is left out, and its sum forgets a part of what was spent before.
  const second = {
    ...{ sequence: first.sequence + 2, amountMinor, previous: random.randomBytes(32) },
    spentMinor: first.spentMinor + amountMinor - 1n,
  };
  const sign = async (counted: typeof first) => {
    const { wallet = 0 } = world.recorder.truth.parties.get(one.account) ?? {};
    return signRaw(world, random, { purse, to: addressedNowhere(wallet, random), counted });
  };
  const [early, late] = [await sign(first), await sign(second)];
  // A bank that dies under two calls at once is for the tests of its processes.
  world.armBank(0);
  world.counters.count('thief.race');
  await Promise.all([
    world.handIn(one.account, [early]),
    world.handIn(other.account, [late]),
    world.handIn(purse.account, [early]),
  ]);
  return `${purse.account}: two at once`;
};
