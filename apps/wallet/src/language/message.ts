/**
 * A message of a catalogue: text with `{name}` and
 * `{count, plural, one {…} other {…}}`, where `#` in a branch is the count. The subset of ICU
 * MessageFormat that two languages need; branches do not nest.
 */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string }
  | {
      readonly kind: 'plural';
      readonly name: string;
      readonly branches: ReadonlyMap<string, readonly Part[]>;
    };

const PIECE = /\{(\w+)\}|\{(\w+), plural, ((?:\w+ \{(?:[^{}]|\{\w+\})*\} ?)+)\}/g;
const BRANCH = /(\w+) \{((?:[^{}]|\{\w+\})*)\}/g;

/** The parts of a message, in order. Throws for braces that are neither: a catalogue's error. */
export function parseMessage(message: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const found of message.matchAll(PIECE)) {
    pushText(parts, message.slice(end, found.index));
    end = found.index + found[0].length;
    const [, name, plural, branches] = found;
    if (name !== undefined) parts.push({ kind: 'value', name });
    else parts.push({ kind: 'plural', name: plural ?? '', branches: branchesOf(branches ?? '') });
  }
  pushText(parts, message.slice(end));
  return parts;
}

function pushText(parts: Part[], text: string): void {
  if (/[{}]/.test(text)) throw new Error(`stray brace in a message: ${text}`);
  if (text !== '') parts.push({ kind: 'text', text });
}

function branchesOf(source: string): ReadonlyMap<string, readonly Part[]> {
  const branches = new Map<string, readonly Part[]>();
  for (const [, name = '', text = ''] of source.matchAll(BRANCH)) {
    branches.set(name, parseMessage(text));
  }
  if (!branches.has('other')) throw new Error('a plural without "other"');
  return branches;
}

/** Names of the values a message needs, sorted: both languages must need the same. */
export function valuesOf(message: string): readonly string[] {
  const names = new Set<string>();
  const collect = (parts: readonly Part[]) => {
    for (const part of parts) {
      if (part.kind === 'text') continue;
      names.add(part.name);
      if (part.kind === 'plural') part.branches.forEach(collect);
    }
  };
  collect(parseMessage(message));
  return [...names].sort();
}

/** The parts with the plurals chosen by the language's own rule; `#` became the count's value. */
export function chooseParts(
  parts: readonly Part[],
  { language, count }: { readonly language: string; readonly count: (name: string) => number },
): readonly Exclude<Part, { kind: 'plural' }>[] {
  return parts.flatMap((part) => {
    if (part.kind !== 'plural') return [part];
    const rule = new Intl.PluralRules(language).select(count(part.name));
    const branch = part.branches.get(rule) ?? part.branches.get('other') ?? [];
    return chooseParts(branch, { language, count }).flatMap((inner) =>
      inner.kind === 'text' ? countIn(inner.text, part.name) : [inner],
    );
  });
}

function countIn(text: string, name: string): readonly Exclude<Part, { kind: 'plural' }>[] {
  return text
    .split(/(#)/)
    .filter((piece) => piece !== '')
    .map((piece) => (piece === '#' ? { kind: 'value', name } : { kind: 'text', text: piece }));
}
