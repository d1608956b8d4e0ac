import { ACTS } from './acts/index.ts';
import type { BankPolicy } from './bank/port.ts';
import type { Random } from './random.ts';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** An event as the seed draws it: leaving one out changes nothing of the others. */
export interface Intent {
  readonly number: number;
  readonly at: number;
  /** Of {@link ACTS}. */
  readonly act: string;
  readonly random: Random;
}

/** What happens in a run: a hundred events are a fortnight. */
export function drawIntents(
  random: Random,
  { from, count }: { readonly from: number; readonly count: number },
): readonly Intent[] {
  const weights = Object.fromEntries(
    Object.entries(ACTS).map(([name, { weight }]) => [name, weight]),
  );
  let at = from;
  return Array.from({ length: count }, (_, number) => {
    const own = random.fork(`event/${number}`);
    at += drawGap(own);
    return { number, at, act: own.weighted(weights), random: own };
  });
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
