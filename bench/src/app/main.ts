/** `npm run bench:app`: what a person waits for before the wallet app can be used. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBankProcess } from '../bank/start.ts';
import type { Row } from '../figures.ts';
import { withLifetime } from '../lifetime.ts';
import { jsonOf, tableOf } from '../report.ts';
import { median, sum } from '../statistics.ts';
import { measureStarts } from './starts.ts';
import type { Starts } from './starts.ts';
import { measureVerdicts } from './verdicts.ts';

/** Issue 5, "Must hold": bytes and milliseconds. */
const MOST = { firstLoad: 90_000, cold: 1_500, offline: 800, verdict: 300 } as const;
const ROUNDS = 3;
const SALES = 10;
const BUILT = fileURLToPath(new URL('../../../apps/wallet/dist/', import.meta.url));

const executable = process.env['CHROMIUM_PATH'] ?? '';
if (executable === '') {
  console.error('No browser: install Chromium or set CHROMIUM_PATH.');
  process.exitCode = 2;
} else {
  const rows = await measure(executable);
  console.log(tableOf(rows));
  if (process.argv.includes('--json')) console.log(jsonOf(rows));
}

async function measure(browser: string): Promise<readonly Row[]> {
  return withLifetime(async (lifetime) => {
    const bank = await startBankProcess(lifetime, 'demo');
    const rounds: Starts[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await measureStarts({ executable: browser, url: `${bank.url}/app/` }));
    }
    const verdicts = await measureVerdicts({ executable: browser, bank, times: SALES });
    const [first] = rounds;
    const scripts = (first?.cold.loaded ?? []).filter((path) => path.endsWith('.js'));
    const bytes = sum(await Promise.all(scripts.map(zippedBytes)));
    const middle = (of: (round: Starts) => number) => median(rounds.map(of));
    const cold = middle((round) => round.cold.usableMs);
    const offline = middle((round) => round.offline.usableMs);
    return [
      row('app/first-screen-js', bytes, 'bytes', MOST.firstLoad),
      row('app/cold-start', cold, 'ms', MOST.cold),
      row('app/offline-start', offline, 'ms', MOST.offline),
      row('app/frame-to-verdict', median(verdicts.asFastAsHere), 'ms', MOST.verdict),
      row('app/frame-to-verdict-slowed', median(verdicts.slowed), 'ms'),
    ];
  });
}

function row(name: string, value: number, unit: string, atMost?: number): Row {
  return { figure: { name, value, unit }, ...(atMost === undefined ? {} : { goal: { atMost } }) };
}

/** As gzip has it, so that the figure is the same whatever the browser takes. */
async function zippedBytes(path: string): Promise<number> {
  const file = join(BUILT, path.replace(/^\/app\//, ''));
  const zipped = await stat(`${file}.gz`).catch(() => undefined);
  return (zipped ?? (await stat(file))).size;
}
