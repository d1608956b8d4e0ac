import { isWalletKeyItem } from '@sikka/protocol';
import type { Result } from '@sikka/protocol';
import { limits } from '../limits.ts';

/** One packet of a batch, where it stands in the bytes received. */
export interface Item {
  /** Place in the batch, from 0. */
  readonly place: number;
  /** Offset of its CBOR head in the batch: the evidence is found again by it. */
  readonly at: number;
  /** The packet, a view of the batch. */
  readonly bytes: Uint8Array;
}

export type BatchCode = 'too_large' | 'malformed' | 'not_canonical';

const BYTE_STRING = 2;
const ARRAY = 4;

/**
 * The intake of native documents (spec/settlement.md §1): a CBOR array of byte strings, each one
 * packet, in the profile of spec/encoding.md. What is in a packet is not looked at.
 *
 * Refuses the batch as a whole: over 8 MiB, 5,000 packets or 500 payments by wallet keys
 * `too_large`, a head that is not the shortest or of indefinite length `not_canonical`, anything
 * else that is not such an array `malformed`.
 */
export function readBatch(bytes: Uint8Array): Result<readonly Item[], BatchCode> {
  if (bytes.length > limits.batchBytes) return refuse('too_large', 'over 8 MiB');
  const list = readHead(bytes, 0, ARRAY);
  if (!list.ok) return list;
  if (list.value.length > limits.batchPackets) return refuse('too_large', 'over 5,000 packets');
  const items: Item[] = [];
  let at = list.value.next;
  let byKeys = 0;
  for (let place = 0; place < list.value.length; place++) {
    const head = readHead(bytes, at, BYTE_STRING);
    if (!head.ok) return head;
    const end = head.value.next + head.value.length;
    if (end > bytes.length) return refuse('malformed', `packet ${place} is cut short`);
    const item = { place, at, bytes: bytes.subarray(head.value.next, end) };
    if (isWalletKeyItem(item.bytes)) byKeys += 1;
    items.push(item);
    at = end;
  }
  if (at !== bytes.length) return refuse('malformed', 'bytes after the last packet');
  if (byKeys > limits.batchKeyPayments) return refuse('too_large', 'over 500 payments by keys');
  return { ok: true, value: items };
}

/** The packet whose head stands at the start of a slice of stored evidence. */
export function readEvidence(slice: Uint8Array): Uint8Array {
  const head = readHead(slice, 0, BYTE_STRING);
  const end = head.ok ? head.value.next + head.value.length : Infinity;
  if (!head.ok || end > slice.length) throw new Error('Stored evidence does not start a packet.');
  return slice.subarray(head.value.next, end);
}

interface Head {
  readonly length: number;
  /** Offset of what follows the head. */
  readonly next: number;
}

/** A head of that major type, in shortest form, with a length of at most 32 bits. */
function readHead(bytes: Uint8Array, at: number, major: number): Result<Head, BatchCode> {
  const first = bytes[at];
  if (first === undefined) return refuse('malformed', 'the batch is cut short');
  if (first >> 5 !== major) return refuse('malformed', `major type ${first >> 5} at ${at}`);
  const info = first & 31;
  if (info < 24) return { ok: true, value: { length: info, next: at + 1 } };
  if (info === 31) return refuse('not_canonical', `indefinite length at ${at}`);
  if (info > 26) return refuse('malformed', `a length of over 32 bits at ${at}`);
  const width = 1 << (info - 24);
  const next = at + 1 + width;
  if (next > bytes.length) return refuse('malformed', 'the batch is cut short');
  let length = 0;
  for (let i = at + 1; i < next; i++) length = length * 256 + (bytes[i] ?? 0);
  const least = info === 24 ? 24 : 2 ** (8 * (width / 2));
  if (length < least) return refuse('not_canonical', `a head longer than it needs at ${at}`);
  return { ok: true, value: { length, next } };
}

function refuse(code: BatchCode, detail: string): Result<never, BatchCode> {
  return { ok: false, code, detail };
}
