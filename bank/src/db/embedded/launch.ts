import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { readPidFile } from './postmaster.ts';
import { cleanEnvironment, identity, rootFolder } from './processes.ts';

export interface LaunchOptions {
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly folder: string;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
}

export type Launched =
  | { readonly kind: 'ready'; readonly pid: number }
  /** Somebody else listens on the port. */
  | { readonly kind: 'port_taken' }
  /** Another server holds the folder, or the last one's workers are still ending. */
  | { readonly kind: 'folder_taken' };

/**
 * Starts the server so that it outlives us (a killed bank must not take it down in the middle of
 * a write), and waits until it answers. Throws `db/start_failed` with the end of its log.
 */
export async function launch(options: LaunchOptions): Promise<Launched> {
  await turnOver(options.logFile);
  const log = await open(options.logFile, 'a', 0o600);
  const { size: logStart } = await log.stat();
  const child = spawnServer(options, log.fd);
  // Listened to from the start: a child that cannot be spawned says so in an event.
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  await log.close();
  const state = { hasEnded: false };
  void ended.then(() => (state.hasEnded = true));
  const until = Date.now() + limits.startMs;
  for (;;) {
    const file = await readPidFile(options.folder);
    const isOurs = process.platform === 'win32' || file?.pid === child.pid;
    if (file !== undefined && isOurs && file.status === 'ready') {
      child.unref();
      return { kind: 'ready', pid: file.pid };
    }
    // On Windows the child is only the starter, and ends well before the server is ready.
    if (state.hasEnded && (process.platform !== 'win32' || child.exitCode !== 0)) break;
    if (Date.now() > until) break;
    await Promise.race([ended, pause(limits.pollMs)]);
    if (state.hasEnded) await pause(limits.pollMs);
  }
  if (!state.hasEnded) child.kill('SIGKILL');
  await ended;
  return judge(await readFrom(options.logFile, logStart), options);
}

/** Whether a listener could be opened now on 127.0.0.1; the server may still find it taken. */
export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => resolve(true));
    });
  });
}

function spawnServer(options: LaunchOptions, logFd: number): ChildProcess {
  const settings = Object.entries(options.settings).map(([name, value]) => `${name}=${value}`);
  const common = {
    cwd: rootFolder,
    env: cleanEnvironment,
    stdio: ['ignore', logFd, logFd],
    windowsHide: true,
  } satisfies Parameters<typeof spawn>[2];
  if (process.platform === 'win32') {
    // postgres refuses an administrator's full rights; pg_ctl starts it with fewer.
    const flags = settings.map((setting) => `-c "${setting}"`).join(' ');
    const args = ['start', '-D', options.folder, '-W', '-s', '-o', flags];
    return spawn(options.binaries.pgCtl, args, { ...common, windowsVerbatimArguments: false });
  }
  const args = ['-D', options.folder, ...settings.flatMap((setting) => ['-c', setting])];
  return spawn(options.binaries.postgres, args, {
    ...common,
    detached: true,
    ...identity(options.account),
  });
}

function judge(log: string, options: LaunchOptions): Launched {
  if (log.includes('could not bind') || log.includes('could not create any TCP/IP sockets')) {
    return { kind: 'port_taken' };
  }
  if (
    log.includes('lock file "postmaster.pid" already exists') ||
    log.includes('pre-existing shared memory block')
  ) {
    return { kind: 'folder_taken' };
  }
  throw new DatabaseError(
    'db/start_failed',
    `PostgreSQL did not start on ${options.folder}. The end of ${options.logFile}:\n` +
      log.trim().slice(-limits.logQuotedBytes),
  );
}

/** Keeps one old log, so that a server restarted for years does not fill the disk. */
async function turnOver(file: string): Promise<void> {
  const size = await stat(file).then(
    (facts) => facts.size,
    () => 0,
  );
  if (size > limits.logBytes) await rename(file, `${file}.1`);
}

async function readFrom(file: string, start: number): Promise<string> {
  return (await readFile(file)).subarray(start).toString('utf8');
}
