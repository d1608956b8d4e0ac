import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { StartError } from './errors.ts';
import { LOG_STREAMS } from './log.ts';
import type { LogStream } from './log.ts';

/** Files in one folder: `security.log`, and before it `security.2026-11-21.000001.log`. */
export interface LogFiles {
  write(stream: LogStream, line: string): void;
  close(): void;
}

export interface LogFilesOptions {
  /** Absolute; made where it is not there. */
  readonly folder: string;
  readonly now: () => Date;
  /** Default: 50 MB, which every tool still opens. */
  readonly mostBytes?: number;
}

const MOST_BYTES = 50_000_000;
/** Two weeks of days, or fewer of busy ones. */
const KEPT = 14;

interface OpenFile {
  readonly file: number;
  readonly day: string;
  bytes: number;
}

/**
 * Files that rotate each day and at `mostBytes`, readable by their owner alone; of each stream
 * the newest fourteen are kept. Throws `start/data_unusable`.
 */
export function openLogFiles({ folder, now, mostBytes = MOST_BYTES }: LogFilesOptions): LogFiles {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const message = `The folder for logs, ${folder}, cannot be made. Check LOG_DIR.`;
    throw new StartError('start/data_unusable', message, { cause: error });
  }
  const current = (stream: LogStream) => path.join(folder, `${stream}.log`);
  const open = (stream: LogStream): OpenFile => {
    const file = openSync(current(stream), 'a', 0o600);
    const { size: bytes, mtime } = fstatSync(file);
    return { file, day: dayOf(bytes === 0 ? now() : mtime), bytes };
  };
  const files = new Map(LOG_STREAMS.map((stream) => [stream, open(stream)]));
  const rotate = (stream: LogStream, { file, day }: OpenFile): OpenFile => {
    closeSync(file);
    renameSync(current(stream), freeName(folder, stream, day));
    removeOld(folder, stream);
    const fresh = open(stream);
    files.set(stream, fresh);
    return fresh;
  };
  return {
    write: (stream, line) => {
      const known = files.get(stream) ?? open(stream);
      const length = Buffer.byteLength(line);
      const full = known.bytes > 0 && known.bytes + length > mostBytes;
      try {
        const open = full || known.day !== dayOf(now()) ? rotate(stream, known) : known;
        writeSync(open.file, line);
        open.bytes += length;
      } catch {
        // A full disk must not end the bank; what cannot be written is lost.
      }
    },
    close: () => {
      for (const { file } of files.values()) closeSync(file);
      files.clear();
    },
  };
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** One more than the last of the day: names in order are times in order. */
function freeName(folder: string, stream: LogStream, day: string): string {
  const before = readdirSync(folder).flatMap((name) => {
    const number = name.startsWith(`${stream}.${day}.`) ? name.split('.').at(-2) : undefined;
    return number === undefined ? [] : [Number(number)];
  });
  const next = String(Math.max(0, ...before) + 1).padStart(6, '0');
  return path.join(folder, `${stream}.${day}.${next}.log`);
}

function removeOld(folder: string, stream: LogStream): void {
  const old = readdirSync(folder).filter(
    (name) => name.startsWith(`${stream}.`) && /\.\d{4}-\d{2}-\d{2}\.\d{6}\.log$/.test(name),
  );
  for (const name of old.sort().slice(0, -KEPT)) rmSync(path.join(folder, name), { force: true });
}
