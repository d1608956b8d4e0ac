import { hex } from '@sikka/protocol';
import type { WalletParts } from '@sikka/wallet/payer';
import { Died } from './fuse.ts';
import type { Fuse } from './fuse.ts';

type WalletStore = WalletParts['store'];
type StoreRecord = Parameters<WalletStore['append']>[1][number];

/** One write as it lies on the disk. */
interface Frame {
  readonly records: readonly StoreRecord[];
  /** The process died in the middle: whoever reads the disk next throws it away. */
  readonly torn: boolean;
}

/** What survives the process that wrote it. */
export interface Disk {
  frames: readonly Frame[];
  /** The unique keys of all records on it, as hex. */
  taken: Set<string>;
  /** Kept apart from what a backup restores (spec/journal.md 7). */
  apart: Uint8Array | undefined;
  /** Lets one instance at a time write. */
  lock: Promise<unknown>;
}

/** A copy that later writes to the disk do not change. */
export type DiskImage = Pick<Disk, 'apart' | 'frames'>;

export function createDisk(): Disk {
  return { frames: [], taken: new Set(), apart: undefined, lock: Promise.resolve() };
}

export function imageOf({ frames, apart }: Disk): DiskImage {
  return { frames, apart };
}

/** Another disk with the same content: what a thief makes, the part kept apart included. */
export function cloneDisk(disk: Disk): Disk {
  return { ...imageOf(disk), taken: new Set(disk.taken), lock: Promise.resolve() };
}

/** Puts the journal of a backup back; what is kept apart stays as it is. */
export function restoreJournal(disk: Disk, { frames }: DiskImage): void {
  disk.frames = frames;
  disk.taken = new Set(recordsOf(disk).flatMap(keysOf));
}

/** A store on the disk, opened as by a new process: a torn last write is gone. */
export function openDisk(disk: Disk, fuse: Fuse): WalletStore {
  disk.frames = disk.frames.filter(({ torn }) => !torn);
  return {
    readFrom: async (position) =>
      recordsOf(disk)
        .slice(position)
        .map(({ sealed }) => sealed),
    async append(position, records) {
      const keys = records.flatMap(keysOf);
      const repeats = keys.some((key) => disk.taken.has(key));
      if (position !== recordsOf(disk).length || repeats) return 'conflict';
      fuse.burn('append:before');
      writeTorn(disk, records, fuse);
      disk.frames = [...disk.frames, { records, torn: false }];
      for (const key of keys) disk.taken.add(key);
      fuse.burn('append:after');
      return 'appended';
    },
    async exclusive(work) {
      const mine = disk.lock.then(work);
      // A process that dies lets go of the lock.
      disk.lock = mine.catch(() => undefined);
      return { ok: true, value: await mine };
    },
    readApart: async () => disk.apart,
    async writeApart(value) {
      fuse.burn('apart:before');
      disk.apart = value;
      fuse.burn('apart:after');
    },
    close: async () => undefined,
  };
}

function recordsOf({ frames }: Pick<Disk, 'frames'>): readonly StoreRecord[] {
  return frames.flatMap(({ records }) => records);
}

function keysOf({ uniqueKeys }: StoreRecord): readonly string[] {
  return uniqueKeys.map(hex);
}

function writeTorn(disk: Disk, records: readonly StoreRecord[], fuse: Fuse): void {
  try {
    fuse.burn('append:torn');
  } catch (error) {
    if (error instanceof Died) disk.frames = [...disk.frames, { records, torn: true }];
    throw error;
  }
}
