import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { rowsOf } from '../snapshot.ts';
import { auditCases } from './cases.ts';
import { auditAgreement } from './agreed.ts';
import type { AgreedRow } from './agreed.ts';

interface ReviewRow extends AgreedRow {
  readonly id: bigint;
  readonly outcome: string | null;
  readonly decided_at: Date | null;
  /** As an event names whoever decided. */
  readonly decider: string | null;
  /** Of theft, or nobody can say of how much money. */
  readonly takes_two: boolean;
  readonly amount: bigint | null;
  /** More than this took two people, as its event tells it. */
  readonly above: bigint | null;
  readonly held: bigint;
  readonly decided: boolean;
  /** By its upload, from its decision on. */
  readonly settled_after: bigint;
  /** How many events tell of a verdict; null where none does. */
  readonly told: bigint | null;
  readonly action: string | null;
  readonly actor: string | null;
  readonly told_at: Date | null;
}

/**
 * Each review was decided once, as its event tells it, by as many people as it took; what it holds
 * is not decided, and what it rejected settled nothing. Cases as well.
 */
export async function auditReviews(audit: Audit): Promise<void> {
  const { snapshot, book } = audit;
  const page = book.page('reviews');
  for await (const row of rowsOf<ReviewRow>(snapshot, REVIEWS)) {
    page.saw();
    if (row.outcome === null) auditOpen(page, row);
    else auditDecided(page, row, row.outcome);
  }
  for await (const { id, subject } of rowsOf<{ id: bigint; subject: string }>(snapshot, LOST)) {
    const what = 'what this event tells of is gone';
    page.wrong({
      ...{ table: 'audit_events', key: { id }, what },
      ...{ expected: subject, found: undefined },
    });
  }
  await auditCases(snapshot, page);
}

function auditOpen(page: Page, row: ReviewRow): void {
  const where = { table: 'reviews', key: { id: row.id } };
  const isOpen = page.same({
    ...where,
    ...{ what: 'an open review of which an event tells a verdict', expected: 0n },
    found: row.told ?? 0n,
  });
  if (!isOpen || row.held === 0n || !row.decided) return;
  const what = 'an upload that is held and was decided';
  page.wrong({ ...where, what, expected: 'one of both', found: 'both' });
}

function auditDecided(page: Page, row: ReviewRow, outcome: string): void {
  const where = { table: 'reviews', key: { id: row.id } };
  const isTold = compareColumns(page, where, [
    ['number of verdicts', 1n, row.told ?? 0n],
    ['outcome', row.action?.replace('review.', ''), outcome],
    ['decided_at', row.told_at, row.decided_at && wholeSeconds(row.decided_at)],
    ['decided_by', row.actor, row.decider],
  ]);
  if (!isTold) return;
  if (row.held > 0n) {
    const what = 'a decided review that holds an upload';
    page.wrong({ ...where, what, expected: 0n, found: row.held });
  }
  if (outcome === 'rejected' && row.settled_after > 0n) {
    const what = 'a rejected upload that settled payments';
    page.wrong({ ...where, what, expected: 0n, found: row.settled_after });
  }
  const { amount, above } = row;
  if (amount !== null && above === null) {
    const what = 'a verdict that names no limit';
    page.wrong({ ...where, what, expected: 'FOUR_EYES_ABOVE', found: undefined });
    return;
  }
  if (above !== null) page.note(`where more than ${above} minor units take two people`);
  const isDue = row.takes_two || (amount !== null && above !== null && amount > above);
  const content = `{"verdict":"${outcome}"}`;
  const subject = `review:${row.id}`;
  auditAgreement(page, where, { row, isDue, kind: 'review', subject, content });
}

function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

/** The bank's own names of what it records, and in the details the approval where it took one. */
const REVIEWS = `
  with told as (
    select subject, count(*) as told, min(action) as action, min(actor) as actor, min(at) as at,
      min(substring(details from '"approval":"?([0-9]{1,18})'))::bigint as approval,
      min(substring(details from '"four_eyes_above":"([0-9]{1,18})"'))::bigint as above
    from audit_events
    where action in ('review.released', 'review.rejected')
    group by subject
  ), held as (
    select held_by, count(*) as held from inbox where held_by is not null group by held_by
  )
  select r.id, r.outcome, r.decided_at, 'account:' || a.public_id as decider,
    coalesce(h.held, 0) as held,
    r.amount is null or exists (
      select from device_bundles as b where b.review = r.id and b.verdict = 'quarantined'
    ) as takes_two,
    exists (
      select from inbox as i join settlement_batches as b on b.upload_id = i.upload_id
      where i.held_by = r.id
    ) as decided,
    coalesce((
      select sum(b.settled) from settlement_batches as b
      where b.upload_id = r.upload_id and b.at >= date_trunc('second', r.decided_at)
    ), 0) as settled_after,
    r.amount, t.above, t.told, t.action, t.actor, t.at as told_at, t.approval,
    p.kind as approval_kind, p.subject as approval_subject, p.content as approval_content,
    p.outcome as approval_outcome, p.proposed_by, p.decided_by as approved_by
  from reviews as r
  left join accounts as a on a.id = r.decided_by
  left join held as h on h.held_by = r.id
  left join told as t on t.subject = 'review:' || r.id
  left join approvals as p on p.id = t.approval
  order by r.id`;

const LOST = `
  select e.id, e.subject
  from audit_events as e
  where e.action in ('review.released', 'review.rejected')
    and not exists (select from reviews as r where 'review:' || r.id = e.subject)
  order by e.id`;
