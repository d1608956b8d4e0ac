import { decodeCbor, isBundleCarrier, openBundleCarrier, readBundleCarrier } from '@sikka/protocol';
import type { OpenedCarrier } from '@sikka/protocol';
import { limits } from './limits.ts';
import type { Snapshot } from './snapshot.ts';

/** One packet of an upload. */
export interface Item {
  /** Place in the upload, from 0. */
  readonly place: number;
  /** Offset of its CBOR head in the upload's bytes. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What was handed in. `items` is undefined where the bytes are no batch of packets. */
export interface Upload {
  readonly id: bigint;
  readonly bytes: Uint8Array;
  readonly items: readonly Item[] | undefined;
  /** The till's bundle that it begins with, opened by the key in it; nothing in it is proved. */
  readonly carrier: OpenedCarrier | undefined;
}

/**
 * Goes through rows that name uploads, in their order, in chunks whose uploads fit into memory
 * together; a single larger upload is held alone.
 */
export async function* withUploads<R>(
  snapshot: Snapshot,
  rows: readonly R[],
  uploadOf: (row: R) => bigint,
): AsyncGenerator<{ readonly rows: readonly R[]; readonly uploads: ReadonlyMap<bigint, Upload> }> {
  const sizes = await readSizes(snapshot, [...new Set(rows.map(uploadOf))]);
  let chunk: R[] = [];
  let named = new Set<bigint>();
  let bytes = 0;
  for (const row of rows) {
    const id = uploadOf(row);
    const size = named.has(id) ? 0 : (sizes.get(id) ?? 0);
    if (chunk.length > 0 && bytes + size > limits.evidenceBytes) {
      yield { rows: chunk, uploads: await readUploads(snapshot, [...named]) };
      [chunk, named, bytes] = [[], new Set(), 0];
    }
    chunk.push(row);
    bytes += named.has(id) ? 0 : (sizes.get(id) ?? 0);
    named.add(id);
  }
  if (chunk.length > 0) yield { rows: chunk, uploads: await readUploads(snapshot, [...named]) };
}

async function readSizes(
  snapshot: Snapshot,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, number>> {
  const rows = await snapshot.query<{ id: bigint; size: number }>(
    'select id, octet_length(bytes) as size from uploads where id = any ($1::bigint[])',
    [ids],
  );
  return new Map(rows.map(({ id, size }) => [id, size]));
}

async function readUploads(
  snapshot: Snapshot,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, Upload>> {
  const rows = await snapshot.query<{ id: bigint; bytes: Uint8Array }>(
    'select id, bytes from uploads where id = any ($1::bigint[])',
    [ids],
  );
  const uploads = new Map<bigint, Upload>();
  for (const { id, bytes } of rows) {
    const items = readBatch(bytes);
    uploads.set(id, { id, bytes, items, carrier: await openCarrier(items?.[0]) });
  }
  return uploads;
}

async function openCarrier(first: Item | undefined): Promise<OpenedCarrier | undefined> {
  if (first === undefined || !isBundleCarrier(first.bytes)) return undefined;
  const read = readBundleCarrier(first.bytes);
  const opened = read.ok ? await openBundleCarrier(read.value) : undefined;
  return opened?.ok === true ? opened.value : undefined;
}

/** The packets of a batch (spec/settlement.md §1): a CBOR array of byte strings. */
export function readBatch(bytes: Uint8Array): readonly Item[] | undefined {
  const decoded = decodeCbor(bytes, { maxBytes: limits.batchBytes });
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const packets: readonly unknown[] = decoded.value;
  if (packets.length > limits.batchPackets) return undefined;
  const items: Item[] = [];
  // Heads are the shortest there are, so the lengths say where each packet stands.
  let at = headBytes(packets.length);
  for (const packet of packets) {
    if (!(packet instanceof Uint8Array)) return undefined;
    items.push({ place: items.length, at, bytes: packet });
    at += headBytes(packet.length) + packet.length;
  }
  return items;
}

/** The shortest CBOR head for an array or byte string of that length. */
function headBytes(length: number): number {
  if (length < 24) return 1;
  if (length < 0x1_00) return 2;
  return length < 0x1_00_00 ? 3 : 5;
}
