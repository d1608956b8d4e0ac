import type { Page, Quoted } from '../book.ts';
import { rowsOf } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';

interface Missing {
  readonly named_by: string;
  readonly key: string;
  readonly expected: string;
}

/**
 * Two entries of one receiver after one and the same entry are a fork with its row, whatever
 * became of its review, and so is each pair that a review or an event names.
 */
export async function auditForkRows(snapshot: Snapshot, page: Page): Promise<void> {
  for await (const row of rowsOf<Missing>(snapshot, MISSING)) {
    const key: Readonly<Record<string, Quoted>> = { key: row.key };
    const what = 'a fork that it speaks of has no row in ledger_forks';
    page.wrong({ table: row.named_by, key, what, expected: row.expected, found: undefined });
  }
}

/** A new beginning accuses nobody, so the first entries of two ledgers are none. */
const MISSING = `
  with forks as (
    select encode(first_entry, 'hex') || ':' || encode(second_entry, 'hex') as pair, receiver
    from ledger_forks
    union all
    select encode(second_entry, 'hex') || ':' || encode(first_entry, 'hex'), receiver
    from ledger_forks
  ), named as (
    select 'sealed_ledger_entries' as named_by, encode(b.entry_hash, 'hex') as key,
      encode(a.entry_hash, 'hex') || ':' || encode(b.entry_hash, 'hex') as pair, a.receiver
    from sealed_ledger_entries as a
    join sealed_ledger_entries as b on b.receiver = a.receiver and b.prev_hash = a.prev_hash
      and b.entry_hash > a.entry_hash
    where a.position > 0
    union all
    select 'reviews', r.id::text, n.pair, k.no
    from reviews as r
    left join kyc_users as k on r.subject = 'ledger:' || k.user_id
    cross join lateral unnest(r.reasons) as n (pair)
    where r.kind = 'ledger_fork'
    union all
    select 'audit_events', e.id::text,
      substring(e.details from '"first":"([0-9a-f]{64})"') || ':' ||
      substring(e.details from '"second":"([0-9a-f]{64})"'), k.no
    from audit_events as e left join kyc_users as k on e.subject = 'ledger:' || k.user_id
    where e.action = 'ledger.forked'
  )
  select n.named_by, n.key, n.pair as expected
  from named as n
  left join forks as f on f.receiver = n.receiver and f.pair = n.pair
  where f.pair is null
  order by n.named_by desc, n.key, n.pair`;
