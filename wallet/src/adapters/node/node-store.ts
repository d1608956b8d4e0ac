import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes, hex } from '@sikka/protocol';
import { refuse, WalletError } from '../../errors.ts';
import { LOCK_WAIT_MS, MAX_APPEND_BYTES, MAX_JOURNAL_BYTES } from '../../limits.ts';
import type { StoreRecord, WalletStore } from '../../store/store.ts';
import {
  makeFolder,
  onDisk,
  readIfThere,
  removeFile,
  replaceFile,
  syncFolder,
} from './durable-files.ts';
import { takeLock } from './file-lock.ts';
import { makeQueue } from '../../queue.ts';
import { decodeFrame, encodeFrame, findFrame } from './frames.ts';

export interface NodeStoreOptions {
  /** Holds the journal and its lock. */
  readonly folder: string;
  /**
   * Holds the highest bulletin seen. Must not be restored together with `folder`; usually beside
   * it: the default is `<folder>.apart`.
   */
  readonly apart?: string;
  readonly lockWaitMs?: number;
}

/** What this instance knows of the file. */
interface Known {
  readonly sealed: Uint8Array[];
  readonly uniqueKeys: Set<string>;
  /** Bytes up to the end of the last whole frame. */
  end: number;
}

/** A temporary file this old was left by a process that died. */
const LEFT_OVER_MS = 3_600_000;

/**
 * One append-only file under a lock file. Opening cuts off a torn last write, never a whole
 * frame; damage in the middle is refused with `wallet/store_damaged` and nothing is changed.
 * @throws WalletError `wallet/store_…`
 */
export async function openNodeStore(options: NodeStoreOptions): Promise<WalletStore> {
  const { folder, apart = `${folder}.apart`, lockWaitMs = LOCK_WAIT_MS } = options;
  return onDisk(async () => {
    await makeFolder(folder);
    await makeFolder(apart);
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND;
    const file = await open(join(folder, 'journal'), flags, 0o600);
    try {
      const store = makeStore({ folder, apart, file, lockWaitMs });
      await store.repair();
      return store;
    } catch (error) {
      await file.close();
      throw error;
    }
  });
}

interface Place {
  readonly folder: string;
  readonly apart: string;
  readonly file: FileHandle;
  readonly lockWaitMs: number;
}

function makeStore({ folder, apart, file, lockWaitMs }: Place): WalletStore & {
  repair(): Promise<void>;
} {
  const known: Known = { sealed: [], uniqueKeys: new Set(), end: 0 };
  const lock = join(folder, 'lock');
  const bulletin = join(apart, 'bulletin');
  const serially = makeQueue();
  let failed = false;
  // After a failed sync nobody knows what the disk holds, and the next sync would not tell.
  const onFile = <T>(work: () => Promise<T>): Promise<T> =>
    serially(() =>
      onDisk(async () => {
        if (failed) throw new WalletError('wallet/store_failed', 'open the store again');
        failed = true;
        const answer = await work();
        failed = false;
        return answer;
      }),
    );

  const store: WalletStore = {
    readFrom: (position) =>
      onFile(async () => {
        await catchUp(file, known);
        return known.sealed.slice(position);
      }),
    append: (position, records) => onFile(() => appendFrame(file, known, position, records)),
    async exclusive(work) {
      const release = await onDisk(() => takeLock(lock, lockWaitMs));
      if (release === undefined) return refuse('wallet/store_busy', `${lock} is held`);
      try {
        return { ok: true, value: await work() };
      } finally {
        await release();
      }
    },
    readApart: () => onDisk(() => readIfThere(bulletin)),
    writeApart: (value) => onDisk(() => replaceFile(bulletin, value)),
    close: () => onDisk(() => file.close()),
  };
  const repair = async (): Promise<void> => {
    const done = await store.exclusive(async () => {
      await clearLeftOvers(folder);
      await cutTornEnd(file, known);
      await file.sync();
      await syncFolder(folder);
    });
    if (!done.ok) throw new WalletError('wallet/store_busy', done.detail);
  };
  return { ...store, repair };
}

/** Reads what was appended since, by anyone. A torn end is left as it is: it may be in writing. */
async function catchUp(file: FileHandle, known: Known): Promise<Uint8Array> {
  const tail = await readTail(file, known.end);
  let offset = 0;
  for (;;) {
    const frame = decodeFrame(tail, offset);
    if (frame === undefined) break;
    const expected = known.sealed.length;
    if (frame.position > expected) throw damaged(`frame ${frame.position} after ${expected}`);
    // Of two frames for one position the first stands, whatever became of the lock.
    if (frame.position === expected) remember(known, frame.records);
    offset = frame.end;
  }
  known.end += offset;
  // Another process may have died between its write and its sync.
  if (offset > 0) await file.sync();
  return tail.subarray(offset);
}

async function cutTornEnd(file: FileHandle, known: Known): Promise<void> {
  const rest = await catchUp(file, known);
  if (rest.length === 0) return;
  const next = findFrame(rest, 0);
  if (next !== undefined) throw damaged(`bytes ${known.end} to ${known.end + next} of the journal`);
  await file.truncate(known.end);
  await file.sync();
}

async function appendFrame(
  file: FileHandle,
  known: Known,
  position: number,
  records: readonly StoreRecord[],
): Promise<'appended' | 'conflict'> {
  await cutTornEnd(file, known);
  const keys = records.flatMap(({ uniqueKeys }) => uniqueKeys.map(hex));
  const taken = keys.some((key) => known.uniqueKeys.has(key)) || new Set(keys).size < keys.length;
  if (position !== known.sealed.length || taken) return 'conflict';
  const frame = encodeFrame(position, records);
  if (frame.length > MAX_APPEND_BYTES) throw new WalletError('wallet/store_failed', 'too long');
  const start = known.end;
  await writeWhole(file, frame, start);
  await file.sync();
  // The proof that the lock held: our frame stands exactly where the last one ended.
  const written = (await readTail(file, start)).subarray(0, frame.length);
  if (!equalBytes(written, frame)) return 'conflict';
  known.end = start + frame.length;
  remember(known, records);
  return 'appended';
}

/** One write, so that frames of two writers never mix; what is cut short is taken back. */
async function writeWhole(file: FileHandle, frame: Uint8Array, start: number): Promise<void> {
  const { bytesWritten } = await file.write(frame);
  if (bytesWritten === frame.length) return;
  await file.truncate(start);
  throw new WalletError('wallet/store_failed', 'the disk took only part of a write');
}

function remember(known: Known, records: readonly StoreRecord[]): void {
  for (const { sealed, uniqueKeys } of records) {
    known.sealed.push(sealed);
    for (const key of uniqueKeys) known.uniqueKeys.add(hex(key));
  }
}

async function readTail(file: FileHandle, start: number): Promise<Uint8Array> {
  const { size } = await file.stat();
  if (size > MAX_JOURNAL_BYTES) throw damaged(`${size} bytes`);
  if (size < start) throw damaged('it became shorter while open');
  const tail = new Uint8Array(size - start);
  let filled = 0;
  while (filled < tail.length) {
    const { bytesRead } = await file.read(tail, filled, tail.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return tail.subarray(0, filled);
}

/** Temporary files of processes that died; half a secret is not to lie about. */
async function clearLeftOvers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.new')) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > LEFT_OVER_MS) await removeFile(path);
  }
}

function damaged(what: string): WalletError {
  return new WalletError('wallet/store_damaged', `the journal file is damaged: ${what}`);
}
