/**
 * Many ids as one binary parameter: PostgreSQL slices them again, which costs a tenth of an array
 * of bytea in text form.
 */
export function packIds(ids: readonly Uint8Array[]): Buffer {
  const packed = Buffer.allocUnsafe(32 * ids.length);
  ids.forEach((id, index) => packed.set(id, 32 * index));
  return packed;
}

export { packNumbers } from '../../db/index.ts';

/** Seconds since 1970 of a time; times of rows are whole seconds. */
export function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

export function dateOf(seconds: number): Date {
  return new Date(seconds * 1000);
}

/** A length of time as PostgreSQL reads it. */
export function milliseconds(count: number): string {
  return `${count} milliseconds`;
}

/** A copy: the driver's bytes are a view of a whole message, which they would keep in memory. */
export function bytesOf(view: Buffer): Uint8Array {
  return new Uint8Array(view);
}
