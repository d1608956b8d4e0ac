import type { Act } from './act.ts';
import { settleIn } from './keep.ts';
import { drawParty } from '../parties.ts';

/** As many as a world can have: each is at the bank once more at its end. */
const MOST_PARTIES = 24;

/** Somebody new with money: in a long world those before have spent theirs. */
export const moveIn: Act = async (world, random) => {
  const { parties, bank, recorder } = world;
  if (parties.length >= MOST_PARTIES) return 'no room';
  const plan = drawParty(random, `new-${parties.length + 1}`);
  const { account, balanceMinor, role, thief } = plan;
  const wallet = await bank.openAccount(account, balanceMinor);
  world.reached += 1;
  recorder.party({ account, wallet, balanceMinor, role, dishonest: thief });
  parties.push(plan);
  world.buyPhone(plan);
  world.counters.count('party.moved-in');
  return `${account}: ${await settleIn(world, random, plan)}`;
};
