import type { Settling } from '@sikka/bank/deciding';
import { settlementLimits } from '@sikka/bank/deciding';
import { issueIfDue } from './bulletins.ts';
import { isExpected } from './hand-in.ts';
import type { Desk } from './people.ts';
import type { AllowanceRow, Tables } from './tables.ts';
import { isAccused } from './tables.ts';

/** One round of the worker: what waits in the inbox, allowances that are over, a bulletin. */
export async function workOnce(desk: Desk, settling: Settling): Promise<void> {
  await drain(desk, settling);
  await closeAllowances(desk);
  await issueIfDue(desk);
}

/** Decides every upload whose time has come; one that fails as a whole, item by item at last. */
async function drain({ tables, parts }: Desk, settling: Settling): Promise<void> {
  const now = parts.now() * 1000;
  for (;;) {
    const due = [...tables.inbox].filter(([, { visibleAt, heldBy }]) => {
      return visibleAt <= now && heldBy === undefined;
    });
    const [next] = due.sort((one, other) => one[1].visibleAt - other[1].visibleAt);
    if (next === undefined) return;
    const [uploadId, row] = next;
    row.attempts += 1;
    row.visibleAt = now + settlementLimits.leaseMs;
    try {
      const isWhole = row.attempts <= settlementLimits.wholeAttempts;
      await (isWhole ? settling.settle(uploadId) : settling.settleEach(uploadId));
    } catch (error) {
      if (!isExpected(error)) throw error;
    }
  }
}

/**
 * Closes allowances after `claim until` and gives back what is left (spec/settlement.md §4 (b)):
 * once everything received in time is decided, and no proof's case is open.
 */
async function closeAllowances({ tables, parts }: Desk): Promise<void> {
  const now = parts.now();
  for (const row of tables.allowances.values()) {
    if (row.status === 'active' && row.fields.until < now) {
      await tables.log.transaction(() => tables.log.assign(row, { status: 'expired' }));
    }
    if (isClosable(tables, row, now)) await close(tables, row, now);
  }
}

function isClosable(tables: Tables, { status, fields, terms }: AllowanceRow, now: number): boolean {
  const { claimUntil } = fields;
  if (status === 'closed' || claimUntil >= now || isAccused(tables, terms.no)) return false;
  const waiting = [...tables.inbox].flatMap(([id, { heldBy }]) => {
    return heldBy === undefined ? [tables.uploads.get(id)?.receivedAt] : [];
  });
  const received = waiting.map((at) => Math.floor((at?.getTime() ?? 0) / 1000));
  const held = [...tables.heldItems.values()].flat();
  return (
    received.every((at) => claimUntil < at) &&
    !held.some(({ allowanceNo }) => allowanceNo === terms.no)
  );
}

async function close(tables: Tables, row: AllowanceRow, at: number): Promise<void> {
  const { id, limitMinor, currency, reservation, payerOffline } = row.terms;
  const leftMinor = limitMinor - row.settledMinor - row.releasedMinor;
  await tables.log.transaction(() => {
    const releasedMinor = row.releasedMinor + leftMinor;
    tables.log.assign(row, { status: 'closed', releasedMinor });
    if (leftMinor === 0n) return;
    const move = { kind: 'closing', currency, amountMinor: leftMinor, reference: id, at };
    tables.ledger.post([{ ...move, debit: reservation, credit: payerOffline }]);
  });
}
