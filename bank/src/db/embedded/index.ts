import { rm } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../errors.ts';
import { chooseAccount } from './account.ts';
import { adminName } from './cluster.ts';
import { locateData } from './data-folder.ts';
import { findPostmaster } from './postmaster.ts';
import type { EmbeddedPostgresOptions } from './prepare.ts';
import { logFileOf, prepareServer } from './prepare.ts';
import { readRecord, recordFile } from './record.ts';
import type { Server } from './server.ts';
import { closeServer, openServer } from './server.ts';
import { applicationName, ensureApplication } from './store.ts';
import { supervise } from './supervise.ts';

export type { EmbeddedPostgresOptions } from './prepare.ts';

export interface EmbeddedPostgres {
  /** The application's database, as its owner (no superuser). Stays right after a restart. */
  readonly url: string;
  /** The superuser, for tests and backups. */
  readonly adminUrl: string;
  /** True where a server was found running, left by a bank that was killed. */
  readonly adopted: boolean;
  /** `18.4` */
  readonly version: string;
  /** Number of the server's first process, now. */
  pid(): number;
  /**
   * Ends the server with a checkpoint, or, where its disk is full, within some minute without one.
   * A second call waits for the first.
   */
  stop(): Promise<void>;
}

/** Below the ports that systems give to outgoing connections, and not PostgreSQL's own 5432. */
const usualPort = 15_432;

/**
 * Starts the PostgreSQL that comes with Sikka, or adopts the one that a killed bank left running,
 * and brings it back when it is lost, until `stop`. It takes no signals: the caller stops it on
 * SIGINT and SIGTERM.
 *
 * Several instances run side by side if each has its own `dataDir`; two on one are refused.
 * Throws `DatabaseError` with what to do. Source: decisions/0004-embedded-postgresql.md.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { log } = options;
  const { server, record } = await prepareServer(options);
  const first = await openServer(server, {
    kind: 'from',
    port: options.preferredPort ?? usualPort,
  });
  try {
    await ensureApplication(first.control, record.applicationPassword);
  } catch (error) {
    await closeServer(server, first);
    throw error;
  }
  const { pid, port, adopted } = first;
  const { version } = server.binaries;
  log(adopted ? 'database.adopted' : 'database.started', { version, port, pid });
  const reopen = (at: number, stopping: AbortSignal) =>
    openServer({ ...server, stopping }, { kind: 'exactly', port: at });
  const close = (last: Server) => closeServer(server, last);
  const supervision = supervise({ first, reopen, close, log });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await close(await supervision.end());
    log('database.stopped');
  };
  return {
    url: urlOf({ user: applicationName, password: record.applicationPassword, port }),
    adminUrl: urlOf({ user: adminName, password: record.adminPassword, port }),
    adopted,
    version,
    pid: () => supervision.current().pid,
    stop: () => (stopped ??= stop()),
  };
}

/**
 * Ends the server of a data directory, if one runs, and deletes its data, also where that is
 * outside DATA_DIR, its passwords and its log; for `npm run reset`. Refuses (`db/in_use`) while a
 * bank uses it.
 */
export async function removeEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<{ readonly removed: boolean }> {
  const dataDir = path.resolve(options.dataDir);
  const record = await readRecord(dataDir);
  if (record === undefined) return { removed: false };
  const folder = await locateData(dataDir, record).catch((error: unknown) => {
    if (codeOf(error) === 'db/data_missing') return undefined;
    throw error;
  });
  if (folder !== undefined) {
    const account = await chooseAccount({ asked: options.account, belongings: [folder] });
    // Through the front door, which adopts it or says that it is in use.
    const isRunning = (await findPostmaster(folder, account)) !== undefined;
    if (isRunning) await (await startEmbeddedPostgres(options)).stop();
    await rm(folder, { recursive: true, force: true });
  }
  const log = logFileOf(dataDir);
  for (const file of [recordFile(dataDir), log, `${log}.1`]) await rm(file, { force: true });
  return { removed: true };
}

/** Each role has the database of its own name. */
function urlOf(to: {
  readonly user: string;
  readonly password: string;
  readonly port: number;
}): string {
  return `postgres://${to.user}:${to.password}@127.0.0.1:${to.port}/${to.user}`;
}
