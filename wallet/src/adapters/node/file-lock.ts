import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { isErrorCode, onDisk, readIfThere, removeFile } from './durable-files.ts';

/** Who holds a lock; `token` names this holding, not the process. */
interface Holder {
  readonly token: string;
  readonly pid: number;
  /** The process's start (Linux), so that another process with its number is not taken for it. */
  readonly started: string;
  /** The machine's present boot (Linux), else its name. */
  readonly machine: string;
}

/** A breaker that dies while breaking leaves its own lock to break; this deep and no deeper. */
const MAX_BREAK_DEPTH = 4;
const FIRST_PAUSE_MS = 2;
const MAX_PAUSE_MS = 50;
/**
 * A holder nobody can look at (another container) counts as dead after this: a hold lasts
 * milliseconds. Wrong only for a suspended process, and then the journal's own check refuses it.
 */
const MAX_UNSEEN_HOLD_MS = 60_000;

/**
 * Takes the lock file `path` by creating it exclusively, waiting up to `waitMs` for another
 * holder. A holder that no longer runs is cleared away. Answers the release, or undefined when
 * the wait is over.
 */
export async function takeLock(
  path: string,
  waitMs: number,
): Promise<(() => Promise<void>) | undefined> {
  const deadline = performance.now() + waitMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
    const release = await onDisk(() => tryLock(path, 0));
    if (release !== undefined) return release;
    if (performance.now() + pause > deadline) return undefined;
    await delay(pause);
  }
}

async function tryLock(path: string, depth: number): Promise<(() => Promise<void>) | undefined> {
  const me = await describeSelf();
  if (await createLock(path, me)) return () => removeFile(path);
  if (depth === MAX_BREAK_DEPTH || !(await breakStale(path, depth))) return undefined;
  return (await createLock(path, me)) ? () => removeFile(path) : undefined;
}

/** Exclusive, and never seen half written. Needs no sync: after a power cut nobody holds it. */
async function createLock(path: string, holder: Holder): Promise<boolean> {
  const temporary = `${path}.${holder.token}.new`;
  await writeFile(temporary, encode(holder), { flag: 'wx', mode: 0o600 });
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isErrorCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await removeFile(temporary);
  }
}

/**
 * Removes the lock of a dead holder; true when it is gone. Two that find the same dead holder must
 * not both remove: the slower would remove the faster's new lock. So removing is itself done under
 * a lock that carries the dead holding's name, and looks again inside it.
 */
async function breakStale(path: string, depth: number): Promise<boolean> {
  const holder = await readHolder(path);
  if (holder === undefined) return true;
  if (await isRunning(holder, path)) return false;
  const release = await tryLock(`${path}.${holder.token}`, depth + 1);
  if (release === undefined) return false;
  try {
    const now = await readHolder(path);
    if (now?.token === holder.token) await removeFile(path);
    return true;
  } finally {
    await release();
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  const [token = '', pid = '', started = '', machine = ''] = text.split('\n');
  if (/^[0-9a-f]{16}$/.test(token)) return { token, pid: Number(pid), started, machine };
  // Created whole, so only a power cut leaves this: its holder does not run any more.
  return { token: 'unreadable', pid: 0, started: '', machine: thisMachine() };
}

async function isRunning({ pid, started, machine }: Holder, path: string): Promise<boolean> {
  if (pid === 0) return false;
  if (machine !== thisMachine()) return hostOf(machine) !== hostname() && isRecent(path);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (isErrorCode(error, 'ESRCH')) return false;
  }
  const now = await startOf(pid);
  return now === '' || started === '' ? isRecent(path) : now === started;
}

async function isRecent(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs < MAX_UNSEEN_HOLD_MS;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function describeSelf(): Promise<Holder> {
  const token = randomBytes(8).toString('hex');
  return { token, pid: process.pid, started: await startOf(process.pid), machine: thisMachine() };
}

function encode({ token, pid, started, machine }: Holder): Uint8Array {
  return new TextEncoder().encode([token, pid, started, machine, ''].join('\n'));
}

/** Field 22 of /proc/pid/stat; empty where there is no such file. */
async function startOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in brackets and may hold spaces.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function thisMachine(): string {
  return `${hostname()} ${bootOf()}`;
}

function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function hostOf(machine: string): string {
  return machine.split(' ')[0] ?? '';
}
