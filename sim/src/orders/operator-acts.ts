import type { Act } from '../acts/act.ts';
import { handNatively } from './till-acts.ts';
import { bringHeld } from './till-thieves.ts';
import { townOf } from './town.ts';

const DAY = 86_400;

/** More money for a limit or a float: what waited for it may go through. */
export const topUp: Act = async (world, random) => {
  const town = await townOf(world);
  if (town === undefined) return 'no orders here';
  const people = town.people.filter(({ wallet }) => wallet !== 0).map(({ userId }) => userId);
  const signer = random.pick([...people, ...new Set(town.tills.map(({ tenant }) => tenant))]);
  const amountMinor = BigInt(random.between(1_000, 60_000));
  const done = await world.bankDoes(() => town.desk.topUp(signer, amountMinor));
  if (done) world.recorder.orders.loaded(signer, amountMinor);
  world.counters.count('order.topped-up');
  return `${signer} ${done ? amountMinor : 'died'}`;
};

/** An operator stops somebody, and some days later lets him go on. */
export const suspend: Act = async (world, random) => {
  const town = await townOf(world);
  if (town === undefined) return 'no orders here';
  const person = random.pick(town.people.filter(({ wallet }) => wallet !== 0));
  const till = random.pick(town.tills);
  const isPerson = random.chance(0.6);
  const isRevoked = random.chance(0.1) && till.thief;
  const set = (isOn: boolean) =>
    world.bankDoes(() => {
      if (isPerson) return town.desk.setApproved(person.userId, isOn);
      const off = isRevoked ? 'revoked' : 'suspended';
      return town.desk.setStatus(till.deviceId, isOn ? 'active' : off);
    });
  world.counters.count(`order.${isPerson ? 'person' : 'till'}.stopped`);
  const isOff = await set(false);
  const bundle = isPerson ? undefined : till.bundles.at(-1);
  world.later(random.between(3_600, 2 * DAY), 'somebody is let go on', async () => {
    return (await set(true)) ? 'done' : 'died';
  });
  if (isPerson || !isOff || bundle === undefined) return isPerson ? person.userId : till.deviceId;
  // What of its last bundle is not settled yet, somebody brings now.
  return `${till.deviceId}: ${await handNatively(world, random, { till, bundle })}`;
};

/** Somebody looks at what is held; the worker decides what he said. */
export const decideReviews: Act = async (world, random) => {
  const town = await townOf(world);
  if (town === undefined) return 'no orders here';
  const { orders } = await world.bank.observe();
  const open = orders?.reviews.filter(({ outcome }) => outcome === undefined) ?? [];
  let decided = 0;
  for (const review of open) {
    const { id } = review;
    if (!random.chance(0.7)) continue;
    const verdict = random.chance(0.6) ? 'released' : 'rejected';
    const isDone = await world.bankDoes(() => town.desk.decideReview(id, verdict));
    if (isDone) decided += 1;
    world.counters.count(`order.review.${verdict}`);
    const again = { town, review: { ...review, outcome: verdict } } as const;
    if (isDone && random.chance(0.6)) await bringHeld(world, random, again);
  }
  return `${decided} of ${open.length}`;
};
