import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toBase64url } from '@sikka/api';
import { decodeCbor, encodeCbor, fromHex } from '@sikka/protocol';
import type { CborValue } from '@sikka/protocol';
import { pick } from './mutations.ts';
import type { Random } from './mutations.ts';

/** Bodies of CBOR and COSE: the published vectors' packets, and then not quite as they are. */

const VECTORS = join(import.meta.dirname, '../../../../vectors');
const FAMILIES = ['packets', 'documents', 'judge', 'proofs', 'log', 'wallet-key', 'device-bundle'];
/** Longer ones are tried where limits are. */
const MOST_BYTES = 20_000;

const packets: readonly Uint8Array[] = FAMILIES.flatMap((family) =>
  readdirSync(join(VECTORS, family))
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => bytesIn(readFileSync(join(VECTORS, family, name), 'utf8'))),
).filter(({ length }) => length < MOST_BYTES);

function bytesIn(text: string): readonly Uint8Array[] {
  const { input } = JSON.parse(text) as { readonly input: Readonly<Record<string, unknown>> };
  return ['bytes', 'packet', 'item', 'first', 'second'].flatMap((key) => {
    const value = input[key];
    return typeof value === 'string' && /^([0-9a-f]{2})+$/.test(value) ? [fromHex(value)] : [];
  });
}

/** A batch of documents, or what somebody took for one. */
export function batchFor(random: Random): Buffer {
  const how = random();
  if (how < 0.1) return Buffer.from(Array.from({ length: 40 }, () => Math.floor(random() * 256)));
  if (how < 0.2) return Buffer.from(packetFor(random));
  const count = Math.floor(random() * 6);
  const items: readonly CborValue[] = Array.from({ length: count }, () => packetFor(random));
  const bytes = Buffer.from(how < 0.3 ? changedBytes(random, items) : encodeCbor(items));
  return how < 0.4 ? flipped(random, bytes) : bytes;
}

/** A packet in the text of a JSON member. */
export function packetText(random: Random): string {
  return toBase64url(packetFor(random));
}

function packetFor(random: Random): Uint8Array {
  const packet = pick(random, packets);
  const how = random();
  if (how < 0.2) return packet;
  if (how < 0.4) return flipped(random, packet);
  const decoded = decodeCbor(packet, { maxBytes: MOST_BYTES });
  return decoded.ok ? changedBytes(random, decoded.value) : flipped(random, packet);
}

function changedBytes(random: Random, value: CborValue): Uint8Array {
  try {
    return encodeCbor(changed(random, value, 0));
  } catch {
    // Too deep or too long to be written.
    return encodeCbor(value);
  }
}

function flipped(random: Random, bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(random() * copy.length);
  if (random() < 0.3) return copy.subarray(0, at);
  if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return copy;
}

const VALUES: readonly CborValue[] = [
  ...[
    0,
    1,
    23,
    24,
    255,
    256,
    586,
    65_536,
    2 ** 32,
    2n ** 53n,
    2n ** 63n,
    true,
    '',
    'PKR',
    '\u202e',
  ],
  ...[new Uint8Array(0), new Uint8Array(32), new Uint8Array(33), new Uint8Array(64), [], [[]]],
];

/** One value in it is another; of a signed payload, which is CBOR in bytes, what is in it. */
function changed(random: Random, value: CborValue, depth: number): CborValue {
  if (random() < 0.1 || depth > 8) return pick(random, VALUES);
  if (Array.isArray(value)) return changedList(random, value as readonly CborValue[], depth);
  if (!(value instanceof Uint8Array)) return pick(random, VALUES);
  const inside = decodeCbor(value, { maxBytes: MOST_BYTES });
  const isDocument = inside.ok && Array.isArray(inside.value);
  return isDocument ? encodeCbor(changed(random, inside.value, depth + 1)) : flipped(random, value);
}

function changedList(random: Random, list: readonly CborValue[], depth: number): CborValue {
  const at = Math.floor(random() * list.length);
  const here = list[at];
  const how = random();
  if (here === undefined || how < 0.1) return [...list, pick(random, VALUES)];
  if (how < 0.2) return list.toSpliced(at, 1);
  if (how < 0.3) return list.toSpliced(at, 0, here);
  return list.with(at, changed(random, here, depth + 1));
}
