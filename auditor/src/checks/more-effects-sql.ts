/**
 * The rest of `effects-sql.ts`: what is told of people, of money that goes in and out, and of
 * settings. Where `at` is null another check compares it, or nothing stored says when.
 */
export const MORE_EFFECTS = `
  select case when exists (
      select from audit_events as e
      where e.action = 'demo.account' and e.subject = 'account:' || o.public_id
    ) then 'demo.account' else 'account.open' end as action, 'account:' || o.public_id as subject,
    'accounts' as named_by, o.public_id as key, null::timestamptz as at, null as actor,
    '{}'::text[] as said
  from accounts as o
  union all
  select 'allowance.closed', 'allowance:' || s.no, 'allowance_states', s.no::text, null, 'system',
    array['"released":"' || coalesce(t.amount, 0) || '"']
  from allowance_states as s
  left join allowances as a on a.no = s.no
  left join ledger_transfers as t on t.kind = 'closing' and t.reference = a.id
  where s.status = 'closed'
  union all
  select 'allowance_policy.set', 'allowance_policy:' || p.currency || ':' || p.epoch,
    'allowance_policies', p.currency || ' ' || p.epoch, null, null,
    array['"limit":"' || p.limit_minor || '"', '"per_payment":"' || p.per_payment_minor || '"',
      '"count":' || p.count || ',', '"valid_days":' || p.valid_days || ',',
      '"claim_days":' || p.claim_days || ',',
      '"max_per_account":"' || p.max_per_account_minor || '"',
      '"max_per_device":"' || p.max_per_device_minor || '"', '"valid_from":"'
        || to_char(p.valid_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"']
  from allowance_policies as p
  where p.epoch <> 1 or p.currency not in (586, 840, 784, 682, 952)
  union all
  select 'dispute.opened', 'dispute:' || d.id, 'disputes', d.id::text, d.opened_at,
    coalesce('account:' || o.public_id, 'nobody'),
    array['"payment":"' || encode(d.payment_id, 'hex') || '"', '"side":"' || d.side || '"']
  from disputes as d left join accounts as o on o.id = d.account_id
  union all
  select 'dispute.decided', 'dispute:' || d.id, 'disputes', d.id::text, d.decided_at,
    coalesce('account:' || o.public_id, 'nobody'), '{}'
  from disputes as d left join accounts as o on o.id = d.decided_by where d.outcome is not null
  union all
  select 'funding', p.subject, 'approvals', p.id::text, p.decided_at, null,
    array['"approval":"' || p.id || '"',
      substring(p.content from '"amount":"[0-9]{1,16}"')]
  from approvals as p
  where p.kind = 'funding' and p.outcome in ('approved', 'approved_alone')
    and p.proposed_by is not null
  union all
  select 'ledger.settled', 'txn:' || encode(document_id, 'hex'), 'settled_orders',
    encode(document_id, 'hex'), settled_at, null, array['"upload":"' || upload_id || '"']
  from settled_orders where kind = 'ledger_entry'
  union all
  select 'offline.confirmed', 'key-payment:' || c.key_payment, 'offline_confirmations',
    c.key_payment || ' ' || c.by_account, c.at, coalesce('account:' || o.public_id, 'nobody'), '{}'
  from offline_confirmations as c left join accounts as o on o.id = c.by_account
  union all
  select 'risk_rules.' || r.act, 'risk_rules:' || r.version, 'risk_rule_events', r.id::text, r.at,
    coalesce('account:' || o.public_id, 'nobody'), '{}'
  from risk_rule_events as r left join accounts as o on o.id = r.by_account
  union all
  select 'wallet.key_released', 'wallet:' || wallet, 'wallet_key_releases', id::text, at, null,
    array['"key":"' || encode(key_id, 'hex') || '"']
  from wallet_key_releases
  union all
  select 'withdrawal.ended', 'withdrawal:' || id, 'withdrawals', id::text, null, 'rail:' || rail,
    array['"wallet":' || wallet || ',', '"amount":"' || amount || '"']
  from withdrawals where status in ('settled', 'returned')`;

/** Which only their event speaks of as a row: a demo, and what was ordered before, had none. */
export const EFFECTS_OF_SOME = `
  select 'policy.in_force' as action, 'country:' || country as subject,
    'offline_policies' as named_by, null as key, null::timestamptz as at, null as actor,
    array['"approval":"' || approval || '"', '"version":' || version || ','] as said
  from offline_policies
  union all
  select 'topup.ordered', 'topup:' || t.id, 'top_ups', null, null,
    coalesce('account:' || o.public_id, 'nobody'),
    array['"wallet":' || t.wallet || ',', '"amount":"' || t.amount || '"']
  from top_ups as t left join accounts as o on o.id = t.account_id where t.status <> 'asked'`;
