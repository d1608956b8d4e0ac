import { programFile } from '@sikka/bank/testing';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** What a program that ended had said. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Environment = Readonly<Record<string, string>>;

/** Runs a program to its end, without a shell. Standard input is empty. */
export const run = (
  command: string,
  args: readonly string[],
  env: Environment = {},
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      cwd: PROJECT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, stdout, stderr });
    });
  });

/** Runs the command line as a person would: its own process, its own files. */
export const sikka = (args: readonly string[], env: Environment = {}): Promise<Ran> =>
  run(process.execPath, [programFile('cli/src/main.ts'), ...args], env);

/** As `sikka`, from the sources, as it is installed: three times as long. */
export const sikkaFromSources = (args: readonly string[], env: Environment = {}): Promise<Ran> =>
  run(process.execPath, ['--import', 'tsx', join('cli', 'src', 'main.ts'), ...args], env);

/** Whether a program is on this machine. */
export const isInstalled = async (command: string, ...args: readonly string[]): Promise<boolean> =>
  run(command, args).then(
    () => true,
    () => false,
  );

/** A temporary folder that is gone after the work, whatever becomes of it. */
export const inTemporaryFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'sikka-story-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
};
