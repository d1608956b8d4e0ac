import { fromBase64url, toBase64url } from '@sikka/api';

/** Where a page of transfers ends, as clients carry it: opaque, and checked when it comes back. */
export function writeCursor(id: bigint): string {
  return toBase64url(new TextEncoder().encode(`transfer:${id}`));
}

/** Undefined for what is no cursor of ours. */
export function readCursor(text: string): bigint | undefined {
  const bytes = text.length > 48 ? undefined : fromBase64url(text);
  if (bytes === undefined) return undefined;
  const [, id] = /^transfer:([1-9][0-9]{0,17})$/.exec(new TextDecoder().decode(bytes)) ?? [];
  return id === undefined ? undefined : BigInt(id);
}
