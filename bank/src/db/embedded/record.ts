import { randomBytes } from 'node:crypto';
import { chmod, link, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, DatabaseError } from '../errors.ts';
import { limits } from '../limits.ts';

/** What an instance must remember about its server: `postgres.json` in DATA_DIR, mode 0600. */
export interface ServerRecord {
  readonly adminPassword: string;
  readonly applicationPassword: string;
  /** Set once there is data: `postgres`, inside DATA_DIR, or an absolute path outside. */
  readonly dataFolder?: string;
}

/** Inside DATA_DIR, by this name, unless the account cannot reach it there. */
export const usualDataFolder = 'postgres';

/** The record of a data directory, made with fresh passwords where there is none. */
export async function openRecord(dataDir: string): Promise<ServerRecord> {
  const existing = await readRecord(dataDir);
  if (existing !== undefined) return existing;
  const fresh = { adminPassword: password(), applicationPassword: password() };
  // `link` refuses where another process was first; then its record is the one.
  const temporary = await writeTemporary(dataDir, fresh);
  try {
    await link(temporary, recordFile(dataDir));
  } catch (error) {
    // Some file systems have no links; a race there is decided by the last rename.
    if (codeOf(error) !== 'EEXIST') await rename(temporary, recordFile(dataDir));
  } finally {
    await rm(temporary, { force: true });
  }
  return (await readRecord(dataDir)) ?? fresh;
}

export async function updateRecord(dataDir: string, record: ServerRecord): Promise<void> {
  await rename(await writeTemporary(dataDir, record), recordFile(dataDir));
}

/** `undefined` where there is none. Throws `db/credentials_missing` where it cannot be read. */
export async function readRecord(dataDir: string): Promise<ServerRecord | undefined> {
  const file = recordFile(dataDir);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(file, error);
  }
  // A restore or a copy may have opened it to others.
  await chmod(file, 0o600).catch(() => undefined);
  return parseRecord(text) ?? fail(unreadable(file, undefined));
}

export function recordFile(dataDir: string): string {
  return path.join(dataDir, 'postgres.json');
}

function parseRecord(text: string): ServerRecord | undefined {
  if (text.length > limits.smallFileBytes) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { adminPassword, applicationPassword, dataFolder } = value as Record<string, unknown>;
  if (typeof adminPassword !== 'string' || typeof applicationPassword !== 'string') {
    return undefined;
  }
  const folder = typeof dataFolder === 'string' ? { dataFolder } : {};
  return { adminPassword, applicationPassword, ...folder };
}

async function writeTemporary(dataDir: string, record: ServerRecord): Promise<string> {
  const file = `${recordFile(dataDir)}.new-${randomBytes(6).toString('hex')}`;
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(record, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return file;
}

/** 192 bits, in letters that need no escaping in a URL or in SQL. */
function password(): string {
  return randomBytes(24).toString('base64url');
}

function unreadable(file: string, cause: unknown): DatabaseError {
  return new DatabaseError(
    'db/credentials_missing',
    `${file}, which holds the database passwords, cannot be read. Put it back from a backup, ` +
      'or start as the user who made it.',
    { cause },
  );
}

function fail(error: Error): never {
  throw error;
}
