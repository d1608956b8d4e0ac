import { decodeCbor } from '@sikka/protocol';

/** The items of a stored batch. */
export function readBatchItems(bytes: Uint8Array | undefined): readonly Uint8Array[] {
  const decoded = decodeCbor(new Uint8Array(bytes ?? []), { maxBytes: 8 << 20 });
  if (!decoded.ok || !Array.isArray(decoded.value)) throw new Error('Not a batch.');
  return decoded.value.map((item) => {
    if (!(item instanceof Uint8Array)) throw new Error('Not an item.');
    return item;
  });
}
