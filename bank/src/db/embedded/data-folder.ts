import { randomBytes } from 'node:crypto';
import { access, chmod, constants, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseError } from '../errors.ts';
import type { Account } from './account.ts';
import { refuseOtherOwner } from './account.ts';
import type { Binaries } from './binaries.ts';
import { initCluster, refuseOtherVersion } from './cluster.ts';
import { canReach, isUsablePlace } from './places.ts';
import type { ServerRecord } from './record.ts';
import { recordFile, updateRecord, usualDataFolder } from './record.ts';

/**
 * DATA_DIR itself, ours to write in. Where root makes it, others may pass through, so that
 * PostgreSQL's own account gets to its folder inside. Throws `db/data_unusable`.
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    const isNew = (await mkdir(dataDir, { recursive: true, mode: 0o700 })) !== undefined;
    if (isNew && process.getuid?.() === 0) await chmod(dataDir, 0o711);
    await access(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const message = `DATA_DIR ${dataDir} cannot be made or written to. Set another DATA_DIR.`;
    throw new DatabaseError('db/data_unusable', message, { cause: error });
  }
}

/**
 * The folder with this instance's data, or `undefined` where there is none yet. Where the record
 * names a folder that is not there, it is missing (`db/data_missing`): never an empty start.
 */
export async function locateData(
  dataDir: string,
  record: ServerRecord,
): Promise<string | undefined> {
  const folder = path.resolve(dataDir, record.dataFolder ?? usualDataFolder);
  if (await exists(folder)) return folder;
  if (record.dataFolder === undefined) return undefined;
  throw new DatabaseError(
    'db/data_missing',
    `The database of ${dataDir} should be in ${folder}, and is not there. Put it back from a ` +
      'backup; to start with an empty database on purpose, set another DATA_DIR or remove ' +
      `${recordFile(dataDir)}.`,
  );
}

/** The folder to start on: checked if it exists, made if it does not, and then recorded. */
export async function prepareData(options: {
  readonly dataDir: string;
  readonly record: ServerRecord;
  readonly account: Account | undefined;
  readonly places: readonly string[];
  readonly binaries: Binaries;
}): Promise<string> {
  const { dataDir, record, account, binaries } = options;
  const existing = await locateData(dataDir, record);
  const folder = existing ?? (await chooseFolder(options));
  if (existing === undefined) {
    await initCluster({ binaries, folder, account, adminPassword: record.adminPassword });
  }
  await refuseOtherVersion(folder, binaries);
  await refuseOtherOwner(folder, account);
  if (!(await canReach(path.dirname(folder), account))) throw unreachable(folder, account);
  if (record.dataFolder === undefined) {
    const isInside = path.dirname(folder) === dataDir;
    await updateRecord(dataDir, {
      ...record,
      dataFolder: isInside ? usualDataFolder : folder,
    });
  }
  return folder;
}

/** The usual folder also where no record is left that knows its passwords. */
export async function hasData(dataDir: string): Promise<boolean> {
  return exists(path.join(dataDir, usualDataFolder));
}

/** In DATA_DIR; where the account cannot get there (a 0700 home), beside the copied programs. */
async function chooseFolder(options: {
  readonly dataDir: string;
  readonly account: Account | undefined;
  readonly places: readonly string[];
}): Promise<string> {
  const { dataDir, account } = options;
  if (await canReach(dataDir, account)) return path.join(dataDir, usualDataFolder);
  for (const place of options.places) {
    if (!(await isUsablePlace(place))) continue;
    // Random, so that instances never meet; the record alone says which is whose.
    const name = `data-${randomBytes(8).toString('hex')}`;
    if (await canReach(place, account)) return path.join(place, name);
  }
  throw unreachable(dataDir, account);
}

async function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

function unreachable(folder: string, account: Account | undefined): DatabaseError {
  return new DatabaseError(
    'db/data_unusable',
    `PostgreSQL, as ${account?.name ?? 'you'}, cannot get to ${folder}. Open the folders above ` +
      'it (chmod a+x), set another DATA_DIR, or start Sikka as an ordinary user.',
  );
}
