import { decodeCbor, encodeCbor, MAX_BULLETIN_PACKET_BYTES } from '@sikka/protocol';
import type { CborValue } from '@sikka/protocol';
import type { Random } from './random.ts';

const NUMBERS: readonly (number | bigint)[] = [
  ...[0, 1, 2, 3, 11, 12, 13, 23, 24, 255, 256, 586, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31],
  ...[2 ** 32 - 1, 253_402_300_799, 253_402_300_800, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n],
];
const LENGTHS = [0, 1, 8, 16, 31, 32, 33, 64, 65, 256, 400, 401, 1_024];
const STRINGS = ['', 'PKR', 'Ayesha', 'بلال', 'e\u0301', '\u0007', '\u202e', 'x'.repeat(33)];

/** An item with one value in it made into another; undefined for bytes that are none. */
export function changedCbor(
  random: Random,
  input: Uint8Array,
  other: Uint8Array,
): Uint8Array | undefined {
  const [value, theirs] = [itemIn(input), itemIn(other)];
  if (value === undefined) return undefined;
  try {
    return encodeCbor(changed(random, value, theirs ?? value, 0));
  } catch {
    // Too deep or too long to be written.
    return undefined;
  }
}

function itemIn(bytes: Uint8Array): CborValue | undefined {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_BULLETIN_PACKET_BYTES });
  return decoded.ok ? decoded.value : undefined;
}

function changed(random: Random, value: CborValue, other: CborValue, depth: number): CborValue {
  if (random.once(12)) return anyPart(random, other);
  if (isList(value)) return changedList(random, value, other, depth);
  if (value instanceof Uint8Array) return changedString(random, value, other, depth);
  if (typeof value === 'string') {
    return random.once(2) ? random.pick(STRINGS) : value + random.pick(STRINGS);
  }
  if (typeof value === 'boolean') return !value;
  if (random.once(2)) return random.pick(NUMBERS);
  const near = BigInt(value) + BigInt(random.below(5)) - 2n;
  return near < 0n ? 0 : near;
}

function changedList(
  random: Random,
  list: readonly CborValue[],
  other: CborValue,
  depth: number,
): CborValue {
  if (depth > 9) return 0;
  const at = random.below(list.length);
  const here = list[at];
  const what = random.below(12);
  if (here === undefined || what === 0) return [...list, anyPart(random, other)];
  if (what === 1) return list.toSpliced(at, 1);
  if (what === 2) return list.toSpliced(at, 0, here);
  if (what === 3) return list.with(at, anyPart(random, other));
  if (what === 4) return list.with(at, list[random.below(list.length)] ?? 0);
  if (what === 5 && isList(other)) return list.with(at, other[at] ?? 0);
  if (what === 6) return [list];
  return list.with(
    at,
    changed(random, here, isList(other) ? (other[at] ?? here) : other, depth + 1),
  );
}

/** A payload is an item in a byte string: mostly what is in it changes. */
function changedString(
  random: Random,
  bytes: Uint8Array,
  other: CborValue,
  depth: number,
): CborValue {
  const inside = bytes.length > 2 && (bytes[0] ?? 0) >> 5 === 4 ? itemIn(bytes) : undefined;
  if (inside !== undefined && !random.once(8)) {
    const theirs = other instanceof Uint8Array ? itemIn(other) : undefined;
    return encodeCbor(changed(random, inside, theirs ?? inside, depth + 1));
  }
  const copy = Uint8Array.from(bytes);
  const at = random.below(copy.length);
  if (random.once(4)) {
    const resized = new Uint8Array(random.pick(LENGTHS));
    resized.set(copy.subarray(0, resized.length));
    return resized;
  }
  if (random.once(3) && other instanceof Uint8Array) return other;
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
}

/** A value somewhere in another. */
function anyPart(random: Random, value: CborValue): CborValue {
  if (isList(value) && value.length > 0 && !random.once(3))
    return anyPart(random, random.pick(value));
  const some = random.below(4);
  if (some === 0) return random.pick(NUMBERS);
  if (some === 1) return new Uint8Array(random.pick(LENGTHS));
  return some === 2 ? random.pick(STRINGS) : value;
}

function isList(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}
