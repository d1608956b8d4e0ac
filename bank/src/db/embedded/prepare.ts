import path from 'node:path';
import { DatabaseError } from '../errors.ts';
import type { DatabaseLog } from '../log.ts';
import { chooseAccount } from './account.ts';
import { findPackage, prepareBinaries } from './binaries.ts';
import { hasData, locateData, makeDataDir, prepareData } from './data-folder.ts';
import { outsidePlaces } from './places.ts';
import type { ServerRecord } from './record.ts';
import { openRecord, readRecord, recordFile } from './record.ts';
import type { ServerOptions } from './server.ts';

export interface EmbeddedPostgresOptions {
  /** DATA_DIR. The data goes to `postgres` in it, the passwords to `postgres.json`. */
  readonly dataDir: string;
  readonly log: DatabaseLog;
  /** As root: the account to run as, by name or number. Default: see `chooseAccount`. */
  readonly account?: string | undefined;
  /** The first port tried, then the next ones. Default 15432. */
  readonly preferredPort?: number | undefined;
  /** Server settings over the usual ones, for tests and benches. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where programs and data may go if the account cannot reach ours; only tests give others. */
  readonly places?: readonly string[];
}

/** Steps 1 to 5 of decisions/0004: the account, programs that run as it, data that is its own. */
export async function prepareServer(
  options: EmbeddedPostgresOptions,
): Promise<{ readonly server: ServerOptions; readonly record: ServerRecord }> {
  const { log } = options;
  const dataDir = path.resolve(options.dataDir);
  const found = await findPackage();
  await makeDataDir(dataDir);
  // In this order: a process starting at the same time writes the record before the data.
  const isOld = await hasData(dataDir);
  const known = await readRecord(dataDir);
  if (isOld && known === undefined) throw recordMissing(dataDir);
  const existing = known === undefined ? undefined : await locateData(dataDir, known);
  const account = await chooseAccount({
    asked: options.account,
    belongings: [...(existing === undefined ? [] : [existing]), dataDir, found.folder],
  });
  const places = options.places ?? outsidePlaces();
  const binaries = await prepareBinaries({ found, account, places, log });
  const record = await openRecord(dataDir);
  const folder = await prepareData({ dataDir, record, account, places, binaries });
  const server = {
    binaries,
    account,
    folder,
    adminPassword: record.adminPassword,
    logFile: logFileOf(dataDir),
    log,
    settings: options.settings ?? {},
  };
  return { server, record };
}

/** What the server itself says; kept in DATA_DIR, where a newcomer looks first. */
export function logFileOf(dataDir: string): string {
  return path.join(dataDir, 'postgres.log');
}

function recordMissing(dataDir: string): DatabaseError {
  return new DatabaseError(
    'db/credentials_missing',
    `${dataDir} has a database, but ${recordFile(dataDir)} with its passwords is gone. Put it ` +
      'back from a backup, or set another DATA_DIR.',
  );
}
