import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsIn } from './models/read-proverif.ts';
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

describe('the models of the exchange', () => {
  const folder = join(import.meta.dirname, '../spec/models/proverif');

  test('are whole files: brackets match, and every name is declared', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.pv'));
    const faults = files.map((name) => [name, faultsIn(readFileSync(join(folder, name), 'utf8'))]);
    expect(faults.filter(([, found]) => found?.length !== 0)).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  test('would be seen broken: a bracket, a name, a constant', () => {
    const good = 'const T_A: bitstring. fun h(bitstring): bitstring. process out(c,h(T_A))';
    expect(faultsIn(good)).toEqual([]);
    expect(faultsIn(good.slice(0, -1))).toEqual(['a bracket is open']);
    expect(faultsIn(good.replace('out(c,h', 'out(c,g'))).toEqual(['no g is declared']);
    expect(faultsIn(good.replace('h(T_A', 'h(T_B'))).toEqual(['no T_B is declared']);
  });
});
