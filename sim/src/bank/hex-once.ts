import { hex } from '@sikka/protocol';

const texts = new WeakMap<Uint8Array, string>();

/** Bytes of a row, in hexadecimal: read after every event, and rows' bytes never change. */
export function hexOnce(bytes: Uint8Array): string {
  const known = texts.get(bytes);
  if (known !== undefined) return known;
  const text = hex(bytes);
  texts.set(bytes, text);
  return text;
}
