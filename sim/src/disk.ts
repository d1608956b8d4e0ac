import { hex } from '@sikka/protocol';
import type { WalletParts } from '@sikka/wallet/payer';
import { Died } from './fuse.ts';
import type { Fuse } from './fuse.ts';

type WalletStore = WalletParts['store'];
type StoreRecord = Parameters<WalletStore['append']>[1][number];

/** What survives the process that wrote it. */
export interface Disk {
  records: StoreRecord[];
  /** Records of whole writes. What lies behind them a process left that died while writing. */
  whole: number;
  /** The unique keys of all records, as hex. */
  taken: Set<string>;
  /** Kept apart from what a backup restores (spec/journal.md 7). */
  apart: Uint8Array | undefined;
  /** Lets one instance at a time write. */
  lock: Promise<unknown>;
}

/** A copy that later writes to the disk do not change. */
export interface DiskImage {
  readonly records: readonly StoreRecord[];
  readonly apart: Uint8Array | undefined;
}

export function createDisk(): Disk {
  return {
    ...{ records: [], whole: 0, taken: new Set() },
    ...{ apart: undefined, lock: Promise.resolve() },
  };
}

export function imageOf({ records, whole, apart }: Disk): DiskImage {
  return { records: records.slice(0, whole), apart };
}

/** Another disk with the same content: what a thief makes, the part kept apart included. */
export function cloneDisk(disk: Disk): Disk {
  const { records, apart } = imageOf(disk);
  const { length: whole } = records;
  return { ...createDisk(), records: [...records], whole, taken: new Set(disk.taken), apart };
}

/** Puts the journal of a backup back; what is kept apart stays as it is. */
export function restoreJournal(disk: Disk, { records }: DiskImage): void {
  disk.records = [...records];
  disk.whole = records.length;
  disk.taken = new Set(records.flatMap(keysOf));
}

/** A store on the disk, opened as by a new process: a torn last write is gone. */
export function openDisk(disk: Disk, fuse: Fuse): WalletStore {
  disk.records.length = disk.whole;
  return {
    readFrom: async (position) =>
      disk.records.slice(position, disk.whole).map(({ sealed }) => sealed),
    async append(position, records) {
      const keys = records.flatMap(keysOf);
      const repeats = keys.some((key) => disk.taken.has(key));
      if (position !== disk.whole || repeats) return 'conflict';
      fuse.burn('append:before');
      writeTorn(disk, records, fuse);
      disk.records.push(...records);
      disk.whole = disk.records.length;
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

function keysOf({ uniqueKeys }: StoreRecord): readonly string[] {
  return uniqueKeys.map(hex);
}

function writeTorn(disk: Disk, records: readonly StoreRecord[], fuse: Fuse): void {
  try {
    fuse.burn('append:torn');
  } catch (error) {
    if (error instanceof Died) disk.records.push(...records.slice(0, records.length / 2));
    throw error;
  }
}
