import { equalBytes, hex } from '@sikka/protocol';
import { limits } from './limits.ts';
import { CHECKS } from './report.ts';
import type { CheckName, CheckResult, WrongRow } from './report.ts';

/** A value as the report quotes it. */
export type Quoted = Uint8Array | bigint | number | string | boolean | Date | null | undefined;

/** What a pass found wrong. */
export interface Finding {
  readonly table: string;
  readonly key: Readonly<Record<string, Quoted>>;
  readonly what: string;
  readonly expected: Quoted;
  readonly found: Quoted;
}

/** Takes down what one check sees. */
export interface Page {
  /** So many rows were looked at. */
  saw(rows?: number): void;
  wrong(finding: Finding): void;
  /** `wrong` where the two differ; answers whether they are the same. */
  same(finding: Finding): boolean;
  /** Something for the check's detail: its text with how often it came. */
  note(text: string, times?: number): void;
}

/** Takes down what every check sees. One pass over the rows may serve several checks. */
export interface Book {
  readonly page: (name: CheckName) => Page;
  results(): readonly CheckResult[];
}

interface Entry {
  rows: number;
  wrong: number;
  firstWrong: WrongRow | undefined;
  readonly notes: Map<string, number>;
}

export function createBook(): Book {
  const names = Object.keys(CHECKS) as readonly CheckName[];
  const entries = new Map<CheckName, Entry>(
    names.map((name) => [
      name,
      { rows: 0, wrong: 0, firstWrong: undefined, notes: new Map<string, number>() },
    ]),
  );
  const entryOf = (name: CheckName): Entry => {
    const entry = entries.get(name);
    if (entry === undefined) throw new Error(`There is no check ${name}.`);
    return entry;
  };
  return {
    page: (name) => pageOf(entryOf(name)),
    results: () => names.map((name) => resultOf(name, entryOf(name))),
  };
}

function pageOf(entry: Entry): Page {
  const wrong = (finding: Finding) => {
    entry.wrong += 1;
    entry.firstWrong ??= written(finding);
  };
  return {
    saw: (rows = 1) => {
      entry.rows += rows;
    },
    wrong,
    same: (finding) => {
      if (isSame(finding.expected, finding.found)) return true;
      wrong(finding);
      return false;
    },
    note: (text, times = 1) => entry.notes.set(text, (entry.notes.get(text) ?? 0) + times),
  };
}

/**
 * Looks at rows side by side and takes down what was seen in their order, so that the first wrong
 * row is the first, however long each took. Answers what each look answered, in that order.
 */
export async function inOrder<R, T>(
  page: Page,
  rows: readonly R[],
  look: (row: R, page: Page) => Promise<T>,
): Promise<readonly T[]> {
  const seen = await Promise.all(
    rows.map(async (row) => {
      const lines: ((page: Page) => void)[] = [];
      return { answer: await look(row, pageOver(lines)), lines };
    }),
  );
  for (const { lines } of seen) for (const write of lines) write(page);
  return seen.map(({ answer }) => answer);
}

/** A page whose lines are written later. */
function pageOver(lines: ((page: Page) => void)[]): Page {
  const wrong = (finding: Finding) => void lines.push((page) => page.wrong(finding));
  return {
    saw: (rows) => void lines.push((page) => page.saw(rows)),
    wrong,
    same: (finding) => {
      if (!isSame(finding.expected, finding.found)) wrong(finding);
      return isSame(finding.expected, finding.found);
    },
    note: (text, times) => void lines.push((page) => page.note(text, times)),
  };
}

/** Whether two values are the same, whatever their type: a row's 7n is a document's 7. */
export function isSame(expected: Quoted, found: Quoted): boolean {
  if (expected === found) return true;
  if (expected instanceof Uint8Array && found instanceof Uint8Array) {
    return equalBytes(expected, found);
  }
  return quote(expected) === quote(found);
}

function resultOf(name: CheckName, { rows, wrong, firstWrong, notes }: Entry): CheckResult {
  const counted = [...notes].filter(([, times]) => times > 0);
  const detail = [CHECKS[name], ...counted.map(([text, times]) => `${times} ${text}`)].join('; ');
  return { name, ok: wrong === 0, rows, wrong, firstWrong, detail };
}

function written({ table, key, what, expected, found }: Finding): WrongRow {
  const quoted = Object.entries(key).map(([column, value]) => [column, cut(quote(value))] as const);
  return {
    table,
    key: Object.fromEntries(quoted),
    what,
    expected: cut(quote(expected)),
    found: cut(quote(found)),
  };
}

/** Equal values are quoted alike, whatever their type; different values differ. */
export function quote(value: Quoted): string {
  if (value === undefined || value === null) return 'nothing';
  if (value instanceof Uint8Array) return hex(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString();
  return String(value);
}

function cut(text: string): string {
  const most = limits.quotedCharacters;
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
