-- Orders (decisions/0025, spec/settlement.md §7): a debit signed by a ledger's sender or by a till,
-- named by who signed and his own number, unique for ever; and holds of what comes with them.

-- One row a number of a signer, for ever: the first order that was proved under it, settled or not.
-- No foreign keys: the rows named are locked by the intakes and settlement alone writes here.
create table signed_orders (
  id bigint generated always as identity primary key,
  document_id bytea not null unique
    constraint signed_orders_document_size check (octet_length(document_id) = 32),
  kind text not null
    constraint signed_orders_kind check (kind in ('ledger_entry', 'device_transaction')),
  -- kyc_users.no or tills.no.
  signer bigint not null,
  -- txn_id or local_id.
  number text collate "C" not null
    constraint signed_orders_number_size check (octet_length(number) between 1 and 512),
  -- That it was proved by.
  key_id bytea not null constraint signed_orders_key_size check (octet_length(key_id) = 32),
  content_sha256 bytea not null
    constraint signed_orders_content_size check (octet_length(content_sha256) = 32),
  -- What the sender named as his order before this one.
  previous bytea constraint signed_orders_previous_size check (octet_length(previous) = 32),
  debit_account bigint not null,
  payee_wallet bigint,
  amount bigint not null
    constraint signed_orders_amount check (amount between 1 and 9007199254740991),
  currency int not null,
  -- device_bundles.id, of a till's.
  bundle bigint,
  received_at timestamptz not null,
  constraint signed_orders_once unique (kind, signer, number)
);
create index signed_orders_by_debit on signed_orders (debit_account);
select sikka_append_only('signed_orders');

-- Those that moved money: once, by the primary key. They share the places (batch, ordinal) in the
-- log with the payments of their batch.
create table settled_orders (
  document_id bytea primary key
    constraint settled_orders_document_size check (octet_length(document_id) = 32),
  signed_order bigint not null unique,
  kind text not null
    constraint settled_orders_kind check (kind in ('ledger_entry', 'device_transaction')),
  -- In the place of the allowance's id (spec/log.md §1).
  key_id bytea not null constraint settled_orders_key_size check (octet_length(key_id) = 32),
  amount bigint not null check (amount > 0),
  currency int not null,
  payee_wallet bigint not null,
  batch_id bigint not null,
  ordinal integer not null,
  upload_id bigint not null,
  item integer not null,
  evidence_at integer not null,
  settled_at timestamptz not null,
  -- Of the item's bytes: the same bytes again need no second look at their signature.
  item_sha256 bytea not null
    constraint settled_orders_item_size check (octet_length(item_sha256) = 32)
);
create unique index settled_orders_leaves on settled_orders (batch_id, ordinal);
create index settled_orders_by_upload on settled_orders (upload_id);
create index settled_orders_by_payee on settled_orders (payee_wallet, signed_order);
select sikka_append_only('settled_orders');

-- `signed_order`: the row whose number the refused item holds; a refusal about the bytes has none.
alter table rejected_items
  add column signed_order bigint,
  drop constraint rejected_items_kind_check,
  add constraint rejected_items_kind_check check (kind in (
    'payment', 'refund', 'return', 'key_payment', 'ledger_entry', 'device_transaction', 'carrier',
    'other'
  ));
create index rejected_items_by_signed_order on rejected_items (signed_order, id)
  where signed_order is not null;

-- settlement_receive again, for an upload that a review holds from the beginning: with `p_hold` its
-- row of the inbox is held, and so is one that is there already; never is one let go here.
drop function settlement_receive(bytea, bytea, text, integer, timestamptz, text[]);
create function settlement_receive(
  p_sha256 bytea, p_bytes bytea, p_uploader text, p_items integer, p_visible_at timestamptz,
  p_passing text[], p_hold bigint default null, p_allowances bigint[] default '{}',
  out upload bigint, out received timestamptz
)
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  -- The lock of the table is taken before the clock is read: see settlement_cutoff.
  insert into uploads (sha256, bytes, uploader, received_at, items)
    values (p_sha256, p_bytes, p_uploader, date_trunc('second', clock_timestamp()), p_items)
    on conflict (sha256) do nothing
    returning id, received_at into upload, received;
  if upload is not null then
    insert into inbox (upload_id, visible_at, held_by) values (upload, p_visible_at, p_hold);
  else
    select id, received_at into upload, received from uploads where sha256 = p_sha256;
    insert into inbox (upload_id, visible_at, held_by)
      select upload, p_visible_at, p_hold
      where exists (
          select from rejected_items as r where r.upload_id = upload and r.code = any (p_passing)
        )
        or exists (select from held_items as h where h.upload_id = upload)
      on conflict (upload_id) do nothing;
    if p_hold is not null then
      update inbox set held_by = p_hold where upload_id = upload and held_by is null;
    end if;
  end if;
  if p_hold is not null then
    insert into held_allowances (upload_id, allowance_no)
      select distinct upload, named.no from unnest(p_allowances) as named (no)
      where exists (select from inbox as i where i.upload_id = upload)
      order by named.no
      on conflict do nothing;
  end if;
end
$$;
revoke execute on function settlement_receive(
  bytea, bytea, text, integer, timestamptz, text[], bigint, bigint[]
) from public;
grant execute on function settlement_receive(
  bytea, bytea, text, integer, timestamptz, text[], bigint, bigint[]
) to sikka_server;

-- Hands back to the inbox what waited for money on this account: to be called in the transaction
-- that brings some. Answers the number of uploads.
create function settlement_requeue_orders(p_debit bigint, p_at timestamptz) returns bigint
  language sql
  set search_path = pg_catalog, public, pg_temp
as $$
  with queued as (
    insert into inbox (upload_id, visible_at)
      select distinct r.upload_id, p_at
        from signed_orders as o
        join rejected_items as r on r.signed_order = o.id and r.code = 'insufficient_funds'
        where o.debit_account = p_debit
          and not exists (select from settled_orders as s where s.signed_order = o.id)
      on conflict (upload_id) do nothing
      returning upload_id
  )
  select count(*) from queued
$$;
revoke execute on function settlement_requeue_orders(bigint, timestamptz) from public;
grant execute on function settlement_requeue_orders(bigint, timestamptz) to sikka_server;
