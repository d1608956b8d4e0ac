import { spawnSync } from 'node:child_process';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** A file system of its own that can be filled. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no byte free. */
  fill(): Promise<void>;
  free(): Promise<void>;
  remove(): Promise<void>;
}

export type DiskResult =
  | { readonly ok: true; readonly value: SmallDisk }
  /** Why there is none. */
  | { readonly ok: false; readonly reason: string };

/** A cluster and its WAL take 100 to 200 MB; the memory of a page counts when it is written. */
const SIZE = '512m';
const CHUNK = Buffer.alloc(1_000_000, 1);

/** In memory, mounted by root; there is none for anybody else. */
export async function mountSmallDisk(folder: string): Promise<DiskResult> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return { ok: false, reason: 'only root, on Linux, can mount a disk that is small' };
  }
  await mkdir(folder);
  const options = `size=${SIZE},mode=0755`;
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    await rm(folder, { recursive: true });
    return { ok: false, reason: `a small disk cannot be mounted: ${String(stderr).trim()}` };
  }
  // Also where the run is ended before it ends.
  const unmount = () => spawnSync('umount', ['--lazy', folder]);
  process.once('exit', unmount);
  const filler = join(folder, 'filler');
  const value: SmallDisk = {
    folder,
    fill: () => fill(filler, folder),
    free: () => rm(filler, { force: true }),
    remove: async () => {
      process.off('exit', unmount);
      unmount();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return { ok: true, value };
}

async function fill(filler: string, folder: string): Promise<void> {
  const file = await open(filler, 'a');
  try {
    for (let size = CHUNK.length; size > 0;) {
      try {
        await file.write(CHUNK, 0, size);
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== 'ENOSPC') throw error;
        size = size === 1 ? 0 : Math.floor(size / 2);
      }
    }
  } finally {
    await file.close();
  }
  const { bavail } = await statfs(folder);
  if (bavail > 0) await fill(filler, folder);
}
