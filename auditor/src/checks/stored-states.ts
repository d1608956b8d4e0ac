import { limits } from '../limits.ts';
import { lastEvents, statusAsTold } from './last-event.ts';
import { namesRow } from './stored-beside.ts';
import type { Rule } from './stored-beside.ts';

/** Where things stand, and whose they are, as what happened to them says. */
export const STATES: readonly Rule[] = [
  {
    table: 'allowance_returns',
    column: 'first',
    sql: `with kept as (
        select r.id, r.allowance_no, r.first, row_number() over (
            partition by r.allowance_no
            order by (select min(b.id) from settlement_batches as b
              where b.upload_id = r.upload_id), r.item
          ) as place
        from allowance_returns as r where r.proof_id is null
      )
      select encode(id, 'hex') as key, (place = 1)::text as expected, first::text as found
      from kept where first is distinct from (place = 1)
      union all
      select encode(id, 'hex'), 'false', first::text
      from allowance_returns where first and proof_id is not null
      order by key`,
  },
  {
    table: 'allowance_states',
    column: 'status',
    sql: `with stood as (
        select s.no, s.status,
          exists (select from allowance_returns as r where r.allowance_no = s.no and r.first)
            as is_returned,
          exists (
            select from settled_payments as p
            where p.allowance_no = s.no and p.sequence = a.first_sequence::bigint + a.count - 1
          ) as is_spent
        from allowance_states as s join allowances as a on a.no = s.no
      )
      select no::text as key,
        case when is_spent then 'exhausted' when is_returned then 'returned'
          else 'active or expired' end as expected, status as found
      from stood
      where status not in ('revoked', 'closed')
        and case when is_spent then status <> 'exhausted' when is_returned then
          status <> 'returned' else status not in ('active', 'expired') end
      order by no`,
  },
  statusAsTold({
    ...{ table: 'kyc_users', key: 'no', subject: "'kyc:' || r.user_id" },
    actions: ['kyc.approved', 'kyc.rejected', 'kyc.pending'],
    ...{ status: 'substring(e.action from 5)', first: 'pending' },
  }),
  {
    table: 'limit_wallets',
    column: 'status',
    sql: `select no::text as key, 'as it was funded' as expected, status as found
      from limit_wallets
      where (ledger_account is not null) <> (status in ('approved', 'suspended'))
        or status not in ('pending', 'approved', 'rejected', 'suspended') order by no`,
  },
  {
    table: 'device_bundles',
    column: 'cleared_at',
    sql: `select b.id::text as key,
        coalesce(case b.verdict when 'accepted' then b.received_at
          else v.decided_at end::text, 'nothing') as expected, b.cleared_at::text as found
      from device_bundles as b
      left join reviews as v on v.id = b.review and v.outcome = 'released'
      where case b.verdict when 'accepted' then b.received_at else v.decided_at end is null
          <> (b.cleared_at is null)
        or abs(extract(epoch from b.cleared_at - case b.verdict when 'accepted'
          then b.received_at else v.decided_at end)) > ${limits.clockSeconds}
      order by b.id`,
  },
  {
    table: 'top_ups',
    column: 'account_id',
    sql: `select t.id::text as key, w.account_id::text as expected, t.account_id::text as found
      from top_ups as t left join wallets as w on w.number = t.wallet
      where w.account_id is distinct from t.account_id order by t.id`,
  },
  {
    table: 'withdrawals',
    column: 'account_id',
    sql: `select d.id::text as key, w.account_id::text as expected, d.account_id::text as found
      from withdrawals as d left join wallets as w on w.number = d.wallet
      where w.account_id is distinct from d.account_id order by d.id`,
  },
  {
    table: 'reviews',
    column: 'amount, by which it took two people or one,',
    sql: `select r.id::text as key, 'at least ' || o.minor || ' in ' || o.currency as expected,
        concat_ws(' ', r.amount, r.currency) as found
      from reviews as r
      join (
        select upload_id, sum(amount) as minor, min(currency) as currency
        from settled_orders group by upload_id
      ) as o on o.upload_id = r.upload_id
      where r.outcome = 'released' and r.amount is not null
        and (r.amount < o.minor or r.currency is distinct from o.currency) order by r.id`,
  },
  {
    table: 'offline_policies',
    column: 'terms, by their approval,',
    sql: `select p.country || ' ' || p.version as key,
        coalesce(a.content, 'an approval') as expected, p::text as found
      from offline_policies as p
      left join approvals as a on a.id = p.approval and a.kind = 'offline_policy'
        and a.outcome in ('approved', 'approved_alone') and a.subject = 'country:' || p.country
      where a.id is null
        or (p.agent_approval_above is null)
          <> (strpos(a.content, '"agentApprovalAboveMinor":"') = 0)
        or strpos(a.content, '"effectiveFrom":"') = 0
          and abs(extract(epoch from p.effective_from - a.decided_at)) > ${limits.clockSeconds}
        or exists (
          select from unnest(array[p.currency::text, p.max_per_day::text, p.max_age_hours::text,
              p.review_from::text, p.quarantine_from::text, p.enabled::text,
              to_json(p.methods)::text, to_json(p.country)::text,
              '"' || p.max_amount || '"', '"' || p.agent_approval_above || '"'
            ], array['currency', 'maxPerDay', 'maxAgeHours', 'reviewFrom', 'quarantineFrom',
              'enabled', 'methods', 'country', 'maxAmountMinor', 'agentApprovalAboveMinor'
            ]) as said (value, name)
          where value is not null
            and strpos(a.content, '"' || name || '":' || value || ',') = 0
            and strpos(a.content, '"' || name || '":' || value || '}') = 0
        )
      order by key`,
  },
  {
    table: 'approvals',
    column: 'the policy that was agreed to',
    sql: `select a.id::text as key, a.content as expected, null::text as found from approvals as a
      where a.kind = 'offline_policy' and a.outcome in ('approved', 'approved_alone')
        and not exists (select from offline_policies as p where p.approval = a.id) order by a.id`,
  },
  {
    table: 'sequencer_state',
    column: 'name',
    sql: `select name as key, 'audit, checkpoint or log' as expected, name as found
      from sequencer_state where name not in ('audit', 'checkpoint', 'log') order by name`,
  },
  {
    table: 'uploads',
    column: 'what became of it',
    sql: `select u.id::text as key, 'decided, or waiting' as expected, null::text as found
      from uploads as u
      where not exists (select from settlement_batches as b where b.upload_id = u.id)
        and not exists (select from inbox as i where i.upload_id = u.id) order by u.id`,
  },
  {
    table: 'uploads',
    column: 'received_at, beside its neighbours,',
    sql: `with near as (
        select id, received_at, lag(received_at) over (order by id) as earlier,
          lead(received_at) over (order by id) as later
        from uploads
      )
      select id::text as key, 'not before ' || earlier as expected, received_at::text as found
      from near
      where received_at < earlier - interval '${limits.clockSeconds} seconds'
        and later >= earlier - interval '${limits.clockSeconds} seconds' order by id`,
  },
  statusAsTold({
    ...{ table: 'wallets', key: 'number', subject: "'wallet:' || r.number" },
    ...{ actions: ['wallet.status'], status: 'e.outcome', first: 'active' },
  }),
  {
    table: 'account_roles',
    column: 'role',
    sql: `with staff as (
        select o.id, o.public_id, r.role, r.granted_at, e.details as told
        from account_roles as r
        left join accounts as o on o.id = r.account_id
        left join ${lastEvents('account.roles')} as e on e.subject = 'account:' || o.public_id
        where r.role not in ('user', 'merchant')
      )
      select coalesce(public_id, 'nobody') || ' ' || role as key,
        coalesce(told, 'given by whoever opened it') as expected, role as found
      from staff
      where public_id is null
        or told is not null
          and strpos(split_part(told, '"after":', 2), '"' || role || '"') = 0
        or told is null and not exists (
          select from audit_events
          where action in ('account.open', 'demo.account') and subject = 'account:' || public_id
            and actor <> subject
            and abs(extract(epoch from granted_at - at)) <= ${limits.clockSeconds}
        )
      order by key`,
  },
  namesRow({
    ...{ table: 'wallets', column: 'account_id', key: 'number' },
    named: ['accounts', 'id', 'an account'],
  }),
  {
    table: 'offline_policies',
    column: 'version, without gap,',
    sql: `select country || ' ' || version as key, place::text as expected, version::text as found
      from (
        select country, version, row_number() over (partition by country order by version) as place
        from offline_policies
      ) as p where version <> place order by key`,
  },
];
