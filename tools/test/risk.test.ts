import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { atCapacity, rocAuc } from '../risk/measure.ts';
import type { Judged } from '../risk/measure.ts';
import { createRandom } from '../risk/random.ts';
import { ABSENT_KIND } from '../risk/thieves.ts';
import { MODEL_VERSION, planOf, sampleOf, SEED, train, TRAINED_KINDS } from '../risk/train.ts';

/** T is a thief’s item. */
const judged = (text: string): readonly Judged[] =>
  text.split(' ').map((one) => ({ score: Number(one.slice(1)), isThief: one.startsWith('T') }));

describe('the area under the curve', () => {
  test.each([
    ['T9 T8 H2 H1', 1],
    ['T1 T2 H8 H9', 0],
    ['T5 T5 H5 H5', 0.5],
    ['T9 H5 T5 H1', 0.875],
    ['H9 T8 H1', 0.5],
  ])('%s: %f', (items, area) => {
    expect(rocAuc(judged(items))).toBe(area);
  });
});

describe('what people find who look at so many', () => {
  test.each([
    ['T9 T8 H2 H1', 2, { reviewed: 2, precision: 1, recall: 1 }],
    ['T9 H8 T2 H1', 1, { reviewed: 1, precision: 1, recall: 0.5 }],
    // Of equals as many as come by luck.
    ['T5 H5 H5 H5', 2, { reviewed: 2, precision: 0.25, recall: 0.5 }],
    ['T9 H1', 100, { reviewed: 2, precision: 0.5, recall: 1 }],
  ])('%s, %i of them', (items, capacity, expected) => {
    expect(atCapacity(judged(items), capacity)).toEqual(expected);
  });
});

describe('the training', () => {
  test('draws the same numbers from a seed, on every machine', () => {
    const random = createRandom(SEED);
    const drawn = Array.from({ length: 4 }, () => random.whole(0, 999_999));
    expect(drawn).toEqual(DRAWN);
  });

  test('gives the same weights from a seed, bit by bit, on every machine', () => {
    const again = [train(small(SEED)), train(small(SEED))];
    expect(again[0]).toEqual(again[1]);
    expect([again[0]?.bias, ...Object.values(again[0]?.weights ?? {})]).toEqual(TRAINED);
    expect(train(small(SEED + 1))).not.toEqual(again[0]);
  }, 120_000);

  test('has not seen the kind that it is measured on', () => {
    const file = new URL('../../bank/src/risk/weights.json', import.meta.url);
    const shipped = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
    const about = { seed: SEED, absent: ABSENT_KIND, version: MODEL_VERSION };
    expect(shipped).toMatchObject({ ...about, kinds: TRAINED_KINDS.join(' ') });
    expect(TRAINED_KINDS).not.toContain(ABSENT_KIND);
    const kinds = new Set(small(SEED).map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['honest', ...TRAINED_KINDS]));
  });
});

/** A tenth of the town: the whole is `npm run risk:metrics`. */
function small(seed: number) {
  return sampleOf(planOf(seed, TRAINED_KINDS, 0.1));
}

const DRAWN = [691_396, 352_076, 538_369, 981_673];
/** The bias, then the weights in the order of the features. */
const TRAINED = [
  ...[-3_976_447, 0, 0, 0, 3_268_447, 16_939, 3_268_447, 978_981, 3_268_447, 0, 0, 0, 0],
  ...[3_268_447, 0, 1_314_408, 253_338, 3_268_447, 3_268_447, 0, 2_965_864, 245_985, 898_330],
  1_389_464,
];
