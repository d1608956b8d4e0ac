import { describe, expect, test } from 'vitest';
import { createChecker } from './jepsen/checker.ts';
import { readCrashConfig } from './jepsen/config.ts';
import { KILLS } from './jepsen/faults.ts';
import { VIOLATIONS } from './jepsen/history.ts';
import type { Entry, Movement, Sight } from './jepsen/history.ts';
import { createRandom } from './jepsen/random.ts';
import { planOf } from './jepsen/run.ts';

/** The judge of `npm run crash -- --kills`, on histories made by hand: each wrong one is red. */

const HUNDRED = { ayesha: 100n, bilal: 100n } as const;

/** From Ayesha to Bilal. */
function movement(id: string, more: Partial<Movement> = {}): Movement {
  return { id, from: 'ayesha', to: 'bilal', amountMinor: 10n, reserved: false, ...more };
}

function sight(
  balances: Readonly<Record<string, bigint>>,
  present: readonly string[],
  more: Partial<Sight> = {},
): Sight {
  const map = new Map(Object.entries(balances));
  return { balances: map, present, sumMinor: 0n, belowFloor: [], ...more };
}

const invoke = (asked: number, id: string, more?: Partial<Movement>): Entry => ({
  ...{ type: 'invoke', asked },
  movement: movement(id, more),
});
const ok = (asked: number, answer = 'done'): Entry => ({ type: 'ok', asked, answer });
const fail = (asked: number, code = 'wallet/insufficient_funds'): Entry => ({
  ...{ type: 'fail', asked, code },
});
const info = (asked: number): Entry => ({ type: 'info', asked });
const stored = (asked: number): Entry => ({ type: 'stored', asked });
/** Begun and ended with nothing between. */
const look = (asked: number, seen: Sight): readonly Entry[] => [
  { type: 'look', asked },
  { type: 'seen', asked, sight: seen },
];
const found = (asked: number, id: string, there: boolean): readonly Entry[] => [
  { type: 'look', asked },
  { type: 'found', asked, id, there },
];

const NOTHING = sight(HUNDRED, []);
const ONE = sight({ ayesha: 90n, bilal: 110n }, ['a']);
const TWO = sight({ ayesha: 80n, bilal: 120n }, ['a', 'b']);

function judge(history: readonly Entry[]): readonly string[] {
  const checker = createChecker(NOTHING);
  for (const entry of history) checker.record(entry);
  return [...new Set(checker.end().map(({ what }) => what))];
}

describe('nothing is wrong', () => {
  test.each<readonly [string, readonly Entry[]]>([
    ['what was acknowledged is there', [invoke(1, 'a'), ok(1), ...look(2, ONE)]],
    ['what nobody knows is there', [invoke(1, 'a'), info(1), ...look(2, ONE)]],
    ['what nobody knows is not there', [invoke(1, 'a'), info(1), ...look(2, NOTHING)]],
    ['what is under way is there already', [invoke(1, 'a'), ...look(2, ONE), ok(1)]],
    ['what was refused is not there', [invoke(1, 'a'), fail(1), ...look(2, NOTHING)]],
    [
      'an answer was lost, and the next is the first again',
      [invoke(1, 'a'), info(1), invoke(2, 'a'), ok(2), invoke(3, 'a'), ok(3), ...look(4, ONE)],
    ],
    [
      'it was acknowledged only while somebody looked',
      [
        invoke(1, 'a'),
        { type: 'look', asked: 2 },
        ok(1),
        { type: 'seen', asked: 2, sight: NOTHING },
      ],
    ],
    [
      'refused for lack of money, then asked again and done',
      [invoke(1, 'a'), fail(1), invoke(2, 'a'), ok(2), ...look(3, ONE)],
    ],
    [
      'one attempt unknown, the next refused while the first is still at work',
      [invoke(1, 'a'), info(1), invoke(2, 'a'), fail(2), ...look(3, ONE)],
    ],
    [
      'stored, and settled later',
      [invoke(1, 'a'), stored(1), ...look(2, NOTHING), ...look(3, ONE)],
    ],
  ])('%s', (_, history) => {
    expect(judge(history)).toEqual([]);
  });
});

describe('something is', () => {
  test.each<readonly [string, readonly string[], readonly Entry[]]>([
    ['acknowledged, and lost', ['acknowledged_lost'], [invoke(1, 'a'), ok(1), ...look(2, NOTHING)]],
    [
      'acknowledged, and not readable at the other node',
      ['acknowledged_lost'],
      [invoke(1, 'a'), ok(1), ...found(2, 'a', false)],
    ],
    [
      'seen once, and gone',
      ['vanished'],
      [invoke(1, 'a'), info(1), ...look(2, ONE), ...look(3, NOTHING)],
    ],
    [
      'unknown, and there twice',
      ['present_twice'],
      [invoke(1, 'a'), info(1), ...look(2, { ...ONE, present: ['a', 'a'] })],
    ],
    [
      'there once, and its money moved twice',
      ['balances_unexplained'],
      [invoke(1, 'a'), ok(1), ...look(2, { ...TWO, present: ['a'] })],
    ],
    [
      'a balance below zero',
      ['negative_balance'],
      [
        invoke(1, 'a', { amountMinor: 101n }),
        ok(1),
        ...look(2, sight({ ayesha: -1n, bilal: 201n }, ['a'])),
      ],
    ],
    [
      'an account of the bank below its floor',
      ['negative_balance'],
      look(1, { ...NOTHING, belowFloor: ['account 7'] }),
    ],
    [
      'money made of nothing',
      ['total_moved', 'balances_unexplained'],
      [invoke(1, 'a'), ok(1), ...look(2, sight({ ayesha: 100n, bilal: 110n }, ['a']))],
    ],
    ['books that are not zero', ['total_moved'], look(1, { ...NOTHING, sumMinor: 1n })],
    ['refused, and done', ['refused_but_present'], [invoke(1, 'a'), fail(1), ...look(2, ONE)]],
    ['done, and asked by nobody', ['never_asked', 'balances_unexplained'], look(1, ONE)],
    [
      'asked again, and told otherwise',
      ['other_answer'],
      [invoke(1, 'a'), ok(1, 'at noon'), invoke(2, 'a'), ok(2, 'at one'), ...look(3, ONE)],
    ],
    [
      'acknowledged, and refused when asked again',
      ['other_answer'],
      [invoke(1, 'a'), ok(1), invoke(2, 'a'), fail(2), ...look(3, ONE)],
    ],
    [
      'refused although its money was set aside',
      ['reserved_refused'],
      [invoke(1, 'a', { reserved: true }), fail(1, 'double_spend'), ...look(2, NOTHING)],
    ],
    [
      'stored, and never settled',
      ['stored_not_settled'],
      [invoke(1, 'a'), stored(1), ...look(2, NOTHING)],
    ],
  ])('%s', (_, wrong, history) => {
    expect(judge(history)).toEqual(wrong);
  });

  test('the table names every violation there is', () => {
    // By the types above nothing else can be said; this says that each has been.
    expect(VIOLATIONS).toHaveLength(11);
  });
});

describe('a run', () => {
  test('is the same plan by the same seed, with a kill of each kind first', () => {
    const plan = planOf(200, createRandom(7, 'plan'));
    expect(planOf(200, createRandom(7, 'plan'))).toEqual(plan);
    expect(planOf(200, createRandom(8, 'plan'))).not.toEqual(plan);
    const kills = plan.filter((name) => KILLS.some((kill) => kill === name));
    expect(kills).toHaveLength(200);
    expect(kills.slice(0, KILLS.length)).toEqual(KILLS);
  });

  test.each([
    [['--kills', '200', '--seed', '7', '--json'], { kills: 200, seed: 7, json: true }],
    [['--seed', '7', '--kills', '1'], { kills: 1, seed: 7, json: false }],
    [['--kills', '0'], undefined],
    [['--kills', 'many'], undefined],
    [['--kills'], undefined],
    [['--kills', '3', '--speed', '3'], undefined],
  ])('told %j', (args, told) => {
    const read = readCrashConfig(args);
    expect(read.ok ? read.value : undefined).toEqual(told);
  });
});
