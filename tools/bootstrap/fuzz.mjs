// @ts-check
/**
 * `npm run fuzz`: readers of bytes from outside; with `--target http` the bank's own door, as the
 * tests knock at it (docs/fuzz.md).
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    minutes: { type: 'string' },
    keep: { type: 'boolean' },
  },
  strict: false,
  args: process.argv.slice(2),
});

if (Array.isArray(values.target) && values.target.includes('http')) {
  const at = process.argv.indexOf('--seed');
  const seed = at < 0 ? `${randomInt(2 ** 32)}` : (process.argv[at + 1] ?? '1');
  process.env['SIKKA_FUZZ_SEED'] = seed;
  process.env['SIKKA_FUZZ_MINUTES'] = `${values.minutes ?? 1}`;
  process.env['SIKKA_FUZZ_KEEP'] = values.keep === true ? 'on' : 'off';
  console.log(`seed ${seed}`);
  process.argv.splice(2, process.argv.length, 'bank/test/http/fuzz');
  await import('./test.mjs');
} else {
  const { run } = await import('./run.mjs');
  await run('stories/fuzz/main.ts');
}
