import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { limits } from './limits.ts';

export interface DroppedFile {
  /** At most one byte more than is ever read. */
  readonly bytes: Uint8Array;
  readonly isTooLarge: boolean;
}

/** Folders in which two banks leave each other files. */
export interface Drop {
  /** The first names of `in`, at most `limits.filesAtOnce`. */
  list(): Promise<readonly string[]>;
  /** Undefined where another process has just moved it. */
  read(name: string): Promise<DroppedFile | undefined>;
  /** Out of `in`; where it has gone already, nothing. A suffix keeps another file of its name. */
  move(name: string, to: 'done' | 'refused', suffix?: string): Promise<void>;
  /** Into `out`, whole or not at all. */
  write(name: string, text: string): Promise<void>;
}

/** A name of nobody's tricks, and no file that is still being written. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.xml$/;

export function createDrop(dir: string): Drop {
  const at = (folder: string, name: string) => path.join(dir, folder, name);
  const made = (async () => {
    for (const folder of ['in', 'out', 'done', 'refused']) {
      await mkdir(path.join(dir, folder), { recursive: true, mode: 0o700 });
    }
  })();
  made.catch(() => undefined);
  return {
    list: async () => {
      await made;
      const entries = await readdir(path.join(dir, 'in'), { withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && NAME.test(entry.name));
      const names = files.map(({ name }) => name).sort();
      return names.slice(0, limits.filesAtOnce);
    },
    read: (name) => readDropped(at('in', name)),
    move: async (name, to, suffix) => {
      const target = suffix === undefined ? name : `${suffix}-${name}`;
      await ignoringAbsence(rename(at('in', name), at(to, target)));
    },
    write: async (name, text) => {
      await made;
      const unfinished = at('out', `.${name}.${randomUUID()}`);
      const file = await open(unfinished, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, at('out', name));
      await syncFolder(path.join(dir, 'out'));
    },
  };
}

/** So that the name, too, outlasts a power cut. Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** No link is followed. */
async function readDropped(file: string): Promise<DroppedFile | undefined> {
  const handle = await ignoringAbsence(
    open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
  );
  if (handle === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(Math.min((await handle.stat()).size, limits.fileBytes + 1));
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = (await handle.read(buffer, length, buffer.length - length, length)).bytesRead;
    }
    return { bytes: buffer.subarray(0, length), isTooLarge: length > limits.fileBytes };
  } finally {
    await handle.close();
  }
}

async function ignoringAbsence<T>(acting: Promise<T>): Promise<T | undefined> {
  try {
    return await acting;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
