import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { crime } from './thieves.ts';
import type { ThiefKind } from './thieves.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** The simulation's first midnight. */
export const START = Date.UTC(2026, 0, 1);
export const RUPEE = 100;
/** What a policy allows for one item. */
export const LIMIT = 25_000 * RUPEE;

export interface Person {
  readonly account: bigint;
  readonly openedAt: number;
  /** Minor units. */
  readonly usual: number;
  readonly perDay: number;
  /** Hours of the day: from, and how many. */
  readonly from: number;
  readonly hours: number;
  readonly shops: readonly Shop[];
  /** Where the person fetches and leaves cash. */
  readonly agent: Shop;
}

export interface Shop {
  readonly account: bigint;
  readonly openedAt: number;
  readonly device: Device;
  readonly from: number;
  readonly hours: number;
  readonly isAgent: boolean;
}

export interface Device {
  readonly id: string;
  readonly registeredAt: number;
  /** Hours between uploads. */
  readonly every: number;
  /** Seconds; what an honest clock is off. */
  readonly skew: number;
}

/** Something that happened at a till; `kind` is the label. */
export interface Act {
  readonly at: number;
  readonly device: Device;
  readonly payer: bigint;
  readonly payee: bigint;
  readonly amount: number;
  readonly ownFloat: boolean;
  readonly cashOut: boolean;
  readonly kind: 'honest' | ThiefKind;
  /** What shows in the upload. */
  readonly chainGap?: number;
  readonly sequenceFaults?: number;
  readonly failedPins?: number;
  /** Seconds that the whole upload's clock is off. */
  readonly skew?: number;
}

export interface Town {
  readonly people: readonly Person[];
  readonly shops: readonly Shop[];
  /** In the order of time. */
  readonly acts: readonly Act[];
}

export interface TownPlan {
  readonly seed: number;
  readonly days: number;
  readonly people: number;
  readonly shops: number;
  /** How many crimes of each kind. */
  readonly crimes: Readonly<Partial<Record<ThiefKind, number>>>;
  /** No crime before: the time in which habits are learnt. */
  readonly quietDays: number;
}

/** A town of people, shops and thieves: the same for one plan, on every machine. */
export function buildTown(plan: TownPlan): Town {
  const random = createRandom(plan.seed);
  const shops = Array.from({ length: plan.shops }, (_, i) => openShop(random, i, plan));
  const people = Array.from({ length: plan.people }, (_, i) => openPerson(random, i, shops, plan));
  const acts = people.flatMap((person) => livesOf(random, person, plan.days));
  acts.push(...errands(random, { people, shops, days: plan.days }));
  for (const [kind, count] of Object.entries(plan.crimes)) {
    for (let i = 0; i < count; i += 1) {
      const day = random.whole(plan.quietDays, plan.days - 3);
      const scene = { random, people, shops, day, serial: BigInt(i) };
      acts.push(...crime(kind as ThiefKind, scene));
    }
  }
  // Ids break ties, so that the order is one.
  acts.sort((a, b) => a.at - b.at || (a.device.id < b.device.id ? -1 : 1));
  return { people, shops, acts };
}

function openShop(random: Random, index: number, { days, shops }: TownPlan): Shop {
  const isNew = random.chance(0.15);
  const openedAt = isNew
    ? START + random.whole(0, days - 1) * DAY
    : START - random.whole(30, 900) * DAY;
  const isAgent = index < shops / 5;
  return {
    account: BigInt(1_000 + index),
    openedAt,
    from: random.whole(6, 10),
    hours: random.whole(8, 14),
    isAgent,
    device: {
      id: `till-${index}`,
      registeredAt: openedAt,
      every: random.pick([2, 6, 12, 24, 24, 48, 60]),
      // Most clocks are right; some tills have not seen a network for long.
      skew: random.chance(0.92) ? random.whole(0, 40) : random.whole(40, 900),
    },
  };
}

function openPerson(
  random: Random,
  index: number,
  shops: readonly Shop[],
  { days }: TownPlan,
): Person {
  const isNew = random.chance(0.15);
  return {
    account: BigInt(10_000 + index),
    openedAt: isNew ? START + random.whole(0, days - 1) * DAY : START - random.whole(10, 700) * DAY,
    usual: random.whole(150, 2_500) * RUPEE,
    perDay: random.between(0.2, 1.6),
    from: random.whole(7, 15),
    hours: random.whole(4, 8),
    shops: Array.from({ length: random.whole(2, 5) }, () => random.pick(shops)),
    agent: random.pick(shops.filter(({ isAgent }) => isAgent)),
  };
}

/** One person's purchases: mostly usual, and now and then everything that is unusual. */
function livesOf(random: Random, person: Person, days: number): readonly Act[] {
  const acts: Act[] = [];
  for (let day = 0; day < days; day += 1) {
    for (let i = 0; i < 3; i += 1) {
      if (!random.chance(person.perDay / 3)) continue;
      const hour = random.chance(0.05) ? random.whole(0, 23) : hourWithin(random, person);
      const at = START + day * DAY + Math.floor(hour * HOUR);
      if (at < person.openedAt) continue;
      acts.push(purchase(random, person, at));
    }
    // A market day: several shops within two hours.
    if (!random.chance(0.01)) continue;
    const from = START + day * DAY + Math.floor(hourWithin(random, person) * HOUR);
    for (let i = random.whole(3, 6); i > 0 && from > person.openedAt; i -= 1) {
      acts.push(purchase(random, person, from + random.whole(0, 120) * 60_000));
    }
  }
  return acts;
}

function purchase(random: Random, person: Person, at: number): Act {
  const shop = random.pick(person.shops);
  const isLarge = random.chance(0.04);
  const times = isLarge ? random.between(2, 8) : random.between(0.3, 1.7);
  return {
    ...{ at, device: shop.device, payer: person.account, payee: shop.account },
    amount: Math.min(LIMIT, Math.floor(person.usual * times)),
    ...{ ownFloat: false, cashOut: false, kind: 'honest' as const },
    ...(random.chance(0.01) ? { failedPins: random.whole(1, 2) } : {}),
    ...(random.chance(0.004) ? { sequenceFaults: 1 } : {}),
    ...(random.chance(0.004) ? { chainGap: random.whole(1, 2) } : {}),
  };
}

interface Errands {
  readonly people: readonly Person[];
  readonly shops: readonly Shop[];
  readonly days: number;
}

/** What looks suspicious and is not: strangers' shops, cash at agents, friends, saving circles. */
function errands(random: Random, { people, shops, days }: Errands): readonly Act[] {
  const agents = shops.filter(({ isAgent }) => isAgent);
  const acts: Act[] = [];
  const add = (act: Omit<Act, 'kind'>) => acts.push({ ...act, kind: 'honest' });
  const anyTime = (person: Person) =>
    START + random.whole(0, days - 1) * DAY + Math.floor(hourWithin(random, person) * HOUR);
  const plain = { ownFloat: false, cashOut: false };
  for (let i = people.length * 3; i > 0; i -= 1) {
    const person = random.pick(people);
    const at = Math.max(person.openedAt, anyTime(person));
    const shop = random.pick(shops);
    const amount = Math.min(LIMIT, Math.floor(person.usual * random.between(0.4, 3)));
    add({ at, device: shop.device, payer: person.account, payee: shop.account, amount, ...plain });
  }
  for (let i = days * agents.length * 3; i > 0; i -= 1) {
    const person = random.pick(people);
    const agent = random.chance(0.85) ? person.agent : random.pick(agents);
    const at = Math.max(person.openedAt, agent.openedAt, anyTime(person));
    const amount = Math.min(LIMIT, Math.floor(person.usual * random.between(1, 5)));
    const isOut = random.chance(0.5);
    const [payer, payee] = isOut ? [person, agent] : [agent, person];
    const cash = { ownFloat: !isOut, cashOut: isOut, amount };
    add({ at, device: agent.device, payer: payer.account, payee: payee.account, ...cash });
  }
  for (let i = people.length; i > 0; i -= 1) {
    // Friends and saving circles: money goes round between people who know each other.
    const size = random.pick([2, 2, 2, 3, 4]);
    const circle = Array.from({ length: size }, () => random.pick(people));
    const amount = random.whole(5, 60) * 100 * RUPEE;
    const from = anyTime(random.pick(people));
    circle.forEach((person, index) => {
      const payee = circle[(index + 1) % size] ?? person;
      const at = Math.max(person.openedAt, from + random.whole(0, 5 * 24) * HOUR);
      if (payee === person) return;
      const { device } = random.pick(person.shops);
      add({ at, device, payer: person.account, payee: payee.account, amount, ...plain });
    });
  }
  return acts;
}

export function hourWithin(
  random: Random,
  { from, hours }: { readonly from: number; readonly hours: number },
): number {
  return (from + random.next() * hours) % 24;
}
