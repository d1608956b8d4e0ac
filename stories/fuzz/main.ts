/**
 * `npm run fuzz`: readers of bytes from outside, with inputs grown by what they reach
 * (docs/fuzz.md).
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { readCorpus, writeCorpus } from './corpus.ts';
import { startCoverage } from './coverage.ts';
import { seeded } from './random.ts';

// Before any reader is loaded: what is compiled earlier has no counters of its blocks.
const coverage = startCoverage();
const { describeFinding, fewest, fuzz, shortened } = await import('./engine.ts');
const { growthOf } = await import('./growth.ts');
const { TARGETS } = await import('./targets/index.ts');

const MINUTE_MS = 60_000;
const MOST_SEED = 2 ** 32;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    target: { type: 'string', multiple: true },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
  },
});
const chosen = TARGETS.filter(({ name }) => values.target?.includes(name) ?? true);
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? randomInt(MOST_SEED) : Number(values.seed);
if (chosen.length === 0 || !(minutes > 0) || !Number.isInteger(seed)) {
  console.error(`usage: npm run fuzz -- [--minutes N] [--seed S] [--target T]… [--keep] [--growth]
targets: ${TARGETS.map(({ name }) => name).join(' ')} http`);
  process.exit(2);
}

let bad = 0;
for (const target of chosen) {
  for (const { input, steps, isLinear } of await growthOf(target, coverage)) {
    if (!isLinear) bad += 1;
    const said = isLinear ? 'in proportion' : 'MORE THAN IN PROPORTION';
    console.log(`${target.name}: ${input}, doubled: ${steps.join(', ')} steps, ${said}`);
  }
}
if (!values.growth) {
  console.log(`seed ${seed}, ${minutes} minutes over ${chosen.length} targets`);
  for (const [at, target] of chosen.entries()) {
    const end = performance.now() + (minutes * MINUTE_MS) / chosen.length;
    const corpus = readCorpus(target.name);
    const until = () => performance.now() >= end;
    const run = { target, corpus, coverage, until, random: seeded(seed + at) };
    const { inputs, blocks, answers, found, finding } = await fuzz(run);
    const kept = `${found.length} kept, corpus ${corpus.length}`;
    console.log(`${target.name}: ${inputs} inputs, ${blocks} blocks, ${answers} answers, ${kept}`);
    if (finding !== undefined) {
      bad += 1;
      console.log(describeFinding(await shortened(target, finding)));
    }
    if (values.keep) {
      writeCorpus(target.name, await fewest(target, [...corpus, ...found], coverage));
    }
  }
  const most = Math.round(process.resourceUsage().maxRSS / 1_024);
  console.log(`${bad} findings; the process had ${most} MB at most`);
}
coverage.stop();
process.exitCode = bad === 0 ? 0 : 1;
