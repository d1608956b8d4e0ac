import { isSame } from './book.ts';
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
  for (const [name, expected, found] of columns) {
    if (isSame(expected, found)) continue;
    page.wrong({ ...row, what: `${name} is not what the evidence says`, expected, found });
    return false;
  }
  return true;
}

/** Seconds since 1970 of a time; a fraction shows where whole seconds belong. */
export function secondsOf(time: Date): number {
  return time.getTime() / 1000;
}
