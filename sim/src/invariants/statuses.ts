import type { AllowanceView } from '../bank/port.ts';
import type { Look } from './seen.ts';

/** The life of an allowance (spec/settlement.md §4): what its status says is so. */
export function statuses(look: Look): readonly string[] {
  const returned = new Set(look.view.returns.map(({ allowanceId }) => allowanceId));
  return look.view.allowances.flatMap((row) => {
    if (mayBe(look, row, returned).has(row.status)) return [];
    return [`${row.id} is ${row.status}, which it cannot be`];
  });
}

function mayBe(
  { view, truth, lastSettled, proved }: Look,
  row: AllowanceView,
  returned: ReadonlySet<string>,
): ReadonlySet<string> {
  const { id, account, till, until, claimUntil } = row;
  const isOver = view.now > until;
  const may = new Set<string>(view.now > claimUntil ? ['closed'] : []);
  const isProved = proved.has(id);
  if (isProved || truth.lostTills.has(`${account} ${till}`)) may.add('revoked');
  if (isProved) return may;
  if (lastSettled.has(id)) return may.add('exhausted');
  if (returned.has(id)) return may.add('returned');
  if (isOver) may.add('expired');
  return may.add('active');
}
