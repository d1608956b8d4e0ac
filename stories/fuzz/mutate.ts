import { decodeQrText, qrText, utf8 } from '@sikka/protocol';
import { changedCbor } from './mutate-cbor.ts';
import { changedJson } from './mutate-json.ts';
import type { Random } from './random.ts';
import { textOf } from './target.ts';

/**
 * `bytes`: nothing is known. `cbor`: one item, byte strings in it may be items too. `json`: one
 * text. `codes`: lines, each `SK1:` and an item in Base45, or any other text.
 */
export type Shape = 'bytes' | 'cbor' | 'json' | 'codes';

export interface Growth {
  readonly shape: Shape;
  /** Others to take parts from. */
  readonly others: readonly Uint8Array[];
  readonly maxBytes: number;
}

/** Another input made of one: one to four changes, where its shape allows them, or of its bytes. */
export function mutated(random: Random, input: Uint8Array, growth: Growth): Uint8Array {
  let changed = input;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    changed = change(random, changed, growth).subarray(0, growth.maxBytes);
  }
  return changed;
}

function change(random: Random, input: Uint8Array, growth: Growth): Uint8Array {
  if (random.once(4)) return changedBytes(random, input, growth.others);
  const other = random.pick(growth.others);
  switch (growth.shape) {
    case 'cbor':
      return changedCbor(random, input, other) ?? changedBytes(random, input, growth.others);
    case 'json':
      return changedJson(random, input, other) ?? changedBytes(random, input, growth.others);
    case 'codes':
      return changedCodes(random, input, other) ?? changedBytes(random, input, growth.others);
    case 'bytes':
      return changedBytes(random, input, growth.others);
  }
}

/** Heads of CBOR, ends of ranges, and what texts of ours begin with or are cut at. */
const WORDS: readonly Uint8Array[] = [
  ...[[0x00], [0x17], [0x18, 0x18], [0x19, 0x01, 0x00], [0x1a, 0x7f, 0xff, 0xff, 0xff]],
  ...[
    [0x1b, 0x00, 0x20, 0, 0, 0, 0, 0, 0],
    [0x1b, 0x7f, 255, 255, 255, 255, 255, 255, 255],
  ],
  ...[[0x40], [0x5f], [0x7f], [0x80], [0x9f], [0xa0], [0xc0], [0xf4], [0xf6], [0xfb], [0xff]],
  ...[
    [0xef, 0xbb, 0xbf],
    [0xe2, 0x80, 0xae],
    [0xed, 0xa0, 0x80],
    [0xcc, 0x81],
    [0xd9, 0xa0],
  ],
].map((bytes) => Uint8Array.from(bytes));
const TEXTS: readonly Uint8Array[] = [
  ...['SK1:', 'sk1:', '000201', '6304', '1004', '586', '54', '{', '}', '[', ']', '"', '\\u0000'],
  ...['\\ud800', '"__proto__":1,', 'null', '1e999', '-0', '0.1', '00', '9007199254740993', '%'],
  ...['?', '&', '=', '==', '\n', ' ', '\u00a0', 'ß', 'ﷺ', '٣', '-----BEGIN PUBLIC KEY-----'],
].map((text) => utf8(text));

function changedBytes(
  random: Random,
  input: Uint8Array,
  others: readonly Uint8Array[],
): Uint8Array {
  const at = random.below(input.length + 1);
  const end = Math.min(input.length, at + 1 + random.below(random.once(3) ? 64 : 4));
  const [before, after] = [input.subarray(0, at), input.subarray(end)];
  switch (random.below(8)) {
    case 0:
      return joined(before, Uint8Array.of((input[at] ?? 0) ^ (1 << random.below(8))), after);
    case 1:
      return joined(before, Uint8Array.of(random.below(256)), input.subarray(at + 1));
    case 2:
      return joined(before, after);
    case 3:
      return joined(before, random.pick(random.once(2) ? WORDS : TEXTS), input.subarray(at));
    case 4:
      return joined(before, random.pick(random.once(2) ? WORDS : TEXTS), after);
    case 5:
      return joined(before, input.subarray(at, end), input.subarray(at, end), after);
    case 6: {
      const other = random.pick(others);
      const from = random.below(other.length + 1);
      return joined(before, other.subarray(from, from + random.below(200)), after);
    }
    default:
      return random.once(8) ? before : joined(before, random.pick(others).subarray(at));
  }
}

function changedCodes(
  random: Random,
  input: Uint8Array,
  other: Uint8Array,
): Uint8Array | undefined {
  const lines = textOf(input).split('\n');
  const theirs = textOf(other).split('\n');
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  switch (random.below(6)) {
    case 0:
      return utf8(lines.toSpliced(at, 1).join('\n'));
    case 1:
      return utf8(lines.toSpliced(at, 0, random.pick(theirs)).join('\n'));
    case 2:
      return utf8(lines.toSpliced(at, 1, lines[random.below(lines.length)] ?? '').join('\n'));
    default: {
      const [inside, another] = [decodeQrText(line), decodeQrText(random.pick(theirs))];
      if (!inside.ok) return undefined;
      const from = another.ok ? another.value : inside.value;
      const changed = changedCbor(random, inside.value, from);
      return changed && utf8(lines.toSpliced(at, 1, qrText(changed)).join('\n'));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
