import { failure } from './errors.ts';
import type { Failure } from './errors.ts';
import { MAX_DEPTH, MAX_ITEMS } from './limits.ts';
import { isCanonicalText, isReadableText } from './text.ts';

type Refusal = Failure<'malformed' | 'not_canonical'>;

/** A head as written: major type, additional information, and its argument. */
interface Head {
  readonly major: number;
  readonly info: number;
  /** The argument; for lengths and counts above 2^32 only "too many" matters. */
  readonly argument: number;
}

interface Walk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  items: number;
  /** The first well-formed thing that the profile does not have, if any. */
  outside: string | undefined;
}

const INDEFINITE = 31;
const BREAK = 0xff;
/** Arrays, and what the profile does not have but must be walked: maps and tags. */
const NESTING = new Set([4, 5, 6]);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class NotWellFormed extends Error {}

/**
 * Walks the heads of one CBOR item without building a value (spec/encoding.md §2 step 2).
 * Answers `malformed` for what is not well-formed CBOR (RFC 8949 §5.3.1), too deep, too many or
 * followed by other bytes; `not_canonical` for what is well-formed but outside the profile or not
 * in its shortest form; undefined when a decoder may look at it.
 */
export function walkHeads(bytes: Uint8Array): Refusal | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const walk: Walk = { bytes, view, at: 0, items: 0, outside: undefined };
  try {
    walkItem(walk, 0);
    if (walk.at !== bytes.length) stop('bytes after the item');
  } catch (error) {
    if (!(error instanceof NotWellFormed)) throw error;
    return failure('malformed', `${error.message} at byte ${walk.at}`);
  }
  return walk.outside === undefined ? undefined : failure('not_canonical', walk.outside);
}

function stop(reason: string): never {
  throw new NotWellFormed(reason);
}

function outside(walk: Walk, what: string): void {
  walk.outside ??= `${what} before byte ${walk.at}`;
}

function walkItem(walk: Walk, depth: number): void {
  walk.items += 1;
  if (walk.items > MAX_ITEMS) stop('too many items');
  const head = readHead(walk);
  if (depth === MAX_DEPTH && NESTING.has(head.major)) stop('nested too deep');
  switch (head.major) {
    case 0:
      if (head.info === 27 && walk.view.getUint8(walk.at - 8) >= 0x80) {
        outside(walk, 'an integer above 2^63 − 1');
      }
      return;
    case 1:
      return outside(walk, 'a negative integer');
    case 2:
    case 3:
      return walkString(walk, head);
    case 4:
      return walkArray(walk, head, depth);
    case 5:
      outside(walk, 'a map');
      return walkItems(walk, head, { depth, itemsEach: 2 });
    case 6:
      outside(walk, 'a tag');
      return walkItem(walk, depth + 1);
    default:
      return walkSimple(walk, head);
  }
}

function readHead(walk: Walk): Head {
  const { bytes, view } = walk;
  const initial = bytes[walk.at];
  if (initial === undefined) stop('the input ends');
  walk.at += 1;
  const major = initial >> 5;
  const info = initial & 0x1f;
  if (info < 24) return { major, info, argument: info };
  if (info === INDEFINITE) {
    if (major < 2 || major === 6) stop('indefinite length where none is allowed');
    if (major === 7) stop('a break outside an indefinite length');
    outside(walk, 'an indefinite length');
    return { major, info, argument: 0 };
  }
  if (info > 27) stop('a reserved head');
  const size = 2 ** (info - 24);
  if (walk.at + size > bytes.length) stop('the input ends');
  const argument = readArgument(view, walk.at, size);
  walk.at += size;
  // 24 is the least value that needs a byte; two bytes are for 2^8 and more, and so on.
  const least = size === 1 ? 24 : 2 ** (4 * size);
  if (major !== 7 && argument < least) outside(walk, 'a head that is not the shortest');
  return { major, info, argument };
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

function walkString(walk: Walk, head: Head): void {
  if (head.info !== INDEFINITE) return skipString(walk, head);
  while (!atBreak(walk)) {
    walk.items += 1;
    if (walk.items > MAX_ITEMS) stop('too many items');
    const chunk = readHead(walk);
    if (chunk.major !== head.major || chunk.info === INDEFINITE) stop('a chunk of another kind');
    skipString(walk, chunk);
  }
}

function skipString(walk: Walk, { major, argument }: Head): void {
  const end = walk.at + argument;
  if (end > walk.bytes.length) stop('a length beyond the input');
  if (major === 3) walkText(walk, walk.bytes.subarray(walk.at, end));
  walk.at = end;
}

function walkText(walk: Walk, bytes: Uint8Array): void {
  let text;
  try {
    text = decoder.decode(bytes);
  } catch {
    stop('text that is not UTF-8');
  }
  if (!isReadableText(text)) stop('text with control characters');
  if (!isCanonicalText(text)) outside(walk, 'text that is not NFC');
}

function walkArray(walk: Walk, head: Head, depth: number): void {
  walkItems(walk, head, { depth, itemsEach: 1 });
}

interface Content {
  readonly depth: number;
  readonly itemsEach: 1 | 2;
}

function walkItems(walk: Walk, head: Head, { depth, itemsEach }: Content): void {
  if (head.info === INDEFINITE) {
    while (!atBreak(walk)) for (let i = 0; i < itemsEach; i++) walkItem(walk, depth + 1);
    return;
  }
  // Every item takes at least a byte, so a count beyond the input fails before any work.
  if (head.argument * itemsEach > walk.bytes.length - walk.at) stop('a count beyond the input');
  for (let i = 0; i < head.argument * itemsEach; i++) walkItem(walk, depth + 1);
}

function atBreak(walk: Walk): boolean {
  if (walk.bytes[walk.at] !== BREAK) return false;
  walk.at += 1;
  return true;
}

function walkSimple(walk: Walk, { info, argument }: Head): void {
  if (info === 20 || info === 21) return;
  if (info === 24 && argument < 32) stop('a simple value in two bytes that fits one');
  outside(walk, info >= 25 && info <= 27 ? 'a float' : 'a simple value');
}
