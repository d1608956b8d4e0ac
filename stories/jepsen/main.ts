/** `npm run crash -- --kills 200`: random kills and other faults under load, and what is left. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPrograms, builtProgram } from '@sikka/bank/testing';
import { readCrashConfig } from './config.ts';
import type { CrashConfig } from './config.ts';
import { createRandom } from './random.ts';
import { planOf, runFaults } from './run.ts';
import type { RunResult } from './run.ts';

/** The machine is not to be full of wishes: there are hours of them. */
const LOAD = { workers: 2, restMs: 60, mostAgain: 1_000 } as const;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const config = readCrashConfig(process.argv.slice(2));
if (!config.ok) {
  console.error(config.error);
  process.exitCode = 2;
} else {
  process.exitCode = await main(config.value);
}

async function main({ kills, seed, json }: CrashConfig): Promise<number> {
  const began = Date.now();
  const folder = join(tmpdir(), `sikka-jepsen-programs-${process.pid}`);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await buildPrograms(folder);
  const plan = planOf(kills, createRandom(seed, 'plan'));
  let faults = 0;
  const report = (line: string) => {
    if (!line.startsWith(' ')) faults += 1;
    const time = new Date().toISOString().slice(11, 19);
    console.error(`${time} ${line.startsWith(' ') ? line : `${faults}/${plan.length} ${line}`}`);
  };
  const programs = {
    bank: builtProgram(folder, 'bank/src/main.ts'),
    worker: builtProgram(folder, 'bank/src/worker-main.ts'),
  };
  console.error(`${kills} kills, seed ${seed}`);
  const result = await runFaults({ plan, seed, programs, report, ...LOAD });
  const seconds = Math.round((Date.now() - began) / 1_000);
  console.log(json ? JSON.stringify({ ...result, seconds }, undefined, 2) : textOf(result));
  return result.violations.length + result.audited.length === 0 ? 0 : 1;
}

function textOf({ seed, faults, leftOut, counts, askedAgain, violations, audited }: RunResult) {
  const { acknowledged, looks, movements, refused, unanswered } = counts;
  return [
    `seed ${seed}: ${Object.entries(faults)
      .map(([name, times]) => `${times} ${name}`)
      .join(', ')}`,
    ...leftOut.map((line) => `left out: ${line}`),
    `${movements} movements: ${acknowledged} acknowledged, ${refused} refused; ` +
      `${unanswered} requests without an answer, ${askedAgain} asked again at the end`,
    `${looks} looks at everything`,
    ...violations.map(({ what, of }) => `VIOLATION ${what}: ${of}`),
    ...audited.map((line) => `AUDITOR ${line}`),
    ...(violations.length + audited.length === 0 ? ['Nothing is lost, and nothing is twice.'] : []),
  ].join('\n');
}
