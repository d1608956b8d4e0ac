import { auditHash, equalBytes, firstHash } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { secondsOf } from '../columns.ts';
import { openMarks } from '../marks.ts';
import { rowsOf } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';
import { auditEffects } from './effects.ts';

interface ChainRow {
  readonly n: bigint;
  readonly event_id: bigint;
  readonly hash: Uint8Array;
  readonly at: Date | null;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: string;
  readonly details: string;
}

interface End {
  readonly n: bigint;
  readonly hash: Uint8Array;
}

/**
 * The audit chain, hashed again from its events (spec/log.md §2): numbers without gap, every event
 * chained once or waiting to be, and the heads that checkpoints signed.
 */
export async function auditChain(audit: Audit): Promise<void> {
  const { snapshot, book } = audit;
  const page = book.page('audit chain');
  const marks = openMarks(audit, 'audit');
  let end: End = { n: 0n, hash: firstHash() };
  await marks.reach(0, () => end.hash);
  for await (const row of rowsOf<ChainRow>(snapshot, CHAIN)) {
    page.saw();
    auditRow(page, row, end);
    // Against the stored hash, so that one changed row is not blamed on all after it.
    end = { n: row.n, hash: row.hash };
    await marks.reach(Number(row.n), () => end.hash);
  }
  await marks.end(Number(end.n));
  await auditEnd(snapshot, page, end);
  await auditEvents(snapshot, page);
  await auditEffects(snapshot, page);
}

function auditRow(page: Page, row: ChainRow, before: End): void {
  const where = { table: 'audit_chain', key: { n: row.n, event_id: row.event_id } };
  if (row.n !== before.n + 1n) {
    const what = 'rows before it are missing';
    page.wrong({ ...where, what, expected: before.n + 1n, found: row.n });
    return;
  }
  if (row.at === null) {
    page.wrong({ ...where, what: 'its event is gone', expected: 'an event', found: undefined });
    return;
  }
  const { actor, action, subject, outcome, details } = row;
  const time = secondsOf(row.at);
  if (!Number.isSafeInteger(time) || time < 0) {
    page.wrong({ ...where, what: 'no whole seconds', expected: 'whole seconds', found: row.at });
    return;
  }
  const event = { number: Number(row.n), time, actor, action, subject, outcome, details };
  const expected = auditHash(before.hash, event);
  if (equalBytes(expected, row.hash)) return;
  const what = `its hash does not follow from the row before and its event (${action})`;
  page.wrong({ ...where, what, expected, found: row.hash });
}

async function auditEnd(snapshot: Snapshot, page: Page, end: End): Promise<void> {
  const [state] = await snapshot.query<{ size: bigint; head: Uint8Array }>(STATE);
  const where = { table: 'sequencer_state', key: { name: 'audit' } };
  const what = 'the chain does not end where its sequencer says';
  const found = `${state?.size ?? 0} rows`;
  if (!page.same({ ...where, what, expected: `${end.n} rows`, found })) return;
  page.same({ ...where, what, expected: end.hash, found: state?.head });
}

async function auditEvents(snapshot: Snapshot, page: Page): Promise<void> {
  for await (const { id } of rowsOf<{ id: bigint }>(snapshot, UNCHAINED)) {
    const what = 'an event that is neither in the chain nor waiting for it';
    const key = { id };
    page.wrong({ table: 'audit_events', key, what, expected: 'chained', found: undefined });
  }
  for await (const { id, times } of rowsOf<{ id: bigint; times: bigint }>(snapshot, TWICE)) {
    const what = 'an event is in the chain more than once, or also waiting for it';
    page.wrong({ table: 'audit_events', key: { id }, what, expected: 1, found: times });
  }
  const [waiting] = await snapshot.query<{ count: bigint }>(WAITING);
  page.note('waiting for their place', Number(waiting?.count ?? 0n));
}

const CHAIN = `
  select c.n, c.event_id, c.hash, e.at, e.actor, e.action, e.subject, e.outcome, e.details
  from audit_chain as c
  left join audit_events as e on e.id = c.event_id
  order by c.n`;

const STATE = `select size, head from sequencer_state where name = 'audit'`;

const UNCHAINED = `
  select e.id
  from audit_events as e
  where not exists (select from audit_chain as c where c.event_id = e.id)
    and not exists (select from audit_pending as p where p.event_id = e.id)
  order by e.id`;

const TWICE = `
  select event_id as id, count(*) as times
  from (
    select event_id from audit_chain
    union all
    select event_id from audit_pending
  ) as placed
  group by event_id
  having count(*) > 1
  order by event_id`;

const WAITING = 'select count(*) as count from audit_pending';
