/** `npm run bench`: every figure, each beside its baseline of the same run (bench/README.md). */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { measureBanking } from './banking.ts';
import type { Row } from './figures.ts';
import type { Lifetime } from './lifetime.ts';
import { withLifetime } from './lifetime.ts';
import type { Options } from './options.ts';
import { readOptions } from './options.ts';
import { measurePhone, PHONE_NAMES } from './phone.ts';
import { BANKING_NAMES } from './plan.ts';
import { startProgress } from './progress.ts';
import { jsonOf, tableOf } from './report.ts';
import { measureSizes, SIZE_NAMES } from './sizes.ts';

const NAMES = [...SIZE_NAMES, ...PHONE_NAMES, ...BANKING_NAMES];
const GROUPS = [...new Set(NAMES.map(groupOf))];

const options = readOptions(process.argv.slice(2), [...GROUPS, ...NAMES]);
if (options.ok) {
  const rows = await withLifetime((lifetime) => measure(options.value, lifetime));
  console.log(`\n${tableOf(rows)}`);
  if (options.value.json) console.log(jsonOf(rows));
} else {
  console.error(options.message);
  process.exitCode = 2;
}

async function measure(chosen: Options, lifetime: Lifetime): Promise<readonly Row[]> {
  const say = startProgress();
  const isWanted = (name: string) =>
    chosen.only.length === 0 || chosen.only.includes(name) || chosen.only.includes(groupOf(name));
  say(describeMachine());
  const rows: Row[] = [];
  if (SIZE_NAMES.some(isWanted)) {
    rows.push(...(await measureSizes()).filter(({ figure }) => isWanted(figure.name)));
  }
  if (PHONE_NAMES.some(isWanted)) {
    say('What phones compute.');
    rows.push(...(await measurePhone(chosen, isWanted)));
  }
  if (BANKING_NAMES.some(isWanted)) {
    rows.push(...(await measureBanking({ options: chosen, lifetime, isWanted, say })));
  }
  say('Done.');
  return rows;
}

function describeMachine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const load = loadavg()[0] ?? 0;
  // Of processes that run already: above a half of the cores, figures are other people's too.
  const busy = load > availableParallelism() / 2 ? ': other work is running here' : '';
  const cores = `${availableParallelism()} cores (${model})`;
  return `${cores}, Node ${process.versions.node}, load ${load.toFixed(1)}${busy}.`;
}

function groupOf(name: string): string {
  return name.split('/', 1)[0] ?? name;
}
