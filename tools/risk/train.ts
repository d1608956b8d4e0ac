import { FEATURE_NAMES, featuresOf } from '../../bank/src/risk/features.ts';
import type { FeatureName } from '../../bank/src/risk/features.ts';
import type { Weights } from '../../bank/src/risk/model.ts';
import { ABSENT_KIND, THIEF_KINDS } from './thieves.ts';
import type { ThiefKind } from './thieves.ts';
import { buildTown } from './town.ts';
import type { TownPlan } from './town.ts';
import { handIn } from './uploads.ts';
import type { Labelled } from './uploads.ts';

export const SEED = 20_261_121;
/** Names a set of weights in every score; the next training that is shipped counts up. */
export const MODEL_VERSION = 1;

/** How many of each crime: a season in a town of 400 people. */
const CRIMES: Readonly<Record<ThiefKind, number>> = {
  ...{ stolen_phone: 24, float_drain: 5, clock_shift: 18, ring: 12, cut_chain: 24 },
  dormant_takeover: 24,
};
const QUIET_DAYS = 30;

/** The plan of a town with these thieves only. `scale` makes it smaller, for tests. */
export function planOf(seed: number, kinds: readonly ThiefKind[], scale = 1): TownPlan {
  const crimes = kinds.map((kind) => [kind, Math.ceil(CRIMES[kind] * scale)] as const);
  return {
    ...{ seed, days: 80, quietDays: QUIET_DAYS },
    ...{ people: Math.ceil(400 * scale), shops: Math.ceil(50 * scale) },
    crimes: Object.fromEntries(crimes),
  };
}

/** Items of such a town, after the days in which habits are learnt. */
export function sampleOf(plan: TownPlan): readonly Labelled[] {
  return handIn(buildTown(plan)).filter(({ day }) => day >= plan.quietDays);
}

/** The kinds that the shipped model has seen. */
export const TRAINED_KINDS = THIEF_KINDS.filter((kind) => kind !== ABSENT_KIND);

/** Keeps weights small that little speaks for. */
const RIDGE = 0.5;
const SWEEPS = 40;
/**
 * Logits, a chance of 0.33: what a feature may reach with the bias, however rare it was among the
 * honest of the simulation. Alone it has people look; it does not quarantine.
 */
const ALONE = -0.708;

interface Column {
  readonly name: FeatureName;
  /** Rows in which it is not 0, and its value there, in 0 to 1. */
  readonly rows: readonly number[];
  readonly values: readonly number[];
  /** An upper bound of how fast the gradient can change along it. */
  readonly steepest: number;
}

/**
 * Logistic regression by cyclic coordinate descent, weights from 0 to what a
 * feature may reach alone. Only sums, products and
 * quotients in one order, so the same sample gives the same bits on every machine; then rounded to
 * millionths.
 */
export function train(sample: readonly Labelled[]): Weights {
  const labels = sample.map(({ kind }) => (kind === 'honest' ? 0 : 1));
  const columns = columnsOf(sample);
  const margins = labels.map(() => 0);
  const weights = new Map<FeatureName, number>();
  let bias = 0;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const gradient = margins.reduce((sum, m, row) => sum + chance(m) - (labels[row] ?? 0), 0);
    const step = -gradient / (0.25 * labels.length);
    bias += step;
    for (let row = 0; row < margins.length; row += 1) margins[row] = (margins[row] ?? 0) + step;
    for (const column of columns) {
      const old = weights.get(column.name) ?? 0;
      weights.set(column.name, improve(column, { old, most: ALONE - bias, labels, margins }));
    }
  }
  const whole = FEATURE_NAMES.map((name) => [name, millionths(weights.get(name) ?? 0)]);
  return {
    version: MODEL_VERSION,
    bias: Math.min(0, millionths(bias)),
    weights: Object.fromEntries(whole) as Weights['weights'],
  };
}

/** Several steps along one column, each as long as is safe; moves the margins with it. */
function improve(
  { rows, values, steepest }: Column,
  state: {
    readonly old: number;
    readonly most: number;
    readonly labels: readonly number[];
    readonly margins: number[];
  },
): number {
  const { most, labels, margins } = state;
  let weight = state.old;
  for (let i = 0; i < 3; i += 1) {
    let gradient = RIDGE * weight;
    let curve = RIDGE;
    rows.forEach((row, index) => {
      const value = values[index] ?? 0;
      const p = chance(margins[row] ?? 0);
      gradient += value * (p - (labels[row] ?? 0));
      curve += value * value * p * (1 - p);
    });
    // Newton's step, but never more than four times the safe one.
    const safe = RIDGE + steepest;
    const step = gradient / Math.max(curve, safe / 4);
    const next = Math.max(0, Math.min(most, weight - step));
    const moved = next - weight;
    rows.forEach((row, index) => {
      margins[row] = (margins[row] ?? 0) + moved * (values[index] ?? 0);
    });
    weight = next;
  }
  return weight;
}

function columnsOf(sample: readonly Labelled[]): readonly Column[] {
  const all = sample.map(({ facts }) => featuresOf(facts));
  return FEATURE_NAMES.map((name) => {
    const rows = all.flatMap((features, row) => (features[name] > 0 ? [row] : []));
    const values = rows.map((row) => (all[row]?.[name] ?? 0) / 1_000);
    const steepest = values.reduce((sum, value) => sum + 0.25 * value * value, 0);
    return { name, rows, values, steepest };
  });
}

function millionths(value: number): number {
  return Math.round(value * 1_000_000);
}

function chance(logit: number): number {
  if (logit >= 0) return 1 / (1 + exponential(-logit));
  const e = exponential(logit);
  return e / (1 + e);
}

const LN2 = 0.6931471805599453;

/** e to a power of at most 0, by its series: `Math.exp` may differ between machines. */
function exponential(power: number): number {
  if (power < -40) return 0;
  const halvings = Math.floor(-power / LN2);
  const rest = power + halvings * LN2;
  let sum = 1;
  let term = 1;
  for (let n = 1; n <= 14; n += 1) {
    term = (term * rest) / n;
    sum += term;
  }
  for (let i = 0; i < halvings; i += 1) sum /= 2;
  return sum;
}
