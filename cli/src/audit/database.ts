import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CliError } from '../errors.ts';

/** Where the bank's database may be found. */
export interface DatabaseSource {
  readonly given: string | undefined;
  readonly dataDir: string;
}

/**
 * The database to look at: the one given, else DATABASE_URL, else the server that the running bank
 * keeps in its data folder. Throws `cli/bank_unreachable`.
 */
export const findDatabase = async ({ given, dataDir }: DatabaseSource): Promise<string> => {
  const url = given ?? process.env.DATABASE_URL;
  if (url !== undefined && url !== '') return url;
  const record = await readRecord(dataDir);
  if (record === undefined) throw missing(`There is no bank's database in ${resolve(dataDir)}.`);
  const port = await readPort(resolve(dataDir, record.dataFolder));
  if (port === undefined) throw missing(`The database in ${resolve(dataDir)} is not running.`);
  const password = encodeURIComponent(record.password);
  return `postgres://${NAME}:${password}@127.0.0.1:${port}/${NAME}`;
};

/** The role and the database of the embedded server (decisions/0004-embedded-postgresql.md). */
const NAME = 'sikka';

interface ServerRecord {
  readonly password: string;
  readonly dataFolder: string;
}

/** `postgres.json` in the data folder: the password, and where the data is. */
const readRecord = async (dataDir: string): Promise<ServerRecord | undefined> => {
  const text = await readFile(join(dataDir, 'postgres.json'), 'utf8').catch(() => '');
  const { applicationPassword, dataFolder } = parse(text);
  if (typeof applicationPassword !== 'string') return undefined;
  const folder = typeof dataFolder === 'string' ? dataFolder : 'postgres';
  return { password: applicationPassword, dataFolder: folder };
};

const parse = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};

/** The fourth line of PostgreSQL's own `postmaster.pid`; undefined where no server runs. */
const readPort = async (dataFolder: string): Promise<number | undefined> => {
  const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const port = Number(text.split('\n')[3] ?? '');
  return Number.isInteger(port) && port > 0 ? port : undefined;
};

const missing = (what: string): CliError =>
  new CliError(
    'cli/bank_unreachable',
    `${what} Start the bank with npm start, or name its database with --database or ` +
      'DATABASE_URL, or its data folder with --data-dir or DATA_DIR.',
  );
