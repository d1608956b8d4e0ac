import { contradicts } from '@sikka/protocol';
import type { KnownDocument } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { rowsOf } from '../snapshot.ts';

interface SettledRow {
  readonly allowance_no: bigint;
  readonly sequence: number;
  readonly payment_id: Uint8Array;
  readonly amount: bigint;
  readonly spent: bigint;
  readonly previous: Uint8Array;
  readonly limit_minor: bigint | null;
  readonly count: number | null;
}

/** One allowance while its payments go by, in the order of their sequences. */
interface Run {
  readonly no: bigint;
  readonly before: SettledRow;
  readonly settledMinor: bigint;
  readonly payments: number;
}

/**
 * Of one allowance, no two settled payments contradict each other; they are within its limit and
 * its count. The relation is transitive (spec/judge.md §3), so each is compared with the one
 * before it only.
 */
export async function auditContradictions({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('contradictions');
  let run: Run | undefined;
  for await (const row of rowsOf<SettledRow>(snapshot, SETTLED)) {
    page.saw();
    if (run?.no === row.allowance_no) comparePair(page, run.before, row);
    run = extend(run, row);
    compareTotals(page, row, run);
  }
}

function extend(run: Run | undefined, row: SettledRow): Run {
  const { allowance_no: no, amount } = row;
  if (run?.no !== no) return { no, before: row, settledMinor: amount, payments: 1 };
  const { settledMinor, payments } = run;
  return { no, before: row, settledMinor: settledMinor + amount, payments: payments + 1 };
}

function comparePair(page: Page, before: SettledRow, row: SettledRow): void {
  const verdict = contradicts(knownOf(before), knownOf(row));
  if (verdict === undefined && before.sequence !== row.sequence) return;
  page.wrong({
    ...whereOf(row),
    what: `it cannot be true beside sequence ${before.sequence}`,
    expected: 'no contradiction',
    found: verdict ?? 'the same payment settled twice',
  });
}

function compareTotals(page: Page, row: SettledRow, { settledMinor, payments }: Run): void {
  if (row.limit_minor !== null && settledMinor > row.limit_minor) {
    const what = 'more is settled than the allowance holds';
    page.wrong({ ...whereOf(row), what, expected: row.limit_minor, found: settledMinor });
  }
  if (row.count !== null && payments > row.count) {
    const what = 'more payments are settled than the allowance numbers';
    page.wrong({ ...whereOf(row), what, expected: row.count, found: payments });
  }
}

function knownOf(row: SettledRow): KnownDocument {
  return {
    id: row.payment_id,
    sequence: row.sequence,
    amountMinor: row.amount,
    spentMinor: row.spent,
    previous: row.previous,
  };
}

function whereOf({ allowance_no, sequence }: SettledRow) {
  return { table: 'settled_payments', key: { allowance_no, sequence } };
}

const SETTLED = `
  select s.allowance_no, s.sequence, s.payment_id, s.amount, s.spent, s.previous, a.limit_minor,
    a.count
  from settled_payments as s
  left join allowances as a on a.no = s.allowance_no
  order by s.allowance_no, s.sequence`;
