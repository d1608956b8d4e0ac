import fc from 'fast-check';
import { RISK_FACT_NAMES } from '@sikka/api';
import { describe, expect, test } from 'vitest';
import { BASE_RULES } from '../../src/risk/base-rules.ts';
import { FEATURE_NAMES, featuresOf } from '../../src/risk/features.ts';
import type { Facts } from '../../src/risk/facts.ts';
import { logistic, modelScore, readWeights } from '../../src/risk/model.ts';
import { RuleSet } from '../../src/risk/rules.ts';
import type { Effect } from '../../src/risk/rules.ts';
import { shippedWeights } from '../../src/risk/risk.ts';
import { DEFAULT_RISK_POLICY, score } from '../../src/risk/score.ts';
import { factsWith } from './batches.ts';

const weights = shippedWeights();
const none = { version: 7, set: new RuleSet([]) };

function rulesOf(...effects: readonly Effect[]) {
  const always = { all: [{ fact: 'payer_hour', op: '>=', value: 0 }] } as const;
  const rules = effects.map((then, index) => ({ code: `rule_${index}`, when: always, then }));
  return { version: 8, set: new RuleSet(rules) };
}
const at = (facts: Partial<Facts>, rules = none) =>
  score(factsWith(facts), DEFAULT_RISK_POLICY, rules, weights);

describe('the logistic function in whole numbers', () => {
  test('is within a thousandth of the curve, symmetric, and never falls', () => {
    let last = 0;
    for (let logit = -12_000_000; logit <= 12_000_000; logit += 7_919) {
      const found = logistic(logit);
      const curve = 10_000 / (1 + Math.exp(-logit / 1_000_000));
      expect(Math.abs(found - curve)).toBeLessThanOrEqual(10);
      expect(found).toBeGreaterThanOrEqual(last);
      expect(found + logistic(-logit)).toBe(10_000);
      last = found;
    }
  });

  test('has ends', () => {
    const far = Number.MAX_SAFE_INTEGER;
    expect([logistic(-far), logistic(0), logistic(far)]).toEqual([1, 5_000, 9_999]);
  });
});

describe('a score', () => {
  test.each([
    { add: 1_499, score: 1_499, action: 'accept' },
    { add: 1_500, score: 1_500, action: 'review' },
    { add: 3_499, score: 3_499, action: 'review' },
    { add: 3_500, score: 3_500, action: 'quarantine' },
  ])('of $score is: $action', ({ add, score: total, action }) => {
    const silent = { ...weights, bias: -50_000_000 };
    const rules = rulesOf({ add: add - 1 });
    expect(score(factsWith(), DEFAULT_RISK_POLICY, rules, silent)).toMatchObject({
      score: total,
      action,
    });
  });

  test('follows the thresholds of the policy', () => {
    const policy = { reviewFrom: 2, quarantineFrom: 5_000 };
    const { action } = score(factsWith({ rings: 5 }), policy, none, weights);
    expect(action).toBe('review');
  });

  test('of nothing remarkable is accepted, for no reason', () => {
    const { action, reasons, model, rules } = at({});
    expect({ action, reasons, model, rules }).toEqual({
      ...{ action: 'accept', reasons: [] },
      ...{ model: weights.version, rules: 7 },
    });
  });

  test('is lifted by a rule to where its action begins, so that score and action agree', () => {
    expect(at({}, rulesOf({ at_least: 'review' }))).toMatchObject({ score: 1_500 });
    const both = rulesOf({ at_least: 'quarantine' }, { at_least: 'review' }, { add: 1 });
    expect(at({}, both)).toMatchObject({ score: 3_500, action: 'quarantine' });
    expect(at({}, rulesOf({ add: 9_000 }, { add: 9_000 })).score).toBe(10_000);
  });

  test('names rules first, then features by their weight', () => {
    const facts = { chain_gap: 4, skew_seconds: 700 };
    const { reasons } = at(facts, rulesOf({ add: 5 }));
    expect(reasons.map(({ code }) => code)).toEqual(['rule_0', 'chain_gap', 'skew']);
    const logits = reasons.flatMap((one) => (one.from === 'model' ? [one.logit] : []));
    const sum = logits.reduce((total, logit) => total + logit, weights.bias);
    // The reasons are all that there is to the score.
    expect(logistic(sum)).toBe(at(facts).score);
  });

  const anyFacts = fc.record(
    Object.fromEntries(RISK_FACT_NAMES.map((name) => [name, fc.nat(1_000_000)])),
  ) as fc.Arbitrary<Facts>;

  test('never falls when the model finds more: no weight is below 0', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(...FEATURE_NAMES), (facts, feature) => {
        const features = featuresOf(facts);
        const of = (values: typeof features) =>
          modelScore(
            FEATURE_NAMES.map((name) => ({
              feature: name,
              logit: Math.floor((weights.weights[name] * values[name]) / 1_000),
            })),
            weights,
          );
        expect(of({ ...features, [feature]: 1_000 })).toBeGreaterThanOrEqual(of(features));
      }),
    );
  });

  test('never falls by a rule', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const plain = score(facts, DEFAULT_RISK_POLICY, none, weights).score;
        const ruled = score(facts, DEFAULT_RISK_POLICY, BASE_RULES, weights).score;
        expect(ruled).toBeGreaterThanOrEqual(plain);
        expect(Number.isSafeInteger(ruled) && ruled <= 10_000).toBe(true);
      }),
    );
  });

  test('is not quarantined by one feature alone, however strange', () => {
    for (const feature of FEATURE_NAMES) {
      const alone = modelScore([{ feature, logit: weights.weights[feature] }], weights);
      expect([feature, alone < DEFAULT_RISK_POLICY.quarantineFrom]).toEqual([feature, true]);
    }
  });

  test('is the same for ever: facts kept with a version give the score kept with it', () => {
    const strange = { payer_hour: 7, new_payee: 1, amount_of_mean: 430, payer_payees_day: 4 };
    const { score: ofModel } = at({ ...strange, chain_gap: 2 });
    expect([weights.version, ofModel]).toEqual(PINNED);
  });
});

/** Changes with the weights, and then their version does too. */
const PINNED = [1, 8_624];

describe('a file of weights', () => {
  const good = () => ({ version: 1, bias: -1, weights: { ...weights.weights } });

  test.each([
    ['nothing', null],
    ['no version', { ...good(), version: undefined }],
    ['a fraction', { ...good(), bias: -0.5 }],
    ['a bias that accuses everybody', { ...good(), bias: 1 }],
    ['a weight below 0', { ...good(), weights: { ...good().weights, skew: -1 } }],
    ['a feature that is not there', { ...good(), weights: { ...good().weights, zodiac: 1 } }],
    ['a feature that is missing', { ...good(), weights: { skew: 1 } }],
  ])('with %s is refused', (_, file) => {
    expect(readWeights(JSON.stringify(good())).version).toBe(1);
    expect(() => readWeights(JSON.stringify(file))).toThrow(RangeError);
  });
});
