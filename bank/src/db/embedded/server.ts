import { realpath } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, DatabaseError, isUnavailable, messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import type { DatabaseLog } from '../log.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { adminName } from './cluster.ts';
import { isPortFree, launch } from './launch.ts';
import type { Postmaster } from './postmaster.ts';
import { findPostmaster, stopPostmaster } from './postmaster.ts';
import { serverSettings } from './settings.ts';
import type { Control } from './store.ts';
import { connectAdmin, disconnect, readServerFacts, tryLock } from './store.ts';

export interface ServerOptions {
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  /** The data folder, with data in it. */
  readonly folder: string;
  readonly adminPassword: string;
  readonly logFile: string;
  readonly log: DatabaseLog;
  readonly settings: Readonly<Record<string, string>>;
  /** Nobody wants it any more: what runs may still be adopted, to be ended; none is started. */
  readonly stopping?: AbortSignal | undefined;
}

/** A server that answers and that nobody else uses. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  readonly adopted: boolean;
  /** Holds the lock while it lasts. */
  readonly control: Control;
}

/** Where the server may listen: on one port only (URLs of it are in use), or the next free one. */
export type PortChoice =
  | { readonly kind: 'exactly'; readonly port: number }
  | { readonly kind: 'from'; readonly port: number };

/**
 * Adopts the server that runs on the folder, or starts one. Throws `db/in_use` where another bank
 * uses it, `db/port_taken`, `db/start_failed`, `db/credentials_missing`.
 */
export async function openServer(options: ServerOptions, choice: PortChoice): Promise<Server> {
  const began = Date.now();
  while (Date.now() < began + limits.startMs) {
    const running = await findPostmaster(options.folder, options.account);
    if (running === undefined && options.stopping?.aborted === true) break;
    // On a full disk a polite shutdown waits for ever for its checkpoint, also after there is room.
    // Not on Windows, which tells a process by its name only: it may be somebody else's.
    const isOurs = process.platform !== 'win32';
    const late = isOurs && Date.now() > began + limits.stopFastMs;
    const hangs = running?.state === 'stopping' && late;
    if (hangs) await stopPostmaster({ ...options, pid: running.pid });
    const server =
      running === undefined ? await start(options, choice) : await adopt(options, running);
    if (server !== undefined) return server;
    await pause(limits.pollMs);
  }
  throw new DatabaseError(
    'db/start_failed',
    `PostgreSQL on ${options.folder} neither answers nor ends. See ${options.logFile}.`,
  );
}

/** Ends the server while still holding it, so that nobody adopts it in between. */
export async function closeServer(options: ServerOptions, server: Server): Promise<void> {
  await stopPostmaster({ ...options, pid: server.pid });
  await disconnect(server.control);
}

/** `undefined`: look again, the state of things has changed. */
async function start(options: ServerOptions, choice: PortChoice): Promise<Server | undefined> {
  const count = choice.kind === 'exactly' ? 1 : limits.portsTried;
  for (let port = choice.port; port < choice.port + count && port <= 65_535; port += 1) {
    if (!(await isPortFree(port))) continue;
    const settings = { ...serverSettings(port), ...options.settings };
    const launched = await launch({ ...options, settings });
    if (launched.kind === 'port_taken') continue;
    if (launched.kind === 'folder_taken') return undefined;
    const locked = await lockControl(options, port);
    if (locked.kind !== 'locked') return undefined;
    return { pid: launched.pid, port, adopted: false, control: locked.control };
  }
  throw new DatabaseError(
    'db/port_taken',
    choice.kind === 'exactly'
      ? `Port ${choice.port}, which PostgreSQL had before, is taken by another program.`
      : `No free port for PostgreSQL between ${choice.port} and ${choice.port + count - 1}.`,
  );
}

async function adopt(options: ServerOptions, running: Postmaster): Promise<Server | undefined> {
  if (running.state !== 'ready') return undefined;
  const stop = () => stopPostmaster({ ...options, pid: running.pid });
  const locked = await lockControl(options, running.port);
  switch (locked.kind) {
    case 'busy':
      return undefined;
    case 'silent':
      // It says that it is ready, and nobody answers: it hangs, or listens elsewhere.
      await stop();
      return undefined;
    case 'locked':
      break;
  }
  const { control } = locked;
  const facts = await readServerFacts(control);
  const isSame =
    facts.version === options.binaries.version &&
    facts.listens === '127.0.0.1' &&
    (await isSameProgram(running.executable, options.binaries.postgres));
  if (isSame) return { pid: running.pid, port: running.port, adopted: true, control };
  options.log('database.replaced', { version: facts.version, pid: running.pid });
  // Under the lock, so that nobody adopts it meanwhile.
  await stop();
  await disconnect(control);
  return undefined;
}

type Locked =
  | { readonly kind: 'locked'; readonly control: Control }
  /** Starting or shutting down: it will be something else soon. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'silent' };

/**
 * The connection, holding the lock. Throws `db/in_use` where another bank holds it for longer
 * than the server takes to notice that a killed one is gone.
 */
async function lockControl(options: ServerOptions, port: number): Promise<Locked> {
  let control: Control;
  try {
    control = await connectAdmin({ user: adminName, password: options.adminPassword, port });
  } catch (error) {
    const code = codeOf(error);
    if (code === '28P01') throw wrongPassword(options, error);
    if (code === '53300') throw inUse(options);
    if (code?.startsWith('57P') === true || isInTrouble(error)) return { kind: 'busy' };
    return { kind: 'silent' };
  }
  try {
    const until = Date.now() + limits.lockMs;
    while (!(await tryLock(control))) {
      if (Date.now() > until) throw inUse(options);
      await pause(limits.pollMs);
    }
    return { kind: 'locked', control };
  } catch (error) {
    await disconnect(control);
    if (isUnavailable(error)) return { kind: 'busy' };
    throw error;
  }
}

/**
 * It crashed while it answered and is recovering, or its disk is full. Ending it would take a
 * checkpoint, for which there is no room either.
 */
function isInTrouble(error: unknown): boolean {
  const isCut = messageOf(error).startsWith('Connection terminated');
  return isCut || ['53100', 'ECONNRESET'].includes(codeOf(error) ?? '');
}

async function isSameProgram(running: string, ours: string): Promise<boolean> {
  // Windows tells only its name.
  if (process.platform === 'win32') return true;
  return running === (await realpath(ours));
}

function inUse(options: ServerOptions): DatabaseError {
  return new DatabaseError(
    'db/in_use',
    `Another server is using ${options.folder}. Stop the other Sikka first, or set another ` +
      'DATA_DIR (and PORT) to run both.',
  );
}

function wrongPassword(options: ServerOptions, cause: unknown): DatabaseError {
  return new DatabaseError(
    'db/credentials_missing',
    `The password in postgres.json is not that of the server on ${options.folder} ` +
      `(${messageOf(cause)}). Put both back from the same backup.`,
    { cause },
  );
}
