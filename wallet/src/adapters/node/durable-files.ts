import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WalletError } from '../../errors.ts';

/** Readable and writable by their owner only. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Runs what touches the disk. Its errors become `wallet/store_failed`, with the system's words.
 */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error instanceof WalletError)
      throw error;
    throw new WalletError('wallet/store_failed', error.message);
  }
}

export function makeFolder(path: string): Promise<void> {
  return onDisk(async () => {
    const first = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    if (first !== undefined) await syncFolder(dirname(first));
  });
}

/** The file's bytes, or undefined where there is none. */
export function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return onDisk(async () => {
    try {
      return new Uint8Array(await readFile(path));
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  });
}

/** Replaces the file whole or not at all, and returns when it would survive a power cut. */
export function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  return onDisk(async () => {
    const temporary = await writeTemporary(path, bytes);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  });
}

/** Makes the file with its content in one step; false where a file of that name is there. */
export function createFile(path: string, bytes: Uint8Array): Promise<boolean> {
  return onDisk(async () => {
    const temporary = await writeTemporary(path, bytes);
    try {
      // Unlike rename, link never replaces: this is O_EXCL with the content already inside.
      await link(temporary, path);
      await syncFolder(dirname(path));
      return true;
    } catch (error) {
      if (isErrorCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await removeFile(temporary);
    }
  });
}

/** Removes the file if it is there. */
export function removeFile(path: string): Promise<void> {
  return onDisk(async () => {
    try {
      await unlink(path);
    } catch (error) {
      if (!isErrorCode(error, 'ENOENT')) throw error;
    }
  });
}

/** Makes names in the folder survive a power cut. Not every system can; those sync anyway. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function writeTemporary(path: string, bytes: Uint8Array): Promise<string> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.new`;
  const file = await open(temporary, 'wx', FILE_MODE);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}
