import { utf8 } from '@sikka/protocol';
import type { Random } from './random.ts';
import { textOf } from './target.ts';

/** What has broken other readers: types, sizes, signs, keys, scripts. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 0.1, 1e21, 2 ** 53, -(2 ** 63), 1e308, '', '0', '-1', '1e3'],
  ...['00', '1.', '.5', '1,000', '٣', '９', ' 1', '1 ', '9007199254740993', 'NaN', 'PKR', 'USD'],
  ...['e\u0301', '\u0000', '\u2028', '\ud83d', '\u202e', 'x'.repeat(200), [], {}, [[]], [null]],
  ...[{ '': '' }, { value: '1.00', currency: 'PKR' }, 'AAAA', 'AA==', 'AB==', '===='],
];
const KEYS = ['', 'amount', 'constructor', '__proto__', 'length', '0', 'e\u0301', 'd'];

/** A text with one value in it made into another; undefined for what is no JSON. */
export function changedJson(
  random: Random,
  input: Uint8Array,
  other: Uint8Array,
): Uint8Array | undefined {
  const [value, theirs] = [valueIn(input), valueIn(other)];
  if (value === undefined) return undefined;
  const text = JSON.stringify(changed(random, value.it, theirs?.it)) ?? 'null';
  return utf8(spelled(random, text));
}

function valueIn(bytes: Uint8Array): { readonly it: unknown } | undefined {
  try {
    return { it: JSON.parse(textOf(bytes)) as unknown };
  } catch {
    return undefined;
  }
}

function changed(random: Random, value: unknown, other: unknown): unknown {
  if (random.once(10)) return random.once(2) ? random.pick(VALUES) : anyPart(random, other);
  if (Array.isArray(value)) return changedList(random, value as readonly unknown[], other);
  if (typeof value === 'object' && value !== null) return changedObject(random, value, other);
  if (typeof value === 'string' && value.length > 0 && random.once(2)) {
    const at = random.below(value.length);
    const letter = random.once(2) ? random.pick(['0', 'A', '/', '=', ' ', 'é', '-']) : '';
    return value.slice(0, at) + letter + value.slice(at + random.below(2));
  }
  return random.pick(VALUES);
}

function changedList(random: Random, list: readonly unknown[], other: unknown): unknown {
  const at = random.below(list.length);
  const what = random.below(8);
  if (list.length === 0 || what === 0) return [...list, anyPart(random, other)];
  if (what === 1) return list.toSpliced(at, 1);
  if (what === 2) return list.toSpliced(at, 0, list[random.below(list.length)]);
  if (what === 3) return list.toReversed();
  return list.with(at, changed(random, list[at], other));
}

function changedObject(random: Random, value: object, other: unknown): unknown {
  const entries = Object.entries(value) as [string, unknown][];
  const at = random.below(entries.length);
  const [key, item] = entries[at] ?? ['', undefined];
  const what = random.below(10);
  if (entries.length === 0 || what === 0) {
    return { ...value, [random.pick(KEYS)]: random.pick(VALUES) };
  }
  if (what === 1) return Object.fromEntries(entries.toSpliced(at, 1));
  if (what === 2) return Object.fromEntries(entries.toReversed());
  if (what === 3) return { ...value, [key]: anyPart(random, other) };
  return Object.fromEntries(entries.with(at, [key, changed(random, item, other)]));
}

function anyPart(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.once(3)) return value ?? null;
  const parts = Object.values(value) as unknown[];
  return parts.length === 0 ? value : anyPart(random, random.pick(parts));
}

/** Sometimes as no serialiser writes it. */
function spelled(random: Random, text: string): string {
  switch (random.below(16)) {
    case 0:
      return text.replace(/"[^"]*":[^,}\]]*/, (once) => `${once},${once}`);
    case 1:
      return text.replaceAll(':', ' : ');
    case 2:
      return text.replace(/"(-?[0-9][0-9.]*)"/, '$1');
    case 3:
      return text.replace(/:(-?[0-9][0-9.]*)/, (_, number: string) => `:${number}0e-1`);
    case 4:
      return text.replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
    default:
      return text;
  }
}
