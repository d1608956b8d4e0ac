/** `npm run models`: the models of spec/models/spin with their weaker variants (docs/models.md). */
import { parseArgs } from 'node:util';
import { compileModels, isInstalled } from './run.ts';
import type { LifeResult } from './run.ts';
import { LEMMA, LEMMA_LONG_SIZE, LEMMA_SIZE, LIFE, LONG, REACHED } from './table.ts';
import type { LifeRun } from './table.ts';

const { values } = parseArgs({ options: { long: { type: 'boolean', default: false } } });
if (!isInstalled('cc')) throw new Error('A C compiler, `cc`, is needed.');
const withSpin = isInstalled('spin');
const models = compileModels({ withSpin });
let wrong = 0;

const say = (isRight: boolean, about: string): void => {
  if (!isRight) wrong += 1;
  console.log(`${isRight ? 'as it should' : 'NOT AS IT SHOULD'}: ${about}`);
};

const isRight = ({ breaks }: LifeRun, { broken, assertion, isWhole }: LifeResult): boolean =>
  breaks === undefined
    ? assertion === undefined && isWhole
    : broken !== undefined && breaks.includes(broken);

for (const { about, mode, holds } of LEMMA) {
  const { holds: held, said } = models.lemma(mode, values.long ? LEMMA_LONG_SIZE : LEMMA_SIZE);
  say(held === holds, `lemma, ${about}: ${said.replaceAll('\n', '; ')}`);
}
if (withSpin) {
  for (const run of [...LIFE, ...(values.long ? LONG : [])]) {
    const from = performance.now();
    const result = models.life(run);
    const seconds = ((performance.now() - from) / 1_000).toFixed(1);
    const said = result.assertion === undefined ? 'holds' : `breaks “${result.broken ?? '?'}”`;
    const size = `${result.states} states, ${seconds} s`;
    say(isRight(run, result), `life, ${run.about} (${run.payer} payer): ${said}, ${size}`);
  }
  for (const { about, weak, payer } of REACHED) {
    const { assertion } = models.life({ weak, payer, documents: 2 });
    say(assertion?.includes(`weak!=${weak}`) === true, `life reaches: ${about}`);
  }
} else {
  wrong += 1;
  console.log('NOT RUN: life.pml. Spin is not installed (Debian: apt-get install spin).');
}
models.remove();
console.log(wrong === 0 ? 'Everything as it should be.' : `${wrong} not as they should be.`);
process.exitCode = wrong === 0 ? 0 : 1;
