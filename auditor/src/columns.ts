import type { Page, Quoted } from './book.ts';

/** A column's name, what the evidence says it holds, and what it holds. */
export type Column = readonly [name: string, expected: Quoted, found: Quoted];

/**
 * Compares the columns of one row with the evidence for it. Of one row only the first wrong column
 * is taken down: the others are as a rule the same fault.
 */
export function compareColumns(
  page: Page,
  row: { readonly table: string; readonly key: Readonly<Record<string, Quoted>> },
  columns: readonly Column[],
): boolean {
  return columns.every(([name, expected, found]) =>
    page.same({ ...row, what: `${name} is not what the evidence says`, expected, found }),
  );
}

/** Seconds since 1970 of a time; a fraction shows where whole seconds belong. */
export function secondsOf(time: Date): number {
  return time.getTime() / 1000;
}
