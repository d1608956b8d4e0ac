import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, DatabaseError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { run } from './processes.ts';

/** The superuser; only this domain uses it, to make the application's role and database. */
export const adminName = 'postgres';

/**
 * Makes a data folder: in a temporary one, renamed when whole, so that a start that was killed
 * leaves nothing that looks like data. Where another process was first, its folder stays.
 */
export async function initCluster(options: {
  readonly binaries: Binaries;
  readonly folder: string;
  readonly account: Account | undefined;
  readonly adminPassword: string;
}): Promise<void> {
  const { binaries, folder, account } = options;
  await removeLeftovers(folder);
  const work = `${folder}.new-${randomBytes(6).toString('hex')}`;
  await mkdir(work, { mode: 0o700 });
  try {
    // A file, because standard input will not do: Node's pipes are sockets, which initdb
    // cannot open again by name.
    const passwordFile = path.join(work, 'password');
    await writePrivate(passwordFile, options.adminPassword, account);
    if (account !== undefined) await chown(work, account.uid, account.gid);
    const data = path.join(work, 'data');
    await initdb(binaries, account, [...initArguments, '--pwfile', passwordFile, '-D', data]);
    await rm(passwordFile);
    await initdb(binaries, account, ['--sync-only', '-D', data]);
    await rename(data, folder);
    await syncFolder(path.dirname(folder));
  } catch (error) {
    const raced = ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '');
    if (!raced) throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The built-in provider sorts the same on every machine, which the C library's does not. */
const initArguments = [
  ['--username', adminName],
  ['--auth', 'scram-sha-256'],
  ['--encoding', 'UTF8'],
  ['--locale', 'C'],
  ['--locale-provider', 'builtin'],
  ['--builtin-locale', 'C.UTF-8'],
  ['--no-instructions', '--no-sync'],
].flat();

/** Refuses a folder made by another major version, without touching it. */
export async function refuseOtherVersion(folder: string, binaries: Binaries): Promise<void> {
  const file = path.join(folder, 'PG_VERSION');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DatabaseError(
      'db/data_unusable',
      `${folder} is not a PostgreSQL data folder, or is not readable (${codeOf(error) ?? ''}). ` +
        'Nothing was changed. Put it back from a backup, or set another DATA_DIR.',
      { cause: error },
    );
  });
  const version = text.trim();
  if (version === binaries.major) return;
  throw new DatabaseError(
    'db/version_mismatch',
    `The data in ${folder} is of PostgreSQL ${version}, and this program brings ` +
      `${binaries.version}. Nothing was changed. Either start the version of Sikka that made ` +
      'it, dump there and restore here; or set another DATA_DIR; or, for demonstration data, ' +
      '`npm run reset`.',
  );
}

async function initdb(
  binaries: Binaries,
  account: Account | undefined,
  args: readonly string[],
): Promise<void> {
  const ran = await run({ file: binaries.initdb, args, account, timeoutMs: limits.initMs });
  if (ran.code === 0) return;
  const reason = ran.output.trim().split('\n').slice(-6).join('\n');
  const noName = reason.includes('could not look up effective user');
  throw new DatabaseError(
    noName ? 'db/account_unusable' : 'db/init_failed',
    `PostgreSQL could not make its data folder:\n${reason}\n` +
      (noName
        ? 'This user number has no name here: add it to /etc/passwd, or set DATABASE_URL.'
        : 'Is the disk full, or DATA_DIR on a network share? Set another one, or DATABASE_URL.'),
  );
}

async function writePrivate(
  file: string,
  text: string,
  account: Account | undefined,
): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    if (account !== undefined) await handle.chown(account.uid, account.gid);
  } finally {
    await handle.close();
  }
}

/** Those of starts that were killed; a younger one may be another process at work. */
async function removeLeftovers(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${path.basename(folder)}.new-`)) continue;
    const leftover = path.join(parent, name);
    const { mtimeMs } = await stat(leftover).catch(() => ({ mtimeMs: Date.now() }));
    const isOld = Date.now() - mtimeMs > 2 * limits.initMs;
    if (isOld) await rm(leftover, { recursive: true, force: true });
  }
}

/** The rename itself is on disk only when its folder is. Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
