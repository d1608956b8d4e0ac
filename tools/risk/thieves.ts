import type { Random } from './random.ts';
import type { Act, Device, Person, Shop } from './town.ts';
import { DAY, HOUR, LIMIT, RUPEE, START } from './town.ts';

/** The kinds of thief; `ABSENT_KIND` is in no training. */
export const THIEF_KINDS = [
  'stolen_phone',
  'float_drain',
  'clock_shift',
  'ring',
  'cut_chain',
  'dormant_takeover',
] as const;
export type ThiefKind = (typeof THIEF_KINDS)[number];

/** The model never sees it before it is measured on it. */
export const ABSENT_KIND: ThiefKind = 'dormant_takeover';

export interface Scene {
  readonly random: Random;
  readonly people: readonly Person[];
  readonly shops: readonly Shop[];
  readonly day: number;
  /** Of its kind. */
  readonly serial: bigint;
}

/** One crime from beginning to end. */
export function crime(kind: ThiefKind, scene: Scene): readonly Act[] {
  switch (kind) {
    case 'stolen_phone':
      return stolenPhone(scene);
    case 'float_drain':
      return floatDrain(scene);
    case 'clock_shift':
      return clockShift(scene);
    case 'ring':
      return ring(scene);
    case 'cut_chain':
      return cutChain(scene);
    case 'dormant_takeover':
      return dormantTakeover(scene);
  }
}

/** Guesses the PIN, then spends fast wherever the victim never was. */
function stolenPhone({ random, people, shops, day }: Scene): readonly Act[] {
  const victim = random.pick(people);
  const from = START + day * DAY + random.whole(0, 23) * HOUR;
  const pins = random.whole(2, 6);
  return Array.from({ length: random.whole(4, 12) }, (_, index) => {
    const { device, account } = random.pick(shops);
    return {
      ...{ at: from + random.whole(0, 180) * 60_000, device, payer: victim.account },
      ...{ payee: account, amount: atMost(victim.usual * random.between(1.5, 6)) },
      ...{ ownFloat: false, cashOut: random.chance(0.2), kind: 'stolen_phone' as const },
      ...(index === 0 ? { failedPins: pins } : {}),
    };
  });
}

/** A stolen till, or one registered for it, pays its tenant's float out to helpers. */
function floatDrain({ random, people, shops, day, serial }: Scene): readonly Act[] {
  const agent = random.pick(shops.filter(({ isAgent }) => isAgent));
  const from = START + day * DAY + random.whole(0, 23) * HOUR;
  const fresh: Device = {
    ...{ id: `drain-${serial}`, registeredAt: from - random.whole(1, 72) * HOUR },
    ...{ every: 2, skew: random.whole(0, 60) },
  };
  const device = random.chance(0.5) ? fresh : agent.device;
  const helpers = Array.from({ length: random.whole(3, 6) }, () => random.pick(people).account);
  return Array.from({ length: random.whole(20, 60) }, () => ({
    ...{ at: from + random.whole(0, 90) * 60_000, device, payer: agent.account },
    ...{ payee: random.pick(helpers), amount: Math.floor(LIMIT * random.between(0.5, 1)) },
    ...{ ownFloat: true, cashOut: false, kind: 'float_drain' as const },
  }));
}

/** A shop sets its till's clock, so that what is over seems to be in time. */
function clockShift({ random, people, shops, day }: Scene): readonly Act[] {
  const shop = random.pick(shops);
  const from = START + day * DAY + random.whole(0, 23) * HOUR;
  const skew = random.whole(600, 1_750);
  return Array.from({ length: random.whole(4, 10) }, () => {
    const victim = random.pick(people);
    return {
      ...{ at: from + random.whole(0, 240) * 60_000, device: shop.device, skew },
      ...{ payer: victim.account, payee: shop.account },
      amount: atMost(victim.usual * random.between(0.8, 3)),
      ...{ ownFloat: false, cashOut: false, kind: 'clock_shift' as const },
      sequenceFaults: random.whole(0, 3),
    };
  });
}

/** Accounts opened for it pass one sum round, to make turnover. */
function ring({ random, shops, day, serial }: Scene): readonly Act[] {
  const size = random.whole(3, 5);
  const accounts = Array.from({ length: size }, (_, i) => 500_000n + serial * 10n + BigInt(i));
  const { device } = random.pick(shops);
  const from = START + day * DAY + random.whole(8, 22) * HOUR;
  const amount = random.whole(30, 200) * 100 * RUPEE;
  return Array.from({ length: size * random.whole(2, 4) }, (_, index) => ({
    ...{ at: from + index * random.whole(3, 25) * 60_000, device },
    ...{ payer: accounts[index % size] ?? 0n, payee: accounts[(index + 1) % size] ?? 0n },
    ...{ amount: atMost(amount * random.between(0.95, 1)), ownFloat: false, cashOut: false },
    kind: 'ring' as const,
  }));
}

/** A changed app leaves entries out, so that some of its payments never come to light. */
function cutChain({ random, people, day }: Scene): readonly Act[] {
  const thief = random.pick(people);
  const from = START + day * DAY + random.whole(7, 20) * HOUR;
  return Array.from({ length: random.whole(3, 8) }, () => {
    const { device, account } = random.pick(thief.shops);
    return {
      ...{ at: from + random.whole(0, 30) * HOUR, device, payer: thief.account },
      ...{ payee: account, amount: atMost(thief.usual * random.between(0.7, 4)) },
      ...{ ownFloat: false, cashOut: false, kind: 'cut_chain' as const },
      chainGap: random.whole(1, 6),
    };
  });
}

/**
 * Takes over an account that its owner hardly uses, knows the PIN, and empties it over two days by
 * day, a little above the usual, at shops and agents where it never was.
 */
function dormantTakeover({ random, people, shops, day }: Scene): readonly Act[] {
  const quiet = people.filter(({ perDay }) => perDay < 0.5);
  const victim = random.pick(quiet.length > 0 ? quiet : people);
  return Array.from({ length: random.whole(4, 9) }, () => {
    const shop = random.pick(shops);
    const at = START + (day + random.whole(0, 1)) * DAY + random.whole(9, 20) * HOUR;
    return {
      ...{ at: at + random.whole(0, 59) * 60_000, device: shop.device },
      ...{ payer: victim.account, payee: shop.account },
      amount: atMost(victim.usual * random.between(1, 3.5)),
      ...{ ownFloat: false, cashOut: shop.isAgent, kind: 'dormant_takeover' as const },
    };
  });
}

function atMost(amount: number): number {
  return Math.min(LIMIT, Math.floor(amount));
}
