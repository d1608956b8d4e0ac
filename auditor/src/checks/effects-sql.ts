import { MORE_EFFECTS } from './more-effects-sql.ts';

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
    coalesce('account:' || o.public_id, 'nobody'), array['"limit":"' || a.limit_minor || '"']
  from allowances as a left join accounts as o on o.id = a.account_id
  union all
  select 'device.enrol', 'device:' || d.no, 'devices', d.no::text, d.created_at,
    coalesce('account:' || o.public_id, 'nobody'), array['"role":"' || d.role || '"']
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
    'account:' || o.public_id, array['"reason":' || coalesce(to_json(r.reason)::text, 'null')]
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
    coalesce('account:' || o.public_id, 'nobody'), array[encode(t.key_id, 'hex')]
  from tills as t left join accounts as o on o.id = t.registered_by
  union all
  select 'till.revoked', 'till:' || device_id, 'tills', no::text, status_changed_at, null, '{}'
  from tills where status = 'revoked'
  union all
  select 'wallet.transfer', 'transfer:' || t.id, 'wallet_transfers', t.id::text, t.at,
    coalesce('account:' || o.public_id, 'nobody'), array['"from":' || t.from_wallet,
      '"to":' || t.to_wallet, '"currency":' || t.currency, '"amount":"' || t.amount || '"']
  from wallet_transfers as t left join accounts as o on o.id = t.account_id
  union all
  select 'withdrawal.ordered', 'withdrawal:' || d.id, 'withdrawals', d.id::text, d.created_at,
    coalesce('account:' || o.public_id, 'nobody'),
    array['"wallet":' || d.wallet || ',', '"amount":"' || d.amount || '"']
  from withdrawals as d left join accounts as o on o.id = d.account_id
  union all
  select 'kyc.registered', 'kyc:' || user_id, 'kyc_users', no::text, created_at,
    'ledger:' || user_id, array['"role":"' || role || '"']
  from kyc_users
  union all
  select 'limit.requested', 'limit:' || l.wallet_id, 'limit_wallets', l.no::text, l.created_at,
    'ledger:' || k.user_id, array['"amount":"' || l.requested || '"']
  from limit_wallets as l left join kyc_users as k on k.no = l.kyc_user
  union all
  select 'limit.approved', 'limit:' || wallet_id, 'limit_wallets', no::text, null, null,
    array['"amount":"' || approved || '"', '"from":"' || funded_from || '"']
  from limit_wallets where ledger_account is not null
  union all
  select 'limit.rejected', 'limit:' || wallet_id, 'limit_wallets', no::text, null, null, '{}'
  from limit_wallets where status = 'rejected'
  union all
  select 'bundle.' || b.verdict, 'bundle:' || b.bundle_id, 'device_bundles', b.id::text,
    b.received_at, coalesce('till:' || t.device_id, 'nobody'),
    array['"payload":"' || encode(b.payload_sha256, 'hex') || '"',
      '"transactions":' || b.tx_count || '}']
  from device_bundles as b left join tills as t on t.no = b.till
  union all
  select 'ledger.forked', 'ledger:' || k.user_id, 'ledger_forks', f.id::text, f.at,
    'ledger:' || k.user_id, array['"first":"' || encode(f.first_entry, 'hex') || '"',
      '"second":"' || encode(f.second_entry, 'hex') || '"', '"position":' || f.position || ',',
      '"review":"' || f.review || '"', '"first_upload":"' || f.first_upload || '"',
      '"second_upload":"' || f.second_upload || '"']
  from ledger_forks as f left join kyc_users as k on k.no = f.receiver
  union all
  select 'wallet.created', 'wallet:' || w.number, 'wallets', w.number::text, w.claimed_at,
    coalesce('account:' || o.public_id, 'nobody'), array['"currency":' || w.currency]
  from wallets as w left join accounts as o on o.id = w.account_id where w.claimed_at is not null
  union all
  select case origin when 'escrow' then 'wallet.key_made' else 'wallet.key_registered' end,
    'wallet:' || wallet, 'wallet_keys', encode(id, 'hex'), created_at, null,
    array['"key":"' || encode(id, 'hex') || '"']
  from wallet_keys
  union all
  select 'topup.asked', 'topup:' || t.id, 'top_ups', t.id::text, t.created_at,
    coalesce('account:' || o.public_id, 'nobody'), array['"wallet":' || t.wallet || ',',
      '"amount":"' || t.amount || '"', '"currency":' || t.currency || '}']
  from top_ups as t left join accounts as o on o.id = t.account_id
  union all
  select 'topup.settled', 'topup:' || id, 'top_ups', id::text, null, 'rail:' || rail,
    array['"amount":"' || amount || '"']
  from top_ups where status = 'settled'
  union all ${MORE_EFFECTS}`;
