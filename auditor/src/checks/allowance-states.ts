import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import type { AllowanceRow } from './reservations-sql.ts';

/** The row of state says what the evidence and the transfers add up to. */
export function auditState(page: Page, allowance: AllowanceRow, releasedMinor: bigint): void {
  page.saw();
  const where = { table: 'allowance_states', key: { no: allowance.no } };
  const isAsAdded = compareColumns(page, where, [
    ['limit_minor', allowance.limit_minor, allowance.state_limit_minor],
    ['claim_until_s', allowance.claim_until_s, allowance.state_claim_until_s],
    ['settled_minor', allowance.settled_minor, allowance.state_settled_minor],
    ['released_minor', releasedMinor, allowance.state_released_minor],
  ]);
  if (!isAsAdded) return;
  const { status, limit_minor, settled_minor } = allowance;
  if (status === 'closed' && settled_minor + releasedMinor !== limit_minor) {
    const what = 'it is closed and holds something back';
    const found = settled_minor + releasedMinor;
    page.wrong({ ...where, what, expected: limit_minor, found });
  }
  if (status === 'closed' && !allowance.is_over) {
    const what = 'it was closed before the end of its claim window';
    page.wrong({ ...where, what, expected: `after ${allowance.claim_until_s}`, found: status });
  }
  if (status === 'exhausted' && allowance.last_spent === null) {
    const what = 'it is exhausted and its last allowed sequence has not settled';
    page.wrong({ ...where, what, expected: 'the last allowed sequence', found: undefined });
  }
}
