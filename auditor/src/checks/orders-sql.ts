import type { OrderKey } from '../proving-orders.ts';
import type { PlacedRow } from './log.ts';

/** A settled order with the rows that it stands on. */
export interface OrderRow extends PlacedRow {
  readonly document_id: Uint8Array;
  readonly kind: string;
  readonly key_id: Uint8Array;
  readonly amount: bigint;
  readonly currency: number;
  readonly payee_wallet: bigint;
  readonly upload_id: bigint;
  readonly item: number;
  readonly evidence_at: number;
  readonly item_sha256: Uint8Array;
  readonly settled_at: Date;
  readonly batch_upload: bigint | null;
  readonly batch_at: Date | null;
  readonly received_at: Date | null;
  /** Of the row that holds its number; null where that is gone. */
  readonly ordered_id: Uint8Array | null;
  readonly ordered_kind: string | null;
  readonly ordered_key_id: Uint8Array | null;
  readonly ordered_amount: bigint | null;
  readonly ordered_currency: number | null;
  readonly number: string | null;
  readonly content_sha256: Uint8Array | null;
  readonly previous: Uint8Array | null;
  readonly debit_account: bigint | null;
  readonly scheme: OrderKey['scheme'] | null;
  readonly public_key: Uint8Array | null;
  readonly signer_key_id: Uint8Array | null;
  /** The sender's id, or the till's. */
  readonly signer_name: string | null;
  /** The sender's limit, or the float of the till's tenant. */
  readonly payer_account: bigint | null;
  readonly limit_wallet: string | null;
  readonly limit_currency: number | null;
  /** Whether the payee's owner can be credited in that currency. */
  readonly is_credited: boolean;
  /** Ids under which the payee is known to ledgers. */
  readonly payee_ids: readonly string[];
  /** `type:id` and `id` of the payee as a tenant. */
  readonly payee_aliases: readonly string[];
  /** As the bundle's intake took it in; null for a ledger's, or where that row is gone. */
  readonly taken_content: Uint8Array | null;
  readonly taken_own: boolean | null;
  readonly taken_payee: bigint | null;
  readonly taken_number: string | null;
  readonly taken_type: string | null;
  readonly taken_amount: bigint | null;
  readonly taken_currency: number | null;
  readonly taken_sender: string | null;
  readonly taken_receiver: string | null;
  readonly payload_sha256: Uint8Array | null;
  readonly cleared_at: Date | null;
  readonly verdict: string | null;
  readonly review_outcome: string | null;
  /** Of the till; null for a ledger's. A revoked one stays so. */
  readonly till_status: string | null;
  readonly till_changed_at: Date | null;
}

export const ORDERS = `
  select 'settled_orders' as named_by, s.document_id, s.kind, s.key_id, s.amount, s.currency,
    s.payee_wallet, s.upload_id, s.item, s.evidence_at, s.item_sha256, s.settled_at, s.batch_id,
    s.ordinal, b.upload_id as batch_upload, b.at as batch_at, b.settled as batch_settled,
    u.received_at, o.document_id as ordered_id, o.kind as ordered_kind,
    o.key_id as ordered_key_id, o.amount as ordered_amount, o.currency as ordered_currency,
    o.number, o.content_sha256, o.previous, o.debit_account,
    case when k.no is not null then 'ECDSA-P256' else t.scheme end as scheme,
    coalesce(k.public_key, t.public_key) as public_key,
    coalesce(k.key_id, t.key_id) as signer_key_id,
    coalesce(k.user_id, t.device_id) as signer_name,
    coalesce(i.ledger_account, f.ledger_account) as payer_account, i.wallet_id as limit_wallet,
    i.currency as limit_currency, c.number is not null as is_credited,
    array(select n.user_id from kyc_users as n where n.account_id = w.account_id) as payee_ids,
    array(
      select unnest(array[n.tenant_type || ':' || n.tenant_id, n.tenant_id])
      from tenants as n where n.account_id = w.account_id
    ) as payee_aliases,
    x.content_sha256 as taken_content, x.own as taken_own, x.payee_wallet as taken_payee,
    x.local_id as taken_number, x.type as taken_type, x.amount as taken_amount,
    x.currency as taken_currency, x.sender as taken_sender, x.receiver as taken_receiver,
    d.payload_sha256, d.cleared_at, d.verdict, v.outcome as review_outcome,
    t.status as till_status, t.status_changed_at as till_changed_at, l.first_position,
    l.count, p.count as waiting
  from settled_orders as s
  left join settlement_batches as b on b.id = s.batch_id
  left join uploads as u on u.id = s.upload_id
  left join signed_orders as o on o.id = s.signed_order
  left join kyc_users as k on s.kind = 'ledger_entry' and k.no = o.signer
  left join limit_wallets as i on i.kyc_user = k.no
  left join tills as t on s.kind = 'device_transaction' and t.no = o.signer
  left join tenant_floats as f on f.tenant = t.tenant and f.currency = s.currency
  left join till_transactions as x on x.till = t.no and x.document_id = s.document_id
  left join device_bundles as d on d.id = x.bundle
  left join reviews as v on v.id = d.review
  left join wallets as w on w.number = s.payee_wallet
  left join wallets as c
    on c.account_id = w.account_id and c.kind = 'current' and c.currency = s.currency
  left join log_batches as l on l.batch_id = s.batch_id
  left join log_pending as p on p.batch_id = s.batch_id
  order by l.first_position nulls last, s.batch_id, s.ordinal`;
