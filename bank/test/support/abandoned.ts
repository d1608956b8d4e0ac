import { lstat, readdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { removeEmbeddedPostgres } from '../../src/db/index.ts';

/**
 * What runs that were killed outright left behind: their folder names a process that is gone.
 * Tests of the embedded server itself have data directories inside such a folder.
 */
export async function removeAbandoned(prefix: string): Promise<void> {
  await removeStale({ folder: tmpdir(), now: new Date() });
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1] ?? process.pid);
    if (isRunning(pid)) continue;
    const folder = path.join(tmpdir(), name);
    try {
      await removeServers(folder);
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Somebody else's, or being removed by another run.
    }
  }
}

/** Of single tests, which nobody finds again: longer than any run takes. */
const STALE_MS = 86_400_000;
/** As `mkdtemp` names what tests ask it for: `sikka-bank-x7Qa1Z`. */
const MADE_FOR_A_TEST = /^sikka-[a-z-]+-[A-Za-z0-9]{6}$/;

/**
 * Folders of single tests that were killed: ours by name and owner, untouched for a day, with the
 * server that one left behind; not where a bank uses it. Answers their names.
 */
export async function removeStale({
  folder,
  now,
}: {
  readonly folder: string;
  readonly now: Date;
}): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await readdir(folder)) {
    const each = path.join(folder, name);
    try {
      if (!MADE_FOR_A_TEST.test(name) || !(await isStale(each, now))) continue;
      await removeServers(each);
      if (await hasServer(each)) continue;
      await rm(each, { recursive: true, force: true });
      removed.push(name);
    } catch {
      // Somebody else's, or being removed by another run.
    }
  }
  return removed;
}

async function isStale(folder: string, now: Date): Promise<boolean> {
  const found = await lstat(folder);
  const isOurs = found.isDirectory() && found.uid === userInfo().uid;
  return isOurs && now.getTime() - found.mtimeMs >= STALE_MS;
}

/** Their data also where that is elsewhere. Throws `db/in_use`. */
async function removeServers(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const inside = entries.filter((entry) => entry.isDirectory());
  for (const dataDir of [folder, ...inside.map((entry) => path.join(folder, entry.name))]) {
    await removeEmbeddedPostgres({ dataDir, log: () => undefined });
  }
}

async function hasServer(folder: string): Promise<boolean> {
  const files = await readdir(folder, { recursive: true });
  return files.some((file) => path.basename(file) === 'postmaster.pid');
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
