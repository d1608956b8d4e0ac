/** `npm start`: reads the settings, starts the bank, stops it when asked to. */
import { startBank } from './bank.ts';
import { processConfig } from './config.ts';
import { fail, stopWhenAsked } from './stopping.ts';
import { VERSION } from './version.ts';

const started = performance.now();
const config = processConfig();
if (!config.ok) {
  for (const error of config.errors) console.error(error);
  process.exit(1);
}

const { demo, bankId } = config.value;
console.log(`Sikka ${VERSION}: the bank ${bankId}${demo ? ' (demo, play money)' : ''}`);
const report = (step: string, outcome: string) => console.log(`  ${step.padEnd(12)}${outcome}`);
for (const warning of config.value.warnings) report('warning', warning);

const starting = startBank(config.value, { report });
stopWhenAsked(starting);
starting.then(({ url }) => {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  report('ready', `${url}  (${seconds} s; stop with Ctrl+C)`);
}, fail);
