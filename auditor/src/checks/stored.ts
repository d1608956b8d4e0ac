import type { Audit } from '../audit.ts';
import { rowsOf } from '../snapshot.ts';
import { BESIDE } from './stored-beside.ts';
import { REPEATED } from './stored-once.ts';
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
export async function auditStored({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('stored columns');
  for (const { table, column, sql } of RULES) {
    page.saw();
    for await (const { key, expected, found } of rowsOf<Stored>(snapshot, sql)) {
      const what = `${column} does not follow from the rows that it speaks of`;
      page.wrong({ table, key: { key }, what, expected, found });
    }
  }
  page.saw();
  for await (const row of rowsOf<Repeated>(snapshot, REPEATED)) {
    const what = `more than one row of one ${row.columns}`;
    const { named_by: table, key, found } = row;
    page.wrong({ table, key: { key }, what, expected: 1, found });
  }
}

const RULES = [...BESIDE, ...STATES];
