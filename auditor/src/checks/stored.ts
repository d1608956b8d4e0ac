import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { guarded } from '../guarded.ts';
import { rowsOf } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';
import { BESIDE } from './stored-beside.ts';
import type { Rule } from './stored-beside.ts';
import { REPEATED } from './stored-once.ts';
import { SINCE } from './stored-since.ts';
import { STATES } from './stored-states.ts';

interface Repeated {
  readonly named_by: string;
  readonly columns: string;
  readonly key: string;
  readonly found: bigint;
}

interface Stored {
  readonly key: string;
  readonly expected: string | null;
  readonly found: string | null;
}

/**
 * What rows say of each other beside their evidence: columns that nothing signed names, and that
 * all the same follow from another row. Each query answers the rows that do not.
 */
export async function auditStored(audit: Audit): Promise<void> {
  const { snapshot, book } = audit;
  const page = book.page('stored columns');
  for (const rule of RULES) {
    page.saw();
    const { table } = rule;
    await guarded(audit, { check: 'stored columns', table }, () => follow(snapshot, page, rule));
  }
  page.saw();
  for await (const row of rowsOf<Repeated>(snapshot, REPEATED)) {
    const what = `more than one row of one ${row.columns}`;
    const { named_by: table, key, found } = row;
    page.wrong({ table, key: { key }, what, expected: 1, found });
  }
}

async function follow(snapshot: Snapshot, page: Page, { table, column, sql }: Rule): Promise<void> {
  for await (const { key, expected, found } of rowsOf<Stored>(snapshot, sql)) {
    const what = `${column} does not follow from the rows that it speaks of`;
    page.wrong({ table, key: { key }, what, expected, found });
  }
}

const RULES = [...BESIDE, ...STATES, ...SINCE];
