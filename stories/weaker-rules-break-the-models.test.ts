import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileModels, isInstalled } from './models/run.ts';
import type { Models } from './models/run.ts';
import { LEMMA, LEMMA_SIZE, LIFE, REACHED } from './models/table.ts';

const hasCompiler = isInstalled('cc');
const hasSpin = hasCompiler && isInstalled('spin');
const without = (program: string, isThere: boolean): string =>
  isThere ? '' : ` (SKIPPED: ${program} is not installed here)`;

let models: Models;
beforeAll(() => {
  if (hasCompiler) models = compileModels({ withSpin: hasSpin });
}, 240_000);
afterAll(() => {
  if (hasCompiler) models.remove();
});

describe.skipIf(!hasCompiler)(`the funding lemma${without('cc', hasCompiler)}`, () => {
  test.each(LEMMA)('$about: holds is $holds', ({ mode, holds }) => {
    const found = models.lemma(mode, LEMMA_SIZE);
    expect(found.holds, found.said).toBe(holds);
  });
});

describe.skipIf(!hasSpin)(`the life of an allowance${without('spin', hasSpin)}`, () => {
  const holding = LIFE.filter(({ breaks }) => breaks === undefined);
  test.each(holding)(
    'the design holds: $about',
    (run) => {
      const { assertion, isWhole, states } = models.life(run);
      expect({ assertion, isWhole }).toEqual({ assertion: undefined, isWhole: true });
      expect(states).toBeGreaterThan(1_000);
    },
    240_000,
  );

  const weaker = LIFE.filter(({ breaks }) => breaks !== undefined);
  test.each(weaker)(
    'breaks where $about',
    (run) => {
      const { broken, assertion } = models.life(run);
      expect(run.breaks, assertion ?? 'every claim holds').toContain(broken);
    },
    240_000,
  );

  test.each(REACHED)('and the design reaches that $about', ({ weak, payer }) => {
    const { assertion } = models.life({ weak, payer, documents: 2 });
    expect(assertion).toContain(`weak!=${weak}`);
  });
});
