import type { Rule } from './rules.ts';
import { RuleSet } from './rules.ts';

/**
 * The rules that the bank comes with, version 0: in force until operators activate some of their
 * own, and the baseline that the model is measured against (docs/risk.md).
 */
const RULES: readonly Rule[] = [
  {
    code: 'clock_off',
    when: { all: [{ fact: 'skew_seconds', op: '>', value: 600 }] },
    then: { add: 1_000 },
  },
  {
    code: 'chain_broken',
    when: {
      any: [
        { fact: 'chain_gap', op: '>', value: 0 },
        { fact: 'sequence_faults', op: '>', value: 1 },
      ],
    },
    then: { at_least: 'review' },
  },
  {
    code: 'pins_guessed',
    when: { all: [{ fact: 'failed_pins', op: '>=', value: 4 }] },
    then: { add: 1_200 },
  },
  {
    code: 'payer_burst',
    when: { all: [{ fact: 'payer_hour', op: '>=', value: 5 }] },
    then: { add: 1_000 },
  },
  {
    code: 'much_to_a_stranger',
    when: {
      all: [
        { fact: 'new_payee', op: '=', value: 1 },
        { fact: 'amount_of_mean', op: '>=', value: 400 },
      ],
    },
    then: { add: 1_000 },
  },
  {
    code: 'new_device_flood',
    when: {
      all: [
        { fact: 'device_age_hours', op: '<', value: 72 },
        { fact: 'device_hour', op: '>=', value: 20 },
      ],
    },
    then: { add: 1_500 },
  },
  {
    code: 'at_the_limit',
    when: { all: [{ fact: 'amount_of_limit', op: '>=', value: 90 }] },
    then: { add: 500 },
  },
  {
    code: 'round_and_round',
    when: {
      all: [
        {
          any: [
            { fact: 'rings', op: '>=', value: 1 },
            { fact: 'round_trips', op: '>=', value: 2 },
          ],
        },
        { fact: 'amount_of_mean', op: '>=', value: 120 },
      ],
    },
    then: { add: 1_000 },
  },
  {
    code: 'odd_hour',
    when: {
      any: [
        { fact: 'payer_hour_distance', op: '>=', value: 5 },
        { fact: 'device_hour_distance', op: '>=', value: 4 },
      ],
    },
    then: { add: 600 },
  },
];

export const BASE_RULES = { version: 0, set: new RuleSet(RULES) } as const;
