/** `npm run worker`: what goes on beside requests, until it is asked to stop. */
import { processConfig } from './config.ts';
import { fail, stopWhenAsked } from './stopping.ts';
import { VERSION } from './version.ts';
import { startWorkerProcess } from './worker-process.ts';

const config = processConfig();
if (!config.ok) {
  for (const error of config.errors) console.error(error);
  process.exit(1);
}

console.log(`Sikka ${VERSION}: a worker of the bank ${config.value.bankId}`);
const report = (step: string, outcome: string) => console.log(`  ${step.padEnd(12)}${outcome}`);
for (const warning of config.value.warnings) report('warning', warning);

const starting = startWorkerProcess(config.value, { report });
stopWhenAsked(starting);
starting.then(({ metricsUrl }) => {
  if (metricsUrl !== undefined) report('metrics', metricsUrl);
  report('ready', 'stop with Ctrl+C');
}, fail);
