import { limits } from '../limits.ts';

const TOLERANCE = `${limits.clockSeconds} seconds`;

/**
 * What the bank does, and by which event its audit chain tells of it (spec/log.md §2), in the
 * bank's own names. `at` is when it was done, which two clocks may tell, and `actor` who did it,
 * where the row has them; each of `said` has to stand in the event's details.
 */
export const EFFECTS = `
  select 'settlement.decided' as action, 'upload:' || b.upload_id as subject,
    'settlement_batches' as named_by, b.id::text as key, b.at,
    case when u.uploader like '%:%' then u.uploader else 'account:' || u.uploader end as actor,
    array[encode(b.outcomes_digest, 'hex'), '"settled":' || b.settled || ',',
      '"recorded":' || b.recorded || ',', '"rejected":' || b.rejected || '}'] as said
  from settlement_batches as b left join uploads as u on u.id = b.upload_id
  union all
  select 'bulletin.issue', 'bulletin:' || version, 'bulletins', version::text, at, null, '{}'
  from bulletins
  union all
  select 'allowance.issued', 'allowance:' || a.no, 'allowances', a.no::text, a.issued_at,
    'account:' || o.public_id, array['"limit":"' || a.limit_minor || '"']
  from allowances as a left join accounts as o on o.id = a.account_id
  union all
  select 'device.enrol', 'device:' || d.no, 'devices', d.no::text, d.created_at,
    'account:' || o.public_id, array['"role":"' || d.role || '"']
  from devices as d left join accounts as o on o.id = d.account_id
  union all
  select case mode when 'static' then 'device.print_code' else 'device.enrol' end,
    'device:' || device_no, 'credentials', serial::text, issued_at, null,
    array['"serial":' || serial || '}']
  from credentials
  union all
  select 'device.revoke', 'device:' || no, 'devices', no::text, status_changed_at, null,
    array['"reason":"' || revoked_reason || '"']
  from devices where status = 'revoked' and revoked_reason is distinct from 'equivocation'
  union all
  select 'settlement.equivocation_proved', 'allowance:' || allowance_no, 'proofs',
    encode(id, 'hex'), at, null, array['"proof":"' || encode(id, 'hex') || '"']
  from proofs
  union all
  select 'case.decided', 'proof:' || encode(c.proof_id, 'hex'), 'case_decisions',
    encode(c.proof_id, 'hex'), c.at, coalesce('account:' || o.public_id, 'nobody'),
    array['"loss":"' || c.loss || '"', '"account":"' || c.account || '"',
      '"reason":' || to_json(c.reason)::text]
  from case_decisions as c left join accounts as o on o.id = c.decided_by
  union all
  select 'review.' || r.outcome, 'review:' || r.id, 'reviews', r.id::text, r.decided_at,
    'account:' || o.public_id, array['"reason":' || to_json(r.reason)::text]
  from reviews as r left join accounts as o on o.id = r.decided_by where r.outcome is not null
  union all
  select 'approval.proposed', 'approval:' || p.id, 'approvals', p.id::text, p.proposed_at,
    'account:' || o.public_id,
    array['"kind":"' || p.kind || '"', '"subject":' || to_json(p.subject)::text]
  from approvals as p left join accounts as o on o.id = p.proposed_by
  where p.outcome is distinct from 'approved_alone'
  union all
  select 'approval.agreed', 'approval:' || p.id, 'approvals', p.id::text, p.decided_at,
    case p.outcome when 'approved' then coalesce('account:' || d.public_id, 'nobody')
      else coalesce('account:' || o.public_id, 'demo') end,
    array['"kind":"' || p.kind || '"', '"subject":' || to_json(p.subject)::text]
  from approvals as p
  left join accounts as o on o.id = p.proposed_by
  left join accounts as d on d.id = p.decided_by
  where p.outcome in ('approved', 'approved_alone')
  union all
  select 'issuer_key.made', 'issuer-key:' || number, 'issuer_keys', number::text, created_at, null,
    array['"suite":"' || suite || '"']
  from issuer_keys
  union all
  select 'till.registered', 'till:' || t.device_id, 'tills', t.no::text, t.created_at,
    'account:' || o.public_id, array[encode(t.key_id, 'hex')]
  from tills as t left join accounts as o on o.id = t.registered_by
  union all
  select 'till.revoked', 'till:' || device_id, 'tills', no::text, status_changed_at, null, '{}'
  from tills where status = 'revoked'
  union all
  select 'wallet.transfer', 'transfer:' || t.id, 'wallet_transfers', t.id::text, t.at,
    'account:' || o.public_id, '{}'
  from wallet_transfers as t left join accounts as o on o.id = t.account_id
  union all
  select 'withdrawal.ordered', 'withdrawal:' || id, 'withdrawals', id::text, created_at, null, '{}'
  from withdrawals`;

/** A row of which no event tells, or another than it is. */
export const SILENT = `
  select f.action, f.subject, f.named_by, f.key
  from (${EFFECTS}) as f
  where not exists (
    select from audit_events as e
    where e.action = f.action and e.subject = f.subject
      and (f.at is null
        or e.at between f.at - interval '${TOLERANCE}' and f.at + interval '${TOLERANCE}')
      and (f.actor is null or e.actor = f.actor)
      and not exists (select from unnest(f.said) as one where strpos(e.details, one) = 0)
  )
  order by f.named_by, f.key`;

/** An event of which there is no row. */
export const LOST = `
  select e.id, e.action, e.subject
  from audit_events as e
  where e.action in (select f.action from (${EFFECTS}) as f)
    and not exists (
      select from (${EFFECTS}) as f
      where f.action = e.action and f.subject = e.subject
        and not exists (select from unnest(f.said) as one where strpos(e.details, one) = 0)
    )
  union all
  select e.id, e.action, e.subject
  from audit_events as e
  where e.action in ('device.revoke', 'till.revoked', 'case.decided', 'approval.agreed',
      'approval.proposed', 'settlement.equivocation_proved')
    and not exists (
      select from (${EFFECTS}) as f where f.action = e.action and f.subject = e.subject
    )
  union all
  select e.id, e.action, e.subject
  from audit_events as e
  where e.action in ('device.enrol', 'device.print_code') and strpos(e.details, '"serial":') > 0
    and not exists (
      select from credentials as c
      where e.subject = 'device:' || c.device_no
        and strpos(e.details, '"serial":' || c.serial || '}') > 0
    )
  order by id`;
