import { ROUTES } from '@sikka/api';
import { describe, expect, test } from 'vitest';
import { BASE_RULES } from '../../src/risk/base-rules.ts';
import type { Facts } from '../../src/risk/facts.ts';
import { firing, readRules } from '../../src/risk/rules.ts';
import { factsWith } from './batches.ts';

const far = { fact: 'skew_seconds', op: '>', value: 600 };
const rule = { code: 'clock_off', when: { all: [far] }, then: { add: 100 } };
const many = <T>(count: number, one: T) => Array.from({ length: count }, () => one);
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...rule, code: `rule_${index}` }));

describe('rules that are read', () => {
  test.each([
    ['none', []],
    ['one', [rule]],
    ['fifty', numbered(50)],
    ['all of any', [{ ...rule, when: { all: [far, { any: many(8, far) }] } }]],
    ['any of all', [{ ...rule, when: { any: [{ all: [far, far] }, far] } }]],
    ['one that lifts', [{ ...rule, then: { at_least: 'quarantine' } }]],
    ['the example of the contract', ROUTES.createRiskRules.body.example.rules],
    ['those that the bank comes with', BASE_RULES.set.rules],
  ])('%s', (_, rules) => {
    const read = readRules(JSON.parse(JSON.stringify(rules)));
    expect(read).toMatchObject({ ok: true });
    // Written again they are the same, so a digest names them.
    const again = read.ok ? readRules(JSON.parse(JSON.stringify(read.rules.rules))) : read;
    expect(again.ok && again.rules.digest).toEqual(read.ok && read.rules.digest);
  });
});

describe('rules that are refused, with the place', () => {
  const condition = (when: unknown) => [{ ...rule, when }];
  const term = (one: unknown) => condition({ all: [one] });
  const effect = (then: unknown) => [{ ...rule, then }];

  test.each([
    ['no list', {}, ''],
    ['nothing', null, ''],
    ['fifty-one', numbered(51), ''],
    ['a rule that is null', [null], '/0'],
    ['a member that is unknown', [{ ...rule, note: '' }], '/0'],
    ['no effect', [{ code: 'a', when: rule.when }], '/0'],
    ['a code in capitals', [{ ...rule, code: 'Clock' }], '/0/code'],
    ['a code that is long', [{ ...rule, code: 'a'.repeat(41) }], '/0/code'],
    ['a code twice', [rule, rule], '/1/code'],
    ['all and any at once', condition({ all: [far], any: [far] }), '/0/when'],
    ['a condition of nothing', condition({ all: [] }), '/0/when/all'],
    ['nine terms', condition({ any: many(9, far) }), '/0/when/any'],
    ['a third level', term({ any: [{ all: [far] }] }), '/0/when/all/0/any/0'],
    ['a fact that is not there', term({ ...far, fact: 'zodiac' }), '/0/when/all/0/fact'],
    ['a fact of every object', term({ ...far, fact: 'constructor' }), '/0/when/all/0/fact'],
    ['a comparison that is not there', term({ ...far, op: '~' }), '/0/when/all/0/op'],
    ['a fraction', term({ ...far, value: 0.5 }), '/0/when/all/0/value'],
    ['a number below 0', term({ ...far, value: -1 }), '/0/when/all/0/value'],
    ['text for a number', term({ ...far, value: '600' }), '/0/when/all/0/value'],
    ['nothing to add', effect({ add: 0 }), '/0/then/add'],
    ['something to take away', effect({ add: -100 }), '/0/then/add'],
    ['two effects', effect({ add: 1, at_least: 'review' }), '/0/then'],
    ['a pass for everybody', effect({ at_least: 'accept' }), '/0/then'],
  ])('%s', (_, rules, pointer) => {
    expect(readRules(rules)).toMatchObject({ ok: false, pointer });
  });
});

describe('a rule fires', () => {
  const fires = (when: unknown, facts: Partial<Facts>) => {
    const read = readRules([{ ...rule, when }]);
    return read.ok && firing(read.rules, factsWith(facts)).length === 1;
  };

  test.each([
    ['=', [false, true, false]],
    ['!=', [true, false, true]],
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
  ])('by %s at 4, 5 and 6 against 5: %j', (op, expected) => {
    const when = { all: [{ fact: 'rings', op, value: 5 }] };
    expect([4, 5, 6].map((rings) => fires(when, { rings }))).toEqual(expected);
  });

  test('where all hold, and where any holds', () => {
    const [a, b] = [
      { fact: 'rings', op: '>', value: 0 },
      { fact: 'round_trips', op: '>', value: 0 },
    ];
    const c = { fact: 'failed_pins', op: '>', value: 0 };
    const when = { all: [c, { any: [a, b] }] };
    expect(fires(when, { failed_pins: 1 })).toBe(false);
    expect(fires(when, { rings: 1 })).toBe(false);
    expect(fires(when, { failed_pins: 1, round_trips: 1 })).toBe(true);
    const either = { any: [c, { all: [a, b] }] };
    expect(fires(either, { rings: 1 })).toBe(false);
    expect(fires(either, { rings: 1, round_trips: 1 })).toBe(true);
  });
});
