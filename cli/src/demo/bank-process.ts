import { createClient } from '@sikka/api';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CliError } from '../errors.ts';
import type { Output } from '../output.ts';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
const BANK_MAIN = join('bank', 'src', 'main.ts');
const START_SECONDS = 150;
const LOG_LINES = 12;

/** A bank that answers: one that ran already, or one started for the occasion. */
export interface RunningBank {
  readonly url: string;
  /** Stops the bank if it was started here. */
  stop(): Promise<void>;
}

export interface BankOptions {
  readonly url: string;
  /** Where a bank that is started here writes what it says. */
  readonly logFolder: string;
  readonly out: Output;
}

const isHealthy = async (url: string): Promise<boolean> =>
  (await createClient({ baseUrl: url, timeoutMs: 2_000 }).getHealth()).ok;

const failed = async (logFile: string): Promise<CliError> => {
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-LOG_LINES);
  return new CliError('cli/bank_unreachable', `The bank did not start:\n${lines.join('\n')}`);
};

const stopChild = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
};

/** The bank at that address, started there if none answers. Throws `cli/bank_unreachable`. */
export const findOrStartBank = async (options: BankOptions): Promise<RunningBank> => {
  const { url, logFolder, out } = options;
  if (await isHealthy(url)) {
    out.line(`The bank is running at ${url}.`);
    return { url, stop: () => Promise.resolve() };
  }
  out.line('No bank is running: starting one …');
  await mkdir(logFolder, { recursive: true });
  const logFile = join(logFolder, 'bank.log');
  const log = await open(logFile, 'w');
  const child = spawn(process.execPath, ['--import', 'tsx', BANK_MAIN], {
    cwd: PROJECT,
    env: { ...process.env, PORT: new URL(url).port },
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  for (let second = 0; second < START_SECONDS; second += 0.5) {
    await wait(500);
    if (await isHealthy(url)) return { url, stop: () => stopChild(child) };
    if (child.exitCode !== null) throw await failed(logFile);
  }
  await stopChild(child);
  throw await failed(logFile);
};
