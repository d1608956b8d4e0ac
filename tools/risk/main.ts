/**
 * `npm run risk:train` trains the model of bank/src/risk from its seed and writes the weights.
 * `npm run risk:metrics` prints how it does on thieves that it has never seen (docs/risk.md);
 * with `-- --leave-out` also for each other kind left out of a training of its own.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printMetrics } from './metrics.ts';
import { ABSENT_KIND } from './thieves.ts';
import { planOf, sampleOf, SEED, train, TRAINED_KINDS } from './train.ts';

const FILE = fileURLToPath(new URL('../../bank/src/risk/weights.json', import.meta.url));

/** The whole file, to the byte: what `risk:train` writes and `risk:metrics` compares. */
function trained(): string {
  const sample = sampleOf(planOf(SEED, TRAINED_KINDS));
  const thieves = sample.filter(({ kind }) => kind !== 'honest').length;
  const about = { seed: SEED, kinds: TRAINED_KINDS.join(' '), absent: ABSENT_KIND };
  const { version, bias, weights } = train(sample);
  const file = { version, ...about, items: sample.length, thieves, bias, weights };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

switch (process.argv[2]) {
  case 'train':
    writeFileSync(FILE, trained());
    console.log('Wrote bank/src/risk/weights.json.');
    break;
  case 'metrics': {
    const shipped = readFileSync(FILE, 'utf8');
    const same = trained() === shipped;
    console.log(`Trained again from seed ${SEED}: ${same ? 'the same bytes' : 'OTHER BYTES'}.`);
    printMetrics(shipped, process.argv[3] === '--leave-out' ? 'leave_out' : 'once');
    process.exitCode = same ? 0 : 1;
    break;
  }
  default:
    console.log('npm run risk:train, or npm run risk:metrics');
    process.exitCode = 2;
}
