import type { Page, Quoted } from '../book.ts';
import { compareColumns } from '../columns.ts';

/** What an event names as the approval of its act; all null where it names none. */
export interface AgreedRow {
  readonly approval: bigint | null;
  readonly approval_kind: string | null;
  readonly approval_subject: string | null;
  readonly approval_content: string | null;
  readonly approval_outcome: string | null;
  readonly proposed_by: bigint | null;
  readonly approved_by: bigint | null;
}

/** Two people agreed to exactly this, or one alone as in a demo, which is counted. */
export function auditAgreement(
  page: Page,
  where: { readonly table: string; readonly key: Readonly<Record<string, Quoted>> },
  act: {
    readonly row: AgreedRow;
    /** Whether one person could not have decided it. */
    readonly isDue: boolean;
    readonly kind: string;
    readonly subject: string;
    readonly content: string;
  },
): void {
  const { row, isDue, kind, subject, content } = act;
  if (row.approval === null) {
    if (!isDue) return;
    const what = 'a decision that takes two people, and no approval';
    page.wrong({ ...where, what, expected: 'an approval', found: undefined });
    return;
  }
  const isThis = compareColumns(page, where, [
    ["approval's kind", kind, row.approval_kind],
    ["approval's subject", subject, row.approval_subject],
    ["approval's content", content, row.approval_content],
  ]);
  if (!isThis) return;
  if (row.approval_outcome === 'approved_alone') {
    page.note('approved by one person alone, as in a demo');
    return;
  }
  const { proposed_by: first, approved_by: second } = row;
  const areTwo = first !== null && second !== null && first !== second;
  if (areTwo && row.approval_outcome === 'approved') return;
  const what = 'a decision that two people did not agree to';
  const key = { id: row.approval };
  page.wrong({ table: 'approvals', key, what, expected: 'two people', found: second });
}
