import { spawn } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { limits } from '../limits.ts';
import type { Account } from './account.ts';

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly account?: Account | undefined;
  readonly timeoutMs?: number;
}

export interface Ran {
  /** `undefined` where the program could not be started or was killed. */
  readonly code: number | undefined;
  /** Both streams, cut to a few kilobytes. */
  readonly output: string;
}

/** Where every process is started: a folder that any account may stand in. */
export const rootFolder = path.parse(process.execPath).root;

/** Nothing of ours: secrets live in the environment, and locales change messages we read. */
export const cleanEnvironment: NodeJS.ProcessEnv = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** The uid and gid to spawn with; Node then drops all other groups. */
export function identity(account: Account | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}

/** Runs a short program to its end. Never rejects: the caller judges the code. */
export async function run(program: Program): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program.file, program.args, {
      cwd: rootFolder,
      env: cleanEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: program.timeoutMs ?? limits.probeMs,
      killSignal: 'SIGKILL',
      windowsHide: true,
      ...identity(program.account),
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      if (output.length < limits.smallFileBytes) output += chunk.toString('utf8');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: undefined, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? undefined, output }));
  });
}

/** What a running process is, as far as the system tells. */
export interface ProcessFacts {
  readonly executable: string;
  /** `undefined` where the system does not tell: on Windows, and without lsof. */
  readonly cwd: string | undefined;
}

/**
 * The executable and current folder of a process, or `undefined` where there is no such process
 * or it is somebody else's. Root in a container may not look (no CAP_SYS_PTRACE), the account
 * itself may, so it is asked second.
 */
export async function factsOf(
  pid: number,
  account: Account | undefined,
): Promise<ProcessFacts | undefined> {
  if (process.platform === 'linux') {
    try {
      const [executable, cwd] = await Promise.all([
        readlink(`/proc/${pid}/exe`),
        readlink(`/proc/${pid}/cwd`),
      ]);
      return { executable, cwd };
    } catch {
      return account === undefined ? undefined : factsAs(pid, account);
    }
  }
  return process.platform === 'win32' ? windowsFacts(pid) : macFacts(pid);
}

async function factsAs(pid: number, account: Account): Promise<ProcessFacts | undefined> {
  const script = 'readlink "/proc/$1/exe" && readlink "/proc/$1/cwd"';
  const { code, output } = await run({
    file: '/bin/sh',
    args: ['-c', script, 'sh', String(pid)],
    account,
  });
  const [executable, cwd] = output.split('\n');
  return code === 0 && executable !== undefined && cwd !== undefined
    ? { executable, cwd }
    : undefined;
}

async function macFacts(pid: number): Promise<ProcessFacts | undefined> {
  const [command, files] = await Promise.all([
    run({ file: '/bin/ps', args: ['-p', String(pid), '-o', 'comm='] }),
    run({ file: '/usr/sbin/lsof', args: ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'] }),
  ]);
  const cwd = files.output.split('\n').find((line) => line.startsWith('n'));
  if (command.code !== 0) return undefined;
  return { executable: command.output.trim(), cwd: cwd?.slice(1) };
}

async function windowsFacts(pid: number): Promise<ProcessFacts | undefined> {
  const args = ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'];
  const { output } = await run({ file: 'tasklist', args });
  const name = /^"([^"]+)"/.exec(output.trim())?.[1];
  return name === undefined ? undefined : { executable: name, cwd: undefined };
}

/** The number of the account that a process runs as, on Linux; undefined where it is hidden. */
export async function ownerOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  // Real, effective, saved, of the file system.
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  return uid === undefined ? undefined : Number(uid);
}

/** False also for a process that has ended but that nobody has collected yet (a zombie). */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // "pid (name) state …", and the name may hold anything, so read from its end.
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  return state !== '' && state !== 'Z' && state !== 'X';
}
