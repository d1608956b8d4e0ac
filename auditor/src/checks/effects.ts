import type { Page } from '../book.ts';
import { rowsOf } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';

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
}

/**
 * Every decision is a row written with its effect (spec/log.md §2): what was decided, issued,
 * enrolled, transferred or announced has its event, and each such event its effect. A decision
 * about an upload names the hash of its outcomes.
 */
export async function auditEffects(snapshot: Snapshot, page: Page): Promise<void> {
  for await (const row of rowsOf<Silent>(snapshot, SILENT)) {
    const expected = `${row.action} of ${row.subject}`;
    const what = 'no event tells of it as it is';
    const where = { table: row.named_by, key: { key: row.key } };
    page.wrong({ ...where, what, expected, found: undefined });
  }
  for await (const { id, action, subject } of rowsOf<Lost>(snapshot, LOST)) {
    const what = 'what this event tells of is gone';
    const expected = `${action} of ${subject}`;
    page.wrong({ table: 'audit_events', key: { id }, what, expected, found: undefined });
  }
}

/** The bank's own names of what it records. `said` has to stand in the event's details. */
const EFFECTS = `
  select 'settlement.decided' as action, 'upload:' || upload_id as subject,
    'settlement_batches' as named_by, id as key, encode(outcomes_digest, 'hex') as said
  from settlement_batches
  union all
  select 'bulletin.issue', 'bulletin:' || version, 'bulletins', version, '' from bulletins
  union all
  select 'allowance.issued', 'allowance:' || no, 'allowances', no, '' from allowances
  union all
  select 'device.enrol', 'device:' || no, 'devices', no, '' from devices
  union all
  select 'wallet.transfer', 'transfer:' || id, 'wallet_transfers', id, '' from wallet_transfers
  union all
  select 'withdrawal.ordered', 'withdrawal:' || id, 'withdrawals', id, '' from withdrawals`;

const SILENT = `
  select f.action, f.subject, f.named_by, f.key::text as key
  from (${EFFECTS}) as f
  where not exists (
    select from audit_events as e
    where e.action = f.action and e.subject = f.subject and strpos(e.details, f.said) > 0
  )
  order by f.named_by, f.key`;

const LOST = `
  select e.id, e.action, e.subject
  from audit_events as e
  where e.action in (select f.action from (${EFFECTS}) as f)
    and not exists (
      select from (${EFFECTS}) as f where f.action = e.action and f.subject = e.subject
    )
  order by e.id`;
