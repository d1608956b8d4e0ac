import { failure, success } from './errors.ts';
import type { Result } from './errors.ts';
import { MAX_DEPTH, MAX_INTEGER, MAX_ITEMS } from './limits.ts';
import { isCanonicalText, isReadableText } from './text.ts';

/**
 * A value of the profile (spec/encoding.md §1). Integers below 2^53 are numbers, greater ones are
 * bigints: never rounded.
 */
export type CborValue = bigint | number | boolean | string | Uint8Array | readonly CborValue[];

interface Walk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  items: number;
  /** The first well-formed thing that the profile does not have, if any. */
  outside: string | undefined;
  /** The head read last: its major type, additional information and argument. */
  major: number;
  info: number;
  /** Rounded above 2^53: a length or count of that size is beyond every input. */
  argument: number;
}

const INDEFINITE = 31;
const BREAK = 0xff;
/** Arrays and, which the profile does not have but must be walked, maps and tags. */
const FIRST_NESTING = 4;
const LAST_NESTING = 6;
/** Stands for what is outside the profile, until the whole is refused for it. */
const OUTSIDE = 0;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class NotWellFormed extends Error {}

/**
 * Reads one CBOR item in one walk over its heads (spec/encoding.md §2). Answers `malformed` for
 * what is not well-formed CBOR (RFC 8949 §5.3.1), too deep, too many or followed by other bytes;
 * `not_canonical` for what is well-formed but outside the profile or not in its shortest form. The
 * profile has one encoding of each value, so what is left would be encoded to the same bytes.
 * Byte strings are views of the input.
 */
export function readCbor(bytes: Uint8Array): Result<CborValue, 'malformed' | 'not_canonical'> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = { major: 0, info: 0, argument: 0 };
  const walk: Walk = { bytes, view, at: 0, items: 0, outside: undefined, ...head };
  let value: CborValue;
  try {
    value = readItem(walk, 0);
    if (walk.at !== bytes.length) stop('bytes after the item');
  } catch (error) {
    if (!(error instanceof NotWellFormed)) throw error;
    return failure('malformed', `${error.message} at byte ${walk.at}`);
  }
  return walk.outside === undefined ? success(value) : failure('not_canonical', walk.outside);
}

function stop(reason: string): never {
  throw new NotWellFormed(reason);
}

function outside(walk: Walk, what: string): typeof OUTSIDE {
  walk.outside ??= `${what} before byte ${walk.at}`;
  return OUTSIDE;
}

function readItem(walk: Walk, depth: number): CborValue {
  walk.items += 1;
  if (walk.items > MAX_ITEMS) stop('too many items');
  readHead(walk);
  const { major } = walk;
  if (depth === MAX_DEPTH && major >= FIRST_NESTING && major <= LAST_NESTING) {
    stop('nested too deep');
  }
  switch (major) {
    case 0:
      return readInteger(walk);
    case 1:
      return outside(walk, 'a negative integer');
    case 2:
      return walk.info === INDEFINITE ? walkChunks(walk) : readString(walk);
    case 3:
      return walk.info === INDEFINITE ? walkChunks(walk) : readText(walk);
    case 4:
      return readItems(walk, walk.argument, depth);
    case 5:
      outside(walk, 'a map');
      return readItems(walk, walk.argument * 2, depth);
    case 6:
      outside(walk, 'a tag');
      return readItem(walk, depth + 1);
    default:
      return readSimple(walk);
  }
}

function readHead(walk: Walk): void {
  const { bytes } = walk;
  const initial = bytes[walk.at];
  if (initial === undefined) stop('the input ends');
  walk.at += 1;
  const major = initial >> 5;
  const info = initial & 0x1f;
  walk.major = major;
  walk.info = info;
  walk.argument = info;
  if (info < 24) return;
  if (info === INDEFINITE) {
    if (major < 2 || major === 6) stop('indefinite length where none is allowed');
    if (major === 7) stop('a break outside an indefinite length');
    outside(walk, 'an indefinite length');
    return;
  }
  if (info > 27) stop('a reserved head');
  const size = 2 ** (info - 24);
  if (walk.at + size > bytes.length) stop('the input ends');
  walk.argument = readArgument(walk.view, walk.at, size);
  walk.at += size;
  // 24 is the least value that needs a byte; two bytes are for 2^8 and more, and so on.
  const least = size === 1 ? 24 : 2 ** (4 * size);
  if (major !== 7 && walk.argument < least) outside(walk, 'a head that is not the shortest');
}

function readArgument(view: DataView, at: number, size: number): number {
  switch (size) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at);
    case 4:
      return view.getUint32(at);
    default:
      return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
  }
}

function readInteger(walk: Walk): CborValue {
  if (walk.argument <= Number.MAX_SAFE_INTEGER) return walk.argument;
  const exact = walk.view.getBigUint64(walk.at - 8);
  return exact <= MAX_INTEGER ? exact : outside(walk, 'an integer above 2^63 − 1');
}

function readString(walk: Walk): Uint8Array {
  const end = walk.at + walk.argument;
  if (end > walk.bytes.length) stop('a length beyond the input');
  const string = walk.bytes.subarray(walk.at, end);
  walk.at = end;
  return string;
}

function readText(walk: Walk): string {
  const start = walk.at;
  const bytes = readString(walk);
  let text;
  try {
    text = decoder.decode(bytes);
  } catch {
    walk.at = start;
    stop('text that is not UTF-8');
  }
  if (!isReadableText(text)) {
    walk.at = start;
    stop('text with control characters');
  }
  if (!isCanonicalText(text)) outside(walk, 'text that is not NFC');
  return text;
}

/** A string of indefinite length, whose chunks have to be strings of its own kind. */
function walkChunks(walk: Walk): CborValue {
  const { major } = walk;
  while (!atBreak(walk)) {
    walk.items += 1;
    if (walk.items > MAX_ITEMS) stop('too many items');
    readHead(walk);
    if (walk.major !== major || walk.info === INDEFINITE) stop('a chunk of another kind');
    if (major === 3) readText(walk);
    else readString(walk);
  }
  return OUTSIDE;
}

function readItems(walk: Walk, count: number, depth: number): CborValue {
  const isMap = walk.major === 5;
  if (walk.info === INDEFINITE) {
    while (!atBreak(walk)) for (let i = 0; i < (isMap ? 2 : 1); i++) readItem(walk, depth + 1);
    return OUTSIDE;
  }
  // Every item takes at least a byte, so a count beyond the input fails before any work.
  if (count > walk.bytes.length - walk.at) stop('a count beyond the input');
  const items: CborValue[] = [];
  for (let i = 0; i < count; i++) items.push(readItem(walk, depth + 1));
  return items;
}

function atBreak(walk: Walk): boolean {
  if (walk.bytes[walk.at] !== BREAK) return false;
  walk.at += 1;
  return true;
}

function readSimple(walk: Walk): CborValue {
  const { info, argument } = walk;
  if (info === 20 || info === 21) return info === 21;
  if (info === 24 && argument < 32) stop('a simple value in two bytes that fits one');
  return outside(walk, info >= 25 && info <= 27 ? 'a float' : 'a simple value');
}
