/** `npm start`: reads the settings, starts the bank, stops it when asked to. */
import { startBank } from './bank.ts';
import { processConfig } from './config.ts';
import { describeFailure } from './failure.ts';
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

try {
  const bank = await startBank(config.value, { report });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`  ${'ready'.padEnd(12)}${bank.url}  (${seconds} s; stop with Ctrl+C)`);
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Asked twice: whoever asks has no more patience.
    if (stopping) process.exit(1);
    stopping = true;
    console.log(`Stopping (${signal}).`);
    bank.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(describeFailure(error));
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
} catch (error) {
  console.error(describeFailure(error));
  process.exit(1);
}
