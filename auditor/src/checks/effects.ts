import type { Page } from '../book.ts';
import { rowsOf } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';
import { LOST, SILENT } from './told-sql.ts';

interface Silent {
  readonly action: string;
  readonly subject: string;
  readonly named_by: string;
  readonly key: string;
}

interface Lost {
  readonly id: bigint;
  readonly action: string;
  readonly subject: string;
  readonly how: keyof typeof HOW;
}

const HOW = {
  gone: 'what this event tells of is gone',
  told: 'another event tells of the same',
  nobody: 'nobody of this name could have done it',
  unknown: 'an action that the bank does not have',
} as const;

/**
 * Every decision is a row written with its effect (spec/log.md §2): what was decided, issued,
 * enrolled, transferred, agreed to or announced has its event, at that time and by that person, and
 * each such event its effect, alone. A decision about an upload names the hash of its outcomes.
 */
export async function auditEffects(snapshot: Snapshot, page: Page): Promise<void> {
  for await (const row of rowsOf<Silent>(snapshot, SILENT)) {
    const expected = `${row.action} of ${row.subject}`;
    const what = 'no event tells of it as it is';
    const where = { table: row.named_by, key: { key: row.key } };
    page.wrong({ ...where, what, expected, found: undefined });
  }
  for await (const { id, action, subject, how } of rowsOf<Lost>(snapshot, LOST)) {
    const what = HOW[how];
    const expected = `${action} of ${subject}`;
    page.wrong({ table: 'audit_events', key: { id }, what, expected, found: undefined });
  }
}
