import { limits } from '../limits.ts';
import { lastEvents, statusAsTold } from './last-event.ts';
import { namesRow } from './stored-beside.ts';
import type { Rule } from './stored-beside.ts';

const SECONDS = limits.clockSeconds;

/** Those that a bank begins with (spec/settlement.md §4); every later one is an event. */
const FIRST_POLICIES = `(values
    (586, 2000000::bigint, 500000::bigint, 100, 14, 14, 5000000::bigint, 4000000::bigint),
    (840, 10000, 5000, 100, 14, 14, 25000, 20000),
    (784, 40000, 20000, 100, 14, 14, 100000, 80000),
    (682, 40000, 20000, 100, 14, 14, 100000, 80000),
    (952, 60000, 30000, 100, 14, 14, 150000, 120000)
  ) as f (currency, limit_minor, per_payment_minor, count, valid_days, claim_days,
    max_per_account_minor, max_per_device_minor)`;

const TERMS = (row: string) => `concat_ws(' ', ${row}.limit_minor, ${row}.per_payment_minor,
  ${row}.count, ${row}.valid_days, ${row}.claim_days, ${row}.max_per_account_minor,
  ${row}.max_per_device_minor)`;

const REFERENCE = (text: string) => `convert_to(${text}, 'UTF8')`;

/**
 * When the money of each kind of transfer moved, as the row or event says that it follows from. Of
 * settlements another check compares it; what a case set free moved when it was decided.
 */
const MOVED = `
  select 'transfer' as kind, ${REFERENCE(`'transfer:' || id`)} as reference, at
  from wallet_transfers
  union all select 'reserve', id, issued_at from allowances
  union all select 'refund', document_id, at from refunds
  union all select 'guarantee', proof_id, at from case_decisions
  union all select 'funding', ${REFERENCE(`'approval:' || id`)}, decided_at from approvals
  union all select 'withdrawal', ${REFERENCE(`'withdrawal:' || id`)}, created_at from withdrawals
  union all
  select case outcome when 'settled' then 'payout' else 'withdrawal_return' end,
    ${REFERENCE('subject')}, at
  from audit_events where action = 'withdrawal.ended'
  union all
  select 'deposit', ${REFERENCE('subject')}, at from audit_events where action = 'topup.settled'
  union all
  select 'deposit', ${REFERENCE(`'demo:' || substring(subject from 9)`)}, at
  from audit_events where action = 'demo.account'
  union all
  select 'limit_funding', ${REFERENCE(`'limit:' || l.no`)}, e.at
  from limit_wallets as l
  join audit_events as e
    on e.action = 'limit.approved' and e.subject = 'limit:' || l.wallet_id
  union all
  select 'closing', a.id, e.at
  from allowances as a
  join audit_events as e
    on e.action = 'allowance.closed' and e.subject = 'allowance:' || a.no
  union all
  select 'release', a.id, p.settled_at
  from allowances as a
  join settled_payments as p
    on p.allowance_no = a.no and p.sequence = a.first_sequence::bigint + a.count - 1
  where not exists (select from proofs as q where q.allowance_no = a.no)`;

/** What somebody was given, forbidden or took, as the last event about it says. */
export const SINCE: readonly Rule[] = [
  {
    table: 'allowance_policies',
    column: 'terms of the first epoch',
    sql: `select f.currency || ' 1' as key, ${TERMS('f')} as expected, ${TERMS('p')} as found
      from ${FIRST_POLICIES}
      left join allowance_policies as p on p.currency = f.currency and p.epoch = 1
      where ${TERMS('p')} <> ${TERMS('f')}
        or p.valid_from is distinct from '2020-01-01T00:00:00Z'::timestamptz
      order by key`,
  },
  {
    table: 'ledger_transfers',
    column: 'at',
    sql: `select t.id::text as key, min(m.at)::text as expected, t.at::text as found
      from ledger_transfers as t
      join (${MOVED}) as m on m.kind = t.kind and m.reference = t.reference
      group by t.id, t.at
      having min(abs(extract(epoch from t.at - m.at))) > ${SECONDS} order by t.id`,
  },
  {
    table: 'allowance_states',
    column: 'revoked_at',
    sql: `select s.no::text as key, coalesce(p.at::text, 'no proof') as expected,
        s.revoked_at::text as found
      from allowance_states as s
      left join (
        select allowance_no, min(at) as at from proofs group by allowance_no
      ) as p on p.allowance_no = s.no
      where (s.revoked_at is null) <> (p.at is null)
        or abs(extract(epoch from s.revoked_at - p.at)) > ${SECONDS} order by s.no`,
  },
  {
    table: 'accounts',
    column: 'status',
    // Of two words by two clocks within their tolerance either may have been the last.
    sql: `with said as (
        select 'account:' || o.public_id as subject, date_trunc('second', p.at) as at,
          'review' as status
        from proofs as p join accounts as o on o.id = p.account_id
        union all
        select subject, at, case action when 'account.release' then 'active' else 'review' end
        from audit_events where action in ('account.block', 'account.release')
        union all
        select subject, 'infinity', 'closed' from audit_events where action = 'person.erased'
      ), last as (
        select s.subject, array_agg(s.status) as statuses
        from said as s
        join (select subject, max(at) as at from said group by subject) as m
          on m.subject = s.subject
          and (s.at = m.at or s.at >= m.at - interval '${SECONDS} seconds')
        group by s.subject
      )
      select o.public_id as key, o.status as found,
        coalesce(array_to_string(l.statuses, ' or '), 'active') as expected
      from accounts as o left join last as l on l.subject = 'account:' || o.public_id
      where o.status <> all (coalesce(l.statuses, '{active}')) order by key`,
  },
  {
    table: 'account_roles',
    column: 'role that was given',
    sql: `with told as (
        select subject, split_part(details, '"after":', 2) as after
        from ${lastEvents('account.roles')} as e
      )
      select o.public_id || ' ' || named.role as key, t.after as expected, null::text as found
      from told as t
      join accounts as o on t.subject = 'account:' || o.public_id
      cross join unnest('{user,merchant,agent,support,risk,finance,pay_admin,admin}'::text[])
        as named (role)
      where strpos(split_part(t.after, ']', 1), '"' || named.role || '"') > 0
        and not exists (
          select from account_roles as r where r.account_id = o.id and r.role = named.role
        )
      order by key`,
  },
  {
    table: 'withdrawals',
    column: 'status',
    sql: `select d.id::text as key, coalesce(e.outcome, 'ordered') as expected, d.status as found
      from withdrawals as d
      left join audit_events as e
        on e.action = 'withdrawal.ended' and e.subject = 'withdrawal:' || d.id
      where d.status <> coalesce(e.outcome, 'ordered') order by d.id`,
  },
  {
    table: 'disputes',
    column: 'outcome',
    sql: `select d.id::text as key, e.outcome as expected, d.outcome as found
      from disputes as d
      left join audit_events as e
        on e.action = 'dispute.decided' and e.subject = 'dispute:' || d.id
      where d.outcome is distinct from e.outcome order by d.id`,
  },
  statusAsTold({
    ...{ table: 'tills', key: 'no', subject: "'till:' || r.device_id" },
    actions: ['till.active', 'till.suspended', 'till.revoked'],
    ...{ status: 'substring(e.action from 6)', first: 'active' },
  }),
  {
    table: 'wallet_keys',
    column: 'retired_at',
    sql: `select encode(k.id, 'hex') as key, 'another key, or an event' as expected,
        k.retired_at::text as found
      from wallet_keys as k
      left join wallets as w on w.number = k.wallet
      left join accounts as o on o.id = w.account_id
      where k.retired_at is not null
        and not exists (
          select from wallet_keys as n where n.wallet = k.wallet and n.id <> k.id
            and abs(extract(epoch from n.created_at - k.retired_at)) <= ${SECONDS}
        )
        and not exists (
          select from audit_events as e
          where e.action in ('wallet.keys_retired', 'person.erased')
            and e.subject = 'account:' || o.public_id
            and abs(extract(epoch from e.at - k.retired_at)) <= ${SECONDS}
        )
      order by key`,
  },
  namesRow({
    ...{ table: 'inbox', column: 'upload_id', key: 'upload_id' },
    named: ['uploads', 'id', 'an upload'],
  }),
  namesRow({
    ...{ table: 'inbox', column: 'held_by', key: 'upload_id' },
    named: ['reviews', 'id', 'a review'],
  }),
  namesRow({
    ...{ table: 'audit_pending', column: 'event_id', key: 'event_id' },
    named: ['audit_events', 'id', 'an event'],
  }),
];
