import type { Random } from '../random.ts';

/** How a thief goes about it, and how the town around him hears of it. Times in seconds. */
export interface Town {
  readonly limitMinor: bigint;
  /** Shops that he pays the whole limit at, one after the other, with copies of one allowance. */
  readonly shops: number;
  /** From one shop to the next. */
  readonly gap: number;
  /** A till meets the bank that often. */
  readonly syncEvery: number;
  /** Customers who pass the newest bulletin on, in shares of 1; one customer each ten minutes. */
  readonly spread: number;
}

export interface Campaign {
  /** Shops that took him in before they heard of him. */
  readonly served: number;
  /** Taken over what his reservation covers: somebody's loss. */
  readonly lossMinor: bigint;
  /** From the first payment that contradicts another to the proof at the bank. */
  readonly detectedAfter: number;
}

const CUSTOMER_EVERY = 600;

/**
 * One thief with copies of one allowance, by what the simulator holds the system to: a till takes
 * at most one limit under an allowance; the bank has its proof as soon as two of the tills have
 * synced; a till that has seen the bulletin takes nothing more; the bank pays one limit.
 */
export function campaign(town: Town, random: Random): Campaign {
  const visits: number[] = [];
  let now = 0;
  for (let shop = 0; shop < town.shops; shop += 1) {
    visits.push(now);
    now += town.gap * (0.5 + fraction(random));
  }
  const phases = visits.map(() => fraction(random) * town.syncEvery);
  // Only those that took him in hand anything in; who that is depends on when they hear of him.
  let detectedAt = Infinity;
  const syncs: number[] = [];
  let served = 0;
  for (const [shop, at] of visits.entries()) {
    const phase = phases[shop] ?? 0;
    if (hearsAt(town, { phase, detectedAt, random }) <= at) continue;
    served += 1;
    syncs.push(nextSync(town, phase, at));
    const [, second] = [...syncs].sort((one, other) => one - other);
    detectedAt = Math.min(detectedAt, second ?? Infinity);
  }
  const contradictedAt = visits[1] ?? 0;
  return {
    served,
    lossMinor: town.limitMinor * BigInt(Math.max(0, served - 1)),
    detectedAfter: detectedAt === Infinity ? 0 : Math.max(0, detectedAt - contradictedAt),
  };
}

interface Hearing {
  readonly phase: number;
  readonly detectedAt: number;
  readonly random: Random;
}

/** At its own sync, or from a customer whose phone has the bulletin. */
function hearsAt(town: Town, { phase, detectedAt, random }: Hearing): number {
  if (detectedAt === Infinity) return Infinity;
  const bySync = nextSync(town, phase, detectedAt);
  if (town.spread === 0) return bySync;
  const wait = (-Math.log(1 - fraction(random)) * CUSTOMER_EVERY) / town.spread;
  return Math.min(bySync, detectedAt + wait);
}

function nextSync({ syncEvery }: Town, phase: number, after: number): number {
  return phase + Math.ceil(Math.max(0, after - phase) / syncEvery) * syncEvery;
}

/** 0 ≤ x < 1. */
function fraction(random: Random): number {
  return random.below(2 ** 31) / 2 ** 31;
}

export interface Expected {
  readonly town: Town;
  readonly served: number;
  readonly lossMinor: bigint;
  /** The mean, and the time within which nine in ten are found. */
  readonly detectedAfter: number;
  readonly nineInTen: number;
}

/** Over so many thieves. */
export function expectedOf(town: Town, random: Random, thieves: number): Expected {
  const all = Array.from({ length: thieves }, () => campaign(town, random));
  const times = all.map(({ detectedAfter }) => detectedAfter).sort((one, other) => one - other);
  const sum = (of: (each: Campaign) => number) => all.reduce((total, each) => total + of(each), 0);
  const lossMinor = all.reduce((total, each) => total + each.lossMinor, 0n) / BigInt(thieves);
  return {
    town,
    served: sum(({ served }) => served) / thieves,
    lossMinor,
    detectedAfter: sum(({ detectedAfter }) => detectedAfter) / thieves,
    nineInTen: times[Math.floor(thieves * 0.9)] ?? 0,
  };
}
