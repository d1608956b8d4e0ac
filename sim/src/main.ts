import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readArguments, USAGE } from './arguments.ts';
import type { Arguments } from './arguments.ts';
import { openStore } from './bank/store.ts';
import type { Store } from './bank/store.ts';
import { failureOf, joined, linesOf, shrunkLines, summaryOf } from './report.ts';
import type { Summary } from './report.ts';
import { run } from './run.ts';
import type { RunOptions, RunResult } from './run.ts';
import { shrink } from './shrink.ts';
import { sealOnThisThread } from './subtle.ts';

/** `npm run sim`: worlds by the hundred, or one of them again. Exits 1 where something broke. */
async function main(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv);
  if (typeof given === 'string') {
    console.error(`${given}\n\n${USAGE}`);
    return 2;
  }
  const began = performance.now();
  const summary = given.jobs > 1 ? await runInProcesses(given) : await runHere(given);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  if (given.json) console.log(JSON.stringify({ ...brief(summary), seconds }));
  else say(summary, seconds);
  return summary.failures.length === 0 ? 0 : 1;
}

/** Between two lines that say how far it is. */
const PROGRESS_MS = 30_000;

async function runHere(given: Arguments): Promise<Summary> {
  // A bank behind HTTP has keys of its own with WebCrypto.
  if (given.store === 'memory') sealOnThisThread();
  const store = await openStore(given.store);
  return runOn(store, given).finally(() => store.close());
}

async function runOn(store: Store, given: Arguments): Promise<Summary> {
  const results: RunResult[] = [];
  let said = performance.now();
  for (let at = 0; at < given.seeds; at += 1) {
    const options = { ...optionsOf(String(given.firstSeed + at), given), openBank: store.openBank };
    const result = await run(options);
    results.push(result);
    if (performance.now() - said > PROGRESS_MS && at + 1 < given.seeds) {
      said = performance.now();
      const next = given.firstSeed + results.length;
      console.error(`${results.length} of ${given.seeds} worlds, the next is --seed ${next}`);
    }
    if (result.violations.length === 0) continue;
    for (const line of linesOf(failureOf(result, given))) console.error(line);
    if (!given.shrink) continue;
    const shrunk = await shrink(options, result);
    for (const line of shrunkLines(shrunk, given)) console.error(line);
    break;
  }
  return { ...summaryOf(results, given), cpuSeconds: Math.round(cpuMs() / 1000) };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function optionsOf(seed: string, { events, only, log }: Arguments): Omit<RunOptions, 'openBank'> {
  const kept = only && new Set(only);
  const left = kept && Array.from({ length: events }, (_, at) => at).filter((at) => !kept.has(at));
  return {
    ...{ seed, events },
    ...(left === undefined ? {} : { without: new Set(left) }),
    ...(log ? { log: (line: string) => console.log(line) } : {}),
  };
}

/** The seeds dealt out to processes; each answers its summary. */
async function runInProcesses(given: Arguments): Promise<Summary> {
  const { firstSeed, seeds, jobs } = given;
  const share = Math.ceil(seeds / jobs);
  const parts: Promise<Summary>[] = [];
  for (let from = 0; from < seeds; from += share) {
    parts.push(
      runInProcess({ ...given, firstSeed: firstSeed + from, seeds: Math.min(share, seeds - from) }),
    );
  }
  return joined(await Promise.all(parts));
}

function runInProcess(given: Arguments): Promise<Summary> {
  const { firstSeed, seeds, events, only, store, shrink: small } = given;
  const kept = only === undefined ? {} : { only: only.join(',') };
  const told = { seed: firstSeed, seeds, events, store, jobs: 1, ...kept };
  const args = Object.entries(told).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return new Promise((resolve, reject) => {
    const child = fork(
      fileURLToPath(import.meta.url),
      [...args, '--json', ...(small ? ['--shrink'] : [])],
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
    );
    const said: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || code === 1) resolve(JSON.parse(Buffer.concat(said).toString()) as Summary);
      else reject(new Error(`The process of seed ${firstSeed} ended with ${code ?? 'a signal'}.`));
    });
  });
}

/** A hash a world is read by programs that compare two runs, of some worlds. */
const MOST_HASHES = 1_000;

function brief({ hashes, ...summary }: Summary) {
  return summary.seeds > MOST_HASHES ? summary : { ...summary, hashes };
}

function say(summary: Summary, seconds: number): void {
  const { seeds, events, happened, failures, counters, cpuSeconds } = summary;
  for (const [name, count] of Object.entries(counters)) console.log(`${name}  ${count}`);
  console.log(`${seeds} seeds, ${events} events, ${happened} happenings in ${seconds} s`);
  console.log(`${cpuSeconds} s of processors`);
  const word = failures.length === 0 ? 'nothing was violated' : `${failures.length} were violated`;
  console.log(word);
}

// Whoever started this process is gone: nobody reads what it finds.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
process.exitCode = await main(process.argv.slice(2));
