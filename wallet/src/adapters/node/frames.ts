import { concatBytes, decodeCbor, encodeCbor, equalBytes, sha256 } from '@sikka/protocol';
import { MAX_APPEND_BYTES } from '../../limits.ts';
import type { StoreRecord } from '../../store/store.ts';

/**
 * The journal file is a row of frames, one an append:
 *
 *     "SKJ1" ‖ position (uint32) ‖ length (uint32) ‖ SHA-256(the 12 bytes before ‖ body) ‖ body
 *
 * big-endian; `position` is the number of records before it, the body a CBOR array of
 * `[[unique key …], sealed]`. The checksum finds what a power cut tore; it is no security, for the
 * records are encrypted and chained.
 */
const MAGIC = new Uint8Array([0x53, 0x4b, 0x4a, 0x31]);
const HEAD_BYTES = 12;
const DIGEST_BYTES = 32;
const PREFIX_BYTES = HEAD_BYTES + DIGEST_BYTES;

export interface Frame {
  readonly position: number;
  readonly records: readonly StoreRecord[];
  /** Offset of the byte after it. */
  readonly end: number;
}

export function encodeFrame(position: number, records: readonly StoreRecord[]): Uint8Array {
  const body = encodeCbor(records.map(({ uniqueKeys, sealed }) => [uniqueKeys, sealed]));
  const head = new Uint8Array(HEAD_BYTES);
  head.set(MAGIC);
  const view = new DataView(head.buffer);
  view.setUint32(4, position);
  view.setUint32(8, body.length);
  return concatBytes(head, sha256(concatBytes(head, body)), body);
}

/** The frame at `offset`, or undefined where no whole, undamaged frame begins. */
export function decodeFrame(file: Uint8Array, offset: number): Frame | undefined {
  if (file.length - offset < PREFIX_BYTES) return undefined;
  const head = file.subarray(offset, offset + HEAD_BYTES);
  if (!equalBytes(head.subarray(0, MAGIC.length), MAGIC)) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, HEAD_BYTES);
  const length = view.getUint32(8);
  const end = offset + PREFIX_BYTES + length;
  if (length > MAX_APPEND_BYTES || end > file.length) return undefined;
  const body = file.subarray(offset + PREFIX_BYTES, end);
  const digest = file.subarray(offset + HEAD_BYTES, offset + PREFIX_BYTES);
  if (!equalBytes(sha256(concatBytes(head, body)), digest)) return undefined;
  const records = decodeRecords(body);
  return records === undefined ? undefined : { position: view.getUint32(4), records, end };
}

/** Offset of the next whole frame after `offset`, or undefined: what tells a tear from damage. */
export function findFrame(file: Uint8Array, offset: number): number | undefined {
  const first = MAGIC[0] ?? 0;
  for (let at = file.indexOf(first, offset); at >= 0; at = file.indexOf(first, at + 1)) {
    if (decodeFrame(file, at) !== undefined) return at;
  }
  return undefined;
}

function decodeRecords(body: Uint8Array): readonly StoreRecord[] | undefined {
  const decoded = decodeCbor(body, { maxBytes: MAX_APPEND_BYTES });
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const records: StoreRecord[] = [];
  for (const item of decoded.value as readonly unknown[]) {
    if (!Array.isArray(item) || item.length !== 2) return undefined;
    const [uniqueKeys, sealed] = item as readonly unknown[];
    if (!(sealed instanceof Uint8Array) || !isBytesArray(uniqueKeys)) return undefined;
    records.push({ uniqueKeys, sealed });
  }
  return records;
}

function isBytesArray(value: unknown): value is readonly Uint8Array[] {
  return Array.isArray(value) && value.every((item) => item instanceof Uint8Array);
}
