import type { JsonMember, JsonNode } from './node.ts';

/** How a dict is written before it is signed (spec/wallet-key.md §2). */
export interface PythonForm {
  /** `, ` and `: ` between things, as `json.dumps` does by itself; else `,` and `:`. */
  readonly spaced: boolean;
  /** Numbers in quotes, as their source text. */
  readonly stringified: boolean;
  /** These members only. */
  readonly keys?: readonly string[];
}

/**
 * An object as Python's `json.dumps(…, sort_keys=True)` writes it: keys by code point, everything
 * outside printable ASCII escaped, numbers as they were written. Undefined where the node is no
 * object, lacks one of `keys`, or has a member that cannot be stringified.
 */
export function pythonJson(node: JsonNode, form: PythonForm): string | undefined {
  const members = node.type === 'object' ? chosen(node.members, form.keys) : undefined;
  if (members === undefined) return undefined;
  if (!form.stringified) return objectText(members, form.spaced);
  if (!members.every(({ value }) => value.type === 'string' || value.type === 'number')) {
    return undefined;
  }
  return objectText(members.map(stringified), form.spaced);
}

function chosen(
  members: readonly JsonMember[],
  keys: readonly string[] | undefined,
): readonly JsonMember[] | undefined {
  if (keys === undefined) return members;
  const found = members.filter(({ key }) => keys.includes(key));
  return found.length === keys.length ? found : undefined;
}

function stringified({ key, value }: JsonMember): JsonMember {
  if (value.type !== 'number') return { key, value };
  const { text, start, end } = value;
  return { key, value: { type: 'string', value: text, start, end } };
}

function objectText(members: readonly JsonMember[], spaced: boolean): string {
  const colon = spaced ? ': ' : ':';
  const texts = [...members]
    .sort((a, b) => compareCodePoints(a.key, b.key))
    .map(({ key, value }) => `${pythonString(key)}${colon}${valueText(value, spaced)}`);
  return `{${texts.join(commaOf(spaced))}}`;
}

function valueText(node: JsonNode, spaced: boolean): string {
  switch (node.type) {
    case 'object':
      return objectText(node.members, spaced);
    case 'array':
      return `[${node.items.map((item) => valueText(item, spaced)).join(commaOf(spaced))}]`;
    case 'string':
      return pythonString(node.value);
    case 'number':
      return node.text;
    case 'literal':
      return String(node.value);
  }
}

function commaOf(spaced: boolean): string {
  return spaced ? ', ' : ',';
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** A string as `json.dumps` writes it with `ensure_ascii`; `/` stands bare, DEL is escaped. */
export function pythonString(value: string): string {
  // Without the u flag an astral character is two units, each escaped: a surrogate pair.
  const escaped = value.replaceAll(
    /["\\]|[^ -~]/g,
    (unit) => SHORT[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

function compareCodePoints(a: string, b: string): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const difference = rankOf(a.charCodeAt(i)) - rankOf(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** UTF-16 units in the order of code points: surrogates, of astral characters, after U+FFFF. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit;
}
