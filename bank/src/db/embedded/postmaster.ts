import { readFile, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { DatabaseLog } from '../log.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { ProcessFacts } from './processes.ts';
import { factsOf, isAlive, ownerOf, run } from './processes.ts';

/** The server of a data folder: its first process, and where it listens. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly executable: string;
  readonly state: 'starting' | 'ready' | 'stopping';
}

/** What a data folder's `postmaster.pid` says, whoever wrote it. */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/**
 * The server now running on the folder. After a crash and a restart of the machine the number in
 * `postmaster.pid` may be anybody's, so it counts only if that process is postgres **and** stands
 * in the folder; a file of somebody else's is deleted, because postgres would take it for its own.
 * Throws `db/in_use` where nobody tells what that process is: it may be the server.
 */
export async function findPostmaster(
  folder: string,
  account: Account | undefined,
): Promise<Postmaster | undefined> {
  const file = await readPidFile(folder);
  if (file === undefined) return undefined;
  // A process that is gone leaves a file that postgres itself knows how to judge.
  if (!(await isAlive(file.pid))) return undefined;
  const facts = await patientFacts(folder, { pid: file.pid, account });
  if (facts === undefined) return undefined;
  if (await isServerOf(folder, facts)) {
    return { ...file, executable: facts.executable, state: stateOf(file.status) };
  }
  if (await isAlive(file.pid)) await rm(pidFile(folder), { force: true });
  return undefined;
}

/**
 * Undefined where it is gone meanwhile, or of another account than the data, which postgres takes
 * for nobody's. One that is ending tells nothing for a moment: it is asked again.
 */
async function patientFacts(
  folder: string,
  { pid, account }: { readonly pid: number; readonly account: Account | undefined },
): Promise<ProcessFacts | undefined> {
  const until = Date.now() + limits.tellMs;
  for (;;) {
    const facts = await factsOf(pid, account);
    if (facts !== undefined) return facts;
    if (!(await isAlive(pid)) || (await isStrangers(folder, pid))) return undefined;
    if (Date.now() > until) throw cannotTell(folder, pid);
    await pause(limits.pollMs);
  }
}

function pidFile(folder: string): string {
  return path.join(folder, 'postmaster.pid');
}

/** PostgreSQL runs as the owner of its data, or not at all. */
async function isStrangers(folder: string, pid: number): Promise<boolean> {
  const owner = await ownerOf(pid);
  return owner !== undefined && owner !== (await stat(folder)).uid;
}

function cannotTell(folder: string, pid: number): DatabaseError {
  const file = pidFile(folder);
  return new DatabaseError(
    'db/in_use',
    `${file} says that process ${pid} is PostgreSQL, and the system does not tell what that ` +
      `process is. Look with \`ps -p ${pid}\`: if it is PostgreSQL, stop it; if it is another ` +
      `program, delete ${file}. Then start again.`,
  );
}

/** `undefined` where there is none, or only half of one yet. */
export async function readPidFile(folder: string): Promise<PidFile | undefined> {
  const text = await readFile(pidFile(folder), 'utf8').catch(() => '');
  if (text.length > limits.smallFileBytes) return undefined;
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return { pid, port: Number.isInteger(port) ? port : 0, status: (lines[7] ?? '').trim() };
}

/**
 * Ends the server: politely (clients are cut off, a checkpoint is written), then at once, then by
 * force. Whatever was committed survives each of them. Throws `db/in_use` where even that fails.
 */
export async function stopPostmaster(options: {
  readonly folder: string;
  readonly pid: number;
  readonly account: Account | undefined;
  readonly binaries: Binaries;
  readonly log: DatabaseLog;
}): Promise<void> {
  const steps = [
    ['SIGINT', 'fast', limits.stopFastMs],
    ['SIGQUIT', 'immediate', limits.stopImmediateMs],
    ['SIGKILL', undefined, limits.stopKillMs],
  ] as const;
  for (const [signal, mode, waitMs] of steps) {
    // Asked again before each: the number may have become another process.
    const running = await findPostmaster(options.folder, options.account);
    if (running?.pid !== options.pid) return;
    if (process.platform === 'win32' && mode !== undefined) {
      const args = ['stop', '-D', options.folder, '-m', mode, '-W'];
      await run({ file: options.binaries.pgCtl, args });
    } else {
      signalProcess(options.pid, signal);
    }
    if (await hasEnded(options.pid, waitMs)) return;
    const reason =
      `PostgreSQL has not ended within ${waitMs / 1000} s of ${signal}: is its disk full? It is ` +
      'told so more strongly; what was committed is safe.';
    options.log('database.stop_slow', { pid: options.pid, signal, reason });
  }
  throw new DatabaseError(
    'db/in_use',
    `PostgreSQL (process ${options.pid}) goes on using ${options.folder} although it was told ` +
      'to end. End it by hand.',
  );
}

async function hasEnded(pid: number, waitMs: number): Promise<boolean> {
  const until = Date.now() + waitMs;
  while (await isAlive(pid)) {
    if (Date.now() > until) return false;
    await pause(limits.pollMs);
  }
  return true;
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile.
  }
}

async function isServerOf(
  folder: string,
  facts: { readonly executable: string; readonly cwd: string | undefined },
): Promise<boolean> {
  const program = path.basename(facts.executable.replace(/ \(deleted\)$/, '')).toLowerCase();
  if (program !== 'postgres' && program !== 'postgres.exe') return false;
  if (facts.cwd !== undefined) return facts.cwd === (await realpath(folder));
  // Windows never tells; there the password decides. Elsewhere, better no start than two servers.
  if (process.platform === 'win32') return true;
  throw new DatabaseError(
    'db/in_use',
    `Cannot tell whether a running PostgreSQL uses ${folder}: the program lsof is missing.`,
  );
}

function stateOf(status: string): Postmaster['state'] {
  if (status === 'ready') return 'ready';
  return status === 'stopping' ? 'stopping' : 'starting';
}
