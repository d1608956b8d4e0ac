import type { FeatureName, Features } from './features.ts';
import { FEATURE_NAMES } from './features.ts';

/**
 * A trained model. Weights are whole millionths of a logit and never negative, so that more
 * suspicion never lowers a score.
 */
export interface Weights {
  readonly version: number;
  readonly bias: number;
  readonly weights: Readonly<Record<FeatureName, number>>;
}

/** A weight beyond this would decide alone at a thousandth of its feature. */
const MOST = 50_000_000;

/**
 * Reads a file of weights. Refuses what is not one for these very features by throwing: a bank
 * that cannot score must not start.
 */
export function readWeights(text: string): Weights {
  const file = JSON.parse(text) as Partial<Weights> | null;
  const { version, bias, weights } = file ?? {};
  if (!isWhole(version, 1, 1_000_000) || !isWhole(bias, -MOST, 0) || weights === undefined) {
    throw new RangeError('A file of weights has a version, a bias and weights.');
  }
  const names = Object.keys(weights);
  const read = FEATURE_NAMES.map((name) => [name, weights[name]] as const);
  const all = read.every(([, weight]) => isWhole(weight, 0, MOST));
  if (!all || names.length !== FEATURE_NAMES.length) {
    throw new RangeError('These weights are for other features: train the model again.');
  }
  return { version, bias, weights: Object.fromEntries(read) as Weights['weights'] };
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
}

export interface Contribution {
  readonly feature: FeatureName;
  /** Millionths of a logit. */
  readonly logit: number;
}

/** What each feature adds, in the order of the table; a whole number each, so sums are exact. */
export function contributionsOf(features: Features, model: Weights): readonly Contribution[] {
  return FEATURE_NAMES.map((feature) => ({
    feature,
    logit: Math.floor((model.weights[feature] * features[feature]) / 1_000),
  }));
}

/** The model's score in ten thousandths. */
export function modelScore(contributions: readonly Contribution[], { bias }: Weights): number {
  return logistic(contributions.reduce((sum, { logit }) => sum + logit, bias));
}

/**
 * 1,000,000 / (1 + e^-x) at x = 0, 1/4, 2/4 … 10, rounded. A table, because the language leaves
 * the last digits of `Math.exp` to the machine and a score must be the same on every one.
 */
const LOGISTIC = [
  500000, 562177, 622459, 679179, 731059, 777300, 817574, 851953, 880797, 904651, 924142, 939913,
  952574, 962673, 970688, 977023, 982014, 985936, 989013, 991423, 993307, 994780, 995930, 996827,
  997527, 998073, 998499, 998830, 999089, 999290, 999447, 999569, 999665, 999739, 999797, 999842,
  999877, 999904, 999925, 999942, 999955,
];
const STEP = 250_000;

/**
 * The logistic function in ten thousandths of a logit in millionths: straight lines between the
 * table's points, at most 0.001 from the curve, in whole numbers.
 */
export function logistic(logit: number): number {
  const size = Math.min(Math.abs(logit), STEP * (LOGISTIC.length - 1) - 1);
  const index = Math.floor(size / STEP);
  const low = LOGISTIC[index] ?? 0;
  const high = LOGISTIC[index + 1] ?? low;
  const millionths = low + Math.floor(((high - low) * (size - index * STEP)) / STEP);
  const score = Math.floor(millionths / 100);
  return logit < 0 ? 10_000 - score : score;
}
