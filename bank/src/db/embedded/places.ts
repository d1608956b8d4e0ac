import { lstat, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Account } from './account.ts';
import { run } from './processes.ts';

/**
 * Where programs, and under root also data, may go when the account cannot reach them in the
 * clone: for root places of the machine, else the user's cache.
 */
export function outsidePlaces(): readonly string[] {
  if (process.getuid?.() === 0) return ['/var/lib/sikka', '/var/tmp/sikka-0'];
  if (process.platform === 'darwin') return [path.join(homedir(), 'Library/Caches/sikka')];
  if (process.platform === 'win32') return [path.join(homedir(), 'AppData/Local/sikka')];
  return [path.join(homedir(), '.cache/sikka')];
}

/**
 * Whether the place exists or can be made, and only we can write to it. In /var/tmp anybody may
 * have made the folder first and filled it with programs of their own.
 */
export async function isUsablePlace(place: string): Promise<boolean> {
  try {
    await mkdir(place, { recursive: true, mode: 0o755 });
    const facts = await lstat(place);
    if (process.platform === 'win32') return facts.isDirectory();
    return facts.isDirectory() && facts.uid === process.getuid?.() && (facts.mode & 0o022) === 0;
  } catch {
    // Read-only or forbidden: not a place.
    return false;
  }
}

/** Whether the account can pass through the folder; asked of the system, which alone knows. */
export async function canReach(folder: string, account: Account | undefined): Promise<boolean> {
  if (account === undefined) return true;
  const { code } = await run({
    file: '/bin/sh',
    args: ['-c', 'test -d "$1" && test -x "$1"', 'sh', folder],
    account,
  });
  return code === 0;
}
