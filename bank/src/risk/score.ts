import type { RiskAction } from '@sikka/api';
import type { FeatureName } from './features.ts';
import { FEATURES, featuresOf } from './features.ts';
import type { Facts } from './facts.ts';
import { limits } from './limits.ts';
import type { Weights } from './model.ts';
import { contributionsOf, modelScore } from './model.ts';
import type { Effect, RuleSet } from './rules.ts';
import { firing } from './rules.ts';

/** Where a score becomes an act; ten thousandths. */
export interface RiskPolicy {
  readonly reviewFrom: number;
  readonly quarantineFrom: number;
}

/** What holds where a country's policy says nothing else: 0.15 and 0.35. */
export const DEFAULT_RISK_POLICY: RiskPolicy = { reviewFrom: 1_500, quarantineFrom: 3_500 };

/** Rules with the version that scores name: 0 are those that the bank comes with. */
export interface VersionedRules {
  readonly version: number;
  readonly set: RuleSet;
}

export type Reason =
  | {
      readonly from: 'model';
      readonly code: FeatureName;
      readonly sentence: string;
      /** Millionths of a logit, added to what an unremarkable item has. */
      readonly logit: number;
    }
  | { readonly from: 'rule'; readonly code: string; readonly effect: Effect };

export interface Score {
  /** Ten thousandths, 0 to 10,000: an index of suspicion, not a probability (docs/risk.md). */
  readonly score: number;
  readonly action: RiskAction;
  /** Strongest first: rules, then features; at most `limits.reasons`. */
  readonly reasons: readonly Reason[];
  readonly model: number;
  readonly rules: number;
}

/**
 * Scores one item. Pure: no clock, no randomness, whole numbers only, so that the same facts,
 * policy, rules and weights give the same score on every machine, for ever. The action follows
 * from the score alone: a rule with `at_least` lifts the score to that action's threshold.
 */
export function score(
  facts: Facts,
  policy: RiskPolicy,
  rules: VersionedRules,
  weights: Weights,
): Score {
  const contributions = contributionsOf(featuresOf(facts), weights);
  const fired = firing(rules.set, facts);
  const added = fired.reduce((sum, { then }) => sum + ('add' in then ? then.add : 0), 0);
  const least = Math.max(0, ...fired.map(({ then }) => floorOf(then, policy)));
  const total = Math.min(10_000, Math.max(least, modelScore(contributions, weights) + added));
  const byRule = fired.map(({ code, then }) => ({ from: 'rule', code, effect: then }) as const);
  const byModel = contributions
    .filter(({ logit }) => logit > 0)
    .sort((a, b) => b.logit - a.logit)
    .map(({ feature, logit }) => {
      const { sentence } = FEATURES[feature];
      return { from: 'model', code: feature, sentence, logit } as const;
    });
  return {
    score: total,
    action: actionOf(total, policy),
    reasons: [...byRule, ...byModel].slice(0, limits.reasons),
    model: weights.version,
    rules: rules.version,
  };
}

function floorOf(effect: Effect, { reviewFrom, quarantineFrom }: RiskPolicy): number {
  if ('add' in effect) return 0;
  return effect.at_least === 'review' ? reviewFrom : quarantineFrom;
}

function actionOf(total: number, { reviewFrom, quarantineFrom }: RiskPolicy): RiskAction {
  if (total >= quarantineFrom) return 'quarantine';
  return total >= reviewFrom ? 'review' : 'accept';
}
