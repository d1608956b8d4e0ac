import { limits } from '../limits.ts';

/** Columns of a table that follow from other rows, and the query that answers those that do not. */
export interface Rule {
  readonly table: string;
  readonly column: string;
  /** Answers key, expected and found. */
  readonly sql: string;
}

interface Naming {
  readonly table: string;
  readonly column: string;
  readonly key: string;
  /** The table and the column of the row that is named, and what that is. */
  readonly named: readonly [table: string, column: string, what: string];
}

/** A column that holds something names a row that is there. */
export function namesRow({ table, column, key, named: [other, by, what] }: Naming): Rule {
  return {
    ...{ table, column },
    sql: `select r.${key}::text as key, '${what}' as expected, r.${column}::text as found
      from ${table} as r
      where r.${column} is not null
        and not exists (select from ${other} as o where o.${by} = r.${column})
      order by r.${key}`,
  };
}

/** What rows say of the rows beside them. */
export const BESIDE: readonly Rule[] = [
  {
    table: 'allowances',
    column: 'issued_at',
    sql: `select no::text as key, from_s::text as expected, issued_at::text as found
      from allowances where abs(extract(epoch from issued_at) - from_s) > ${limits.clockSeconds}
      order by no`,
  },
  {
    table: 'allowances',
    column: 'terms, by its policy',
    sql: `select a.no::text as key, 'within policy ' || a.policy_epoch as expected,
        concat_ws(' ', a.limit_minor, a.per_payment_minor, a.count) as found
      from allowances as a
      left join allowance_policies as p on p.currency = a.currency and p.epoch = a.policy_epoch
      where p.epoch is null or a.limit_minor > p.limit_minor or a.count <> p.count
        or a.per_payment_minor <> least(a.limit_minor, p.per_payment_minor)
        or a.until_s <> a.from_s + p.valid_days * 86400
        or a.claim_until_s <> a.until_s + p.claim_days * 86400
        or a.issued_at < p.valid_from
      order by a.no`,
  },
  namesRow({
    ...{ table: 'allowance_states', column: 'no', key: 'no' },
    named: ['allowances', 'no', 'an allowance'],
  }),
  {
    table: 'allowance_states',
    column: 'status',
    sql: `select no::text as key, 'revoked' as expected, status as found from allowance_states
      where status = 'revoked' and revoked_at is null
        or revoked_at is not null and status not in ('revoked', 'closed') order by no`,
  },
  {
    table: 'allowance_returns',
    column: 'proof_id',
    sql: `select encode(r.id, 'hex') as key, 'a proof of it' as expected,
        encode(r.proof_id, 'hex') as found
      from allowance_returns as r
      where r.proof_id is not null and not exists (
        select from proofs as p where p.id = r.proof_id and r.id in (p.first_id, p.second_id)
      ) order by key`,
  },
  {
    table: 'approvals',
    column: 'content_sha256',
    sql: `select id::text as key, encode(sha256(convert_to(content, 'UTF8')), 'hex') as expected,
        encode(content_sha256, 'hex') as found
      from approvals where content_sha256 <> sha256(convert_to(content, 'UTF8')) order by id`,
  },
  {
    table: 'approvals',
    column: 'outcome, with who and when',
    sql: `select id::text as key, 'decided, as its outcome says' as expected,
        concat_ws(' ', outcome, decided_by, decided_at) as found
      from approvals
      where (outcome is null) <> (decided_at is null)
        or (outcome is not distinct from 'approved') <> (decided_by is not null)
        or decided_by = proposed_by
        or outcome = 'approved_alone' and proposed_at <> decided_at
      order by id`,
  },
  {
    table: 'case_decisions',
    column: 'currency or payee_wallet',
    sql: `select encode(c.proof_id, 'hex') as key, a.currency::text as expected,
        concat_ws(' ', c.currency, c.payee_wallet) as found
      from case_decisions as c
      left join proofs as p on p.id = c.proof_id
      left join allowances as a on a.no = p.allowance_no
      where c.currency is distinct from a.currency
        or (c.guarantee > 0) <> (c.payee_wallet is not null)
      order by key`,
  },
  {
    table: 'credentials',
    column: 'issued_at',
    sql: `select serial::text as key, from_s::text as expected, issued_at::text as found
      from credentials where abs(extract(epoch from issued_at) - from_s) > ${limits.clockSeconds}
      order by serial`,
  },
  {
    table: 'devices',
    column: 'status',
    sql: `select no::text as key, 'revoked, with when and why' as expected,
        concat_ws(' ', status, revoked_reason, status_changed_at) as found
      from devices
      where (status = 'revoked') <> (revoked_reason is not null)
        or (status = 'active') <> (status_changed_at is null)
        or revoked_reason = 'equivocation' and not exists (
          select from proofs as p where p.device_no = devices.no and p.at = status_changed_at
        )
      order by no`,
  },
  {
    table: 'key_payments',
    column: 'payee_wallet',
    sql: `select k.id::text as key, w.wallet::text as expected, k.payee_wallet::text as found
      from key_payments as k left join wallet_keys as w on w.id = k.payee_key
      where k.payee_wallet is distinct from w.wallet
        and (k.payee_wallet is not null or w.created_at <= k.received_at)
      order by k.id`,
  },
  {
    table: 'refunds',
    column: 'at',
    sql: `select encode(document_id, 'hex') as key, 'when its upload was decided' as expected,
        at::text as found
      from refunds as r
      where not exists (
        select from settlement_batches as b where b.upload_id = r.upload_id and b.at = r.at
      ) order by key`,
  },
  {
    table: 'rejected_items',
    column: 'decided_at',
    sql: `select id::text as key, 'when its upload was decided' as expected,
        decided_at::text as found
      from rejected_items as r
      where not exists (
        select from settlement_batches as b
        where b.upload_id = r.upload_id and b.at = r.decided_at
      ) order by id`,
  },
  {
    table: 'rejected_items',
    column: 'proof_id, key_payment or signed_order',
    sql: `select r.id::text as key, 'what names this document' as expected,
        concat_ws(' ', encode(r.proof_id, 'hex'), r.key_payment, r.signed_order) as found
      from rejected_items as r
      where r.proof_id is not null and not exists (
          select from proofs as p
          where p.id = r.proof_id and r.document_id in (p.first_id, p.second_id)
        )
        or r.key_payment is not null and not exists (
          select from key_payments as k
          where k.id = r.key_payment and k.payment_id = coalesce(r.document_id, k.payment_id)
        )
        or r.signed_order is not null and not exists (
          select from signed_orders as o
          where o.id = r.signed_order and o.document_id = coalesce(r.document_id, o.document_id)
        )
        or (r.allowance_no is null) <> (r.sequence is null)
      order by r.id`,
  },
  {
    table: 'uploads',
    column: 'received_at',
    sql: `select u.id::text as key, 'before ' || min(b.at) as expected,
        u.received_at::text as found
      from uploads as u join settlement_batches as b on b.upload_id = u.id
      group by u.id, u.received_at
      having u.received_at > min(b.at) + interval '${limits.clockSeconds} seconds' order by u.id`,
  },
  {
    table: 'wallets',
    column: 'ledger_account',
    sql: `select w.number::text as key, 'wallet_' || w.kind || ' ' || w.currency as expected,
        concat_ws(' ', l.kind, l.currency) as found
      from wallets as w left join ledger_accounts as l on l.id = w.ledger_account
      where l.kind is distinct from 'wallet_' || w.kind or l.currency <> w.currency
      order by w.number`,
  },
  {
    table: 'ledger_accounts',
    column: 'kind or currency',
    sql: `select l.id::text as key, concat_ws(' ', o.kind, o.currency) as expected,
        concat_ws(' ', l.kind, l.currency) as found
      from (
        select ledger_account, kind, currency from house_accounts
        union all
        select ledger_account, 'limit', currency from limit_wallets
        union all
        select ledger_account, 'float', currency from tenant_floats
        union all
        select ledger_account, 'reservation', currency from allowances
      ) as o
      join ledger_accounts as l on l.id = o.ledger_account
      where l.kind <> o.kind or l.currency <> o.currency order by l.id`,
  },
  {
    table: 'ledger_accounts',
    column: 'kind',
    sql: `select l.id::text as key, 'whose it is' as expected, l.kind as found
      from ledger_accounts as l
      where not exists (select from wallets as o where o.ledger_account = l.id)
        and not exists (select from allowances as o where o.ledger_account = l.id)
        and not exists (select from house_accounts as o where o.ledger_account = l.id)
        and not exists (select from limit_wallets as o where o.ledger_account = l.id)
        and not exists (select from tenant_floats as o where o.ledger_account = l.id)
        and (l.kind <> 'float' or exists (
          select from ledger_transfers as t where l.id in (t.debit_account, t.credit_account)
        ))
      order by l.id`,
  },
  {
    table: 'wallet_transfers',
    column: 'account_id',
    sql: `select t.id::text as key, w.account_id::text as expected, t.account_id::text as found
      from wallet_transfers as t left join wallets as w on w.number = t.from_wallet
      where w.account_id is distinct from t.account_id order by t.id`,
  },
];
