import type { Facts } from './facts.ts';

/** In thousandths: 0 says nothing, 1,000 says all that this feature can say. */
export type Features = Readonly<Record<FeatureName, number>>;

interface Feature {
  /** For people, after "because". */
  readonly sentence: string;
  readonly of: (facts: Facts) => number;
}

/**
 * What the model looks at. Each grows with suspicion and only with it, so that a weight can be
 * read. Whole numbers all the way: `ramp` divides once and rounds down.
 */
export const FEATURES = {
  payer_hour: one('the payer paid often within an hour', (f) => ramp(f.payer_hour, 2, 10)),
  payer_day: one('the payer paid often within a day', (f) => ramp(f.payer_day, 6, 30)),
  payer_spread: one('the payer paid many within a day', (f) => ramp(f.payer_payees_day, 3, 12)),
  device_hour: one('the device was busy for an hour', (f) => ramp(f.device_hour, 20, 120)),
  device_day: one('the device was busy for a day', (f) => ramp(f.device_day, 50, 300)),
  over_mean: one('the amount is above what is usual', (f) => ramp(f.amount_of_mean, 150, 800)),
  over_most: one('the amount is above any before', (f) => ramp(f.amount_of_most, 110, 400)),
  near_limit: one('the amount is at the limit', (f) => ramp(f.amount_of_limit, 70, 98)),
  new_payee: one('the payer never paid this payee', (f) => ramp(f.new_payee, 0, 1)),
  unfamiliar: one('much to somebody who was never paid', (f) =>
    f.new_payee === 1 ? ramp(f.amount_of_mean, 120, 500) : 0,
  ),
  spree: one('several in a day who were never paid', (f) =>
    f.new_payee === 1 ? ramp(f.payer_payees_day, 0, 5) : 0,
  ),
  strange_hour: one('somebody who was never paid, at an unusual hour', (f) =>
    f.new_payee === 1 ? ramp(f.payer_hour_distance, 1, 6) : 0,
  ),
  new_payer: one('the payer’s account is new', (f) => ramp(240 - f.payer_age_hours, 0, 240)),
  new_device: one('the device is new', (f) => ramp(240 - f.device_age_hours, 0, 240)),
  skew: one('the device’s clock is off', (f) => ramp(f.skew_seconds, 60, 1_200)),
  late: one('it came in late', (f) => ramp(f.age_hours, 24, 72)),
  chain_gap: one('entries of the chain are missing', (f) => ramp(f.chain_gap, 0, 4)),
  sequence: one('entries are out of order', (f) => ramp(f.sequence_faults, 0, 3)),
  round_trip: one('money went straight back', (f) => ramp(f.round_trips, 0, 3)),
  ring: one('money went round', (f) => ramp(f.rings, 0, 2)),
  failed_pins: one('wrong PINs at the device', (f) => ramp(f.failed_pins, 1, 6)),
  payer_hours: one('not an hour at which the payer pays', (f) => ramp(f.payer_hour_distance, 1, 6)),
  device_hours: one('not an hour of the device', (f) => ramp(f.device_hour_distance, 1, 5)),
} as const satisfies Readonly<Record<string, Feature>>;

export type FeatureName = keyof typeof FEATURES;

export const FEATURE_NAMES = Object.keys(FEATURES) as readonly FeatureName[];

/** Every feature of an item, in the order of the table. */
export function featuresOf(facts: Facts): Features {
  const entries = FEATURE_NAMES.map((name) => [name, FEATURES[name].of(facts)] as const);
  return Object.fromEntries(entries) as Record<FeatureName, number>;
}

function one(sentence: string, of: (facts: Facts) => number): Feature {
  return { sentence, of };
}

/** 0 up to `from`, 1,000 at and above `to`, in whole steps between. */
function ramp(value: number, from: number, to: number): number {
  if (value <= from) return 0;
  if (value >= to) return 1_000;
  return Math.floor(((value - from) * 1_000) / (to - from));
}
