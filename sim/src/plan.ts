import { ACTS } from './acts/index.ts';
import type { BankPolicy } from './bank/port.ts';
import { ORDER_ACTS } from './orders/index.ts';
import type { Random } from './random.ts';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** An event as the seed draws it: leaving one out changes nothing of the others. */
export interface Intent {
  readonly number: number;
  readonly at: number;
  /** Of {@link ACTS} or {@link ORDER_ACTS}. */
  readonly act: string;
  readonly random: Random;
}

/** How many worlds have orders, and how many events of theirs are about them. */
const ORDER_WORLDS = 0.5;
const ORDER_EVENTS = 0.35;

interface Drawing {
  readonly from: number;
  readonly count: number;
  /** Whether the bank takes orders: of ledgers and tills. */
  readonly orders: boolean;
}

/**
 * What happens in a run: a hundred events are a fortnight. What is about orders stands in the place
 * of something else, and is drawn apart, so that worlds without it are what they would be.
 */
export function drawIntents(random: Random, { from, count, orders }: Drawing): readonly Intent[] {
  const weights = weightsOf(ACTS);
  const orderWeights = weightsOf(ORDER_ACTS);
  const hasOrders = orders && random.fork('orders').chance(ORDER_WORLDS);
  let at = from;
  return Array.from({ length: count }, (_, number) => {
    const own = random.fork(`event/${number}`);
    at += drawGap(own);
    const act = own.weighted(weights);
    const instead = own.fork('orders');
    if (!hasOrders || !instead.chance(ORDER_EVENTS)) return { number, at, act, random: own };
    return { number, at, act: instead.weighted(orderWeights), random: own };
  });
}

function weightsOf(acts: typeof ACTS): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(acts).map(([name, { weight }]) => [name, weight]));
}

function drawGap(random: Random): number {
  switch (random.weighted({ minutes: 70, hours: 22, night: 8 })) {
    case 'minutes':
      return random.between(0, 30 * MINUTE);
    case 'hours':
      return random.between(1, 12 * HOUR);
    case 'night':
      return random.between(12 * HOUR, 36 * HOUR);
  }
}

/** Short windows, so that allowances are over and closed while things still happen. */
export function drawPolicy(random: Random): BankPolicy {
  const validSeconds = random.between(2 * DAY, 6 * DAY);
  return {
    perPaymentMinor: BigInt(random.between(3_000, 20_000)),
    count: random.between(4, 30),
    validSeconds,
    claimSeconds: validSeconds + random.between(DAY, 5 * DAY),
  };
}
