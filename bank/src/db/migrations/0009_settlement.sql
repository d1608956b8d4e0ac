-- Settlement (spec/settlement.md): what was handed in, what was decided, and the one function that
-- posts a decided batch.
--
-- Lock order, everywhere: inbox row, allowance_states by no, accounts and devices by id,
-- paid_requests by wallet and bind, ledger_balances by account (inside ledger_post, last).
--
-- No foreign keys on the tables with a row per payment: each costs a lookup and a lock per row,
-- and settlement_post alone writes them, from rows it has just read under lock.

-- Batches exactly as received: the evidence. The same bytes again are the same row.
create table uploads (
  id bigint generated always as identity primary key,
  sha256 bytea not null unique check (octet_length(sha256) = 32),
  bytes bytea not null check (octet_length(bytes) <= 8388608),
  -- Who handed it in first. Nobody else is told.
  uploader text not null,
  -- The database's clock, cut to whole seconds: the only time the bank judges.
  received_at timestamptz not null check (received_at = date_trunc('second', received_at)),
  items integer not null check (items between 0 and 5000)
);
-- Not compressed (signatures do not compress), so that one packet can be sliced out of a batch.
alter table uploads alter column bytes set storage external;
select sikka_append_only('uploads');

-- Uploads not decided yet. A caller that waits decides at once; the worker takes rows whose time
-- has come. A row is deleted by the transaction that decides, and by nothing else.
create table inbox (
  upload_id bigint primary key references uploads (id),
  visible_at timestamptz not null,
  attempts integer not null default 0,
  last_error text
);
create index inbox_visible on inbox (visible_at);
grant select, insert, delete on inbox to sikka_server;
grant update (visible_at, attempts, last_error) on inbox to sikka_server;

-- Items of an upload that failed again and again, decided each by itself and failed alone: for an
-- operator. One holds open only the allowance that it names.
create table held_items (
  upload_id bigint not null references uploads (id),
  item integer not null,
  allowance_no bigint,
  reason text not null,
  at timestamptz not null,
  primary key (upload_id, item)
);
create index held_items_by_allowance on held_items (allowance_no) where allowance_no is not null;
grant select, insert, delete on held_items to sikka_server;
grant update (reason, at) on held_items to sikka_server;

-- One decision over one upload. There is another only where the first left something that may
-- still be done (a refund short of money) and the same bytes were handed in again, or where the
-- items had to be decided one by one.
create table settlement_batches (
  id bigint generated always as identity primary key,
  upload_id bigint not null references uploads (id),
  at timestamptz not null,
  settled integer not null check (settled >= 0),
  recorded integer not null check (recorded >= 0),
  rejected integer not null check (rejected >= 0),
  -- SHA-256 over the outcomes in order, so that the audit row commits to them.
  outcomes_digest bytea not null check (octet_length(outcomes_digest) = 32)
);
create index settlement_batches_by_upload on settlement_batches (upload_id);
select sikka_append_only('settlement_batches');

-- A payment that moved money: once, by its primary key. The evidence is the packet in
-- uploads.bytes at evidence_at (the offset of its CBOR head), item `item` of the batch.
create table settled_payments (
  allowance_no bigint not null,
  amount bigint not null check (amount > 0),
  spent bigint not null check (spent >= amount),
  payee_wallet bigint not null,
  batch_id bigint not null,
  upload_id bigint not null,
  -- Whole seconds: the log's leaf and the receipt say the same (spec/log.md §1).
  settled_at timestamptz not null,
  sequence integer not null check (sequence > 0),
  currency integer not null,
  -- Place in the batch's leaves of the log, from 0.
  ordinal integer not null,
  item integer not null,
  evidence_at integer not null,
  -- 1 for a request (dynamic), 2 for a printed code (static).
  mode smallint not null check (mode in (1, 2)),
  -- A second payment of one dynamic request: paid, and a refund is due.
  extra boolean not null check (not extra or mode = 1),
  -- 'chain': vouched for by a later signature (spec/evidence.md §2).
  proved_by text not null check (proved_by in ('signature', 'chain')),
  payment_id bytea not null,
  previous bytea not null,
  bind bytea not null,
  -- Of the packet's bytes: the same bytes again need no second look at their signatures.
  packet_sha256 bytea not null,
  primary key (allowance_no, sequence)
);
-- Ids are random, so this index is touched all over: a hash entry is a third of a btree's.
create index settled_payments_by_id on settled_payments using hash (payment_id);
create unique index settled_payments_leaves on settled_payments (batch_id, ordinal);
select sikka_append_only('settled_payments');

-- The first payment of each dynamic request of a payee.
create table paid_requests (
  payee_wallet bigint not null,
  bind bytea not null,
  allowance_no bigint not null,
  sequence integer not null,
  primary key (payee_wallet, bind)
);
select sikka_append_only('paid_requests');

-- Proofs of equivocation (spec/evidence.md §1): packet kind 7, by the hash of its bytes.
create table proofs (
  id bytea primary key check (octet_length(id) = 32),
  packet bytea not null,
  verdict text not null check (verdict in ('double_spend', 'contradiction')),
  -- Ids of the two documents, in the packet's order: one case, however often either was signed.
  first_id bytea not null check (octet_length(first_id) = 32),
  second_id bytea not null check (octet_length(second_id) = 32),
  allowance_no bigint not null references allowances (no),
  device_no bigint not null references devices (no),
  account_id bigint not null references accounts (id),
  at timestamptz not null,
  unique (allowance_no, first_id, second_id)
);
select sikka_append_only('proofs');

-- Refused items. With a document id the answer is for ever. Without one it is about the bytes, or
-- may pass (spec/settlement.md §1), and says nothing about the id: who forges a signature cannot
-- occupy an id.
create table rejected_items (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('payment', 'refund', 'return', 'other')),
  document_id bytea check (octet_length(document_id) = 32),
  sha256 bytea not null check (octet_length(sha256) = 32),
  allowance_no bigint,
  sequence bigint,
  code text not null,
  proof_id bytea references proofs (id),
  upload_id bigint not null references uploads (id),
  item integer not null,
  evidence_at integer not null,
  decided_at timestamptz not null
);
create unique index rejected_items_by_document on rejected_items (document_id)
  where document_id is not null;
create index rejected_items_by_item on rejected_items (upload_id, item);
select sikka_append_only('rejected_items');

-- Returns recorded. None refuses a payment. The one marked `first` agreed with everything settled
-- when it came: what settles later and contradicts it becomes a proof.
create table allowance_returns (
  id bytea primary key check (octet_length(id) = 32),
  allowance_no bigint not null references allowances (no),
  last_sequence bigint not null,
  total_minor bigint not null,
  head bytea not null check (octet_length(head) = 32),
  packet bytea not null,
  received_at timestamptz not null,
  first boolean not null,
  proof_id bytea references proofs (id),
  upload_id bigint not null references uploads (id),
  item integer not null
);
create unique index allowance_returns_first on allowance_returns (allowance_no) where first;
select sikka_append_only('allowance_returns');

-- Refunds done.
create table refunds (
  payment_id bytea not null check (octet_length(payment_id) = 32),
  number integer not null check (number > 0),
  document_id bytea not null unique check (octet_length(document_id) = 32),
  amount bigint not null check (amount > 0),
  cumulative bigint not null check (cumulative >= amount),
  -- Of the packet's bytes: the same bytes again get the first answer.
  packet_sha256 bytea not null check (octet_length(packet_sha256) = 32),
  upload_id bigint not null references uploads (id),
  item integer not null,
  at timestamptz not null,
  primary key (payment_id, number)
);
select sikka_append_only('refunds');

-- Stores a batch and its row of the inbox in one statement. The same bytes again are the first
-- row; they come back to the inbox where something in them was refused for a reason that may pass,
-- or was held.
create function settlement_receive(
  p_sha256 bytea, p_bytes bytea, p_uploader text, p_items integer, p_visible_at timestamptz,
  p_passing text[], out upload bigint, out received timestamptz
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
    insert into inbox (upload_id, visible_at) values (upload, p_visible_at);
    return;
  end if;
  select id, received_at into upload, received from uploads where sha256 = p_sha256;
  insert into inbox (upload_id, visible_at)
    select upload, p_visible_at
    where exists (
        select from rejected_items as r where r.upload_id = upload and r.code = any (p_passing)
      )
      or exists (select from held_items as h where h.upload_id = upload)
    on conflict (upload_id) do nothing;
end
$$;
revoke execute on function
  settlement_receive(bytea, bytea, text, integer, timestamptz, text[]) from public;
grant execute on function
  settlement_receive(bytea, bytea, text, integer, timestamptz, text[]) to sikka_server;

-- A moment, in whole seconds, before which no upload will be received any more: waits for the
-- inserts under way, whose time may be earlier, and reads the clock while none can begin. To be
-- called alone in its transaction, so that the lock is given back at once.
create function settlement_cutoff() returns bigint
  language plpgsql
  security definer
  -- Who hands in waits while this waits, so it gives up soon and is tried again later.
  set lock_timeout = '2s'
  set search_path = pg_catalog, pg_temp
as $$
begin
  lock table public.uploads in share mode;
  return floor(extract(epoch from clock_timestamp()));
end
$$;
revoke execute on function settlement_cutoff() from public;
grant execute on function settlement_cutoff() to sikka_server;

-- Posts what was decided about one upload, inside the caller's transaction and as its last
-- statement: the batch, its payments, first payments of requests, states, audit, log and inbox,
-- then the money. Answers the batch's id and the 1-based places of `extra` payments. With
-- `p_last` the upload leaves the inbox; else more of it is to be decided.
--
-- `p_digests` holds four times 32 bytes a payment: payment id, previous, bind, packet hash (one
-- binary parameter costs a tenth of four arrays of bytea).
-- `m_…` are transfers beside the settlements themselves: releases and refunds.
create function settlement_post(
  p_upload bigint, p_last boolean, p_at timestamptz, p_recorded integer, p_rejected integer, p_outcomes bytea,
  p_items integer[], p_evidence integer[], p_allowances bigint[], p_sequences integer[],
  p_amounts bigint[], p_spent bigint[], p_currencies integer[], p_wallets bigint[],
  p_modes integer[], p_proved text[], p_digests bytea, p_reservations bigint[], p_payees bigint[],
  s_nos bigint[], s_settled bigint[], s_released bigint[], s_statuses text[],
  s_revoked boolean[],
  m_debits bigint[], m_credits bigint[], m_amounts bigint[], m_currencies integer[],
  m_kinds text[], m_references bytea[],
  a_actors text[], a_actions text[], a_subjects text[], a_outcomes text[], a_details text[],
  out batch bigint, out extra integer[]
)
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
as $$
declare
  size constant integer := cardinality(p_items);
  ids bytea[];
begin
  delete from inbox where upload_id = p_upload and p_last;
  if p_last and not found then
    raise exception 'settlement_post: upload % is not in the inbox', p_upload
      using errcode = 'SK003';
  end if;
  if p_last then
    delete from held_items where upload_id = p_upload;
  end if;

  insert into settlement_batches (upload_id, at, settled, recorded, rejected, outcomes_digest)
    values (p_upload, p_at, size, p_recorded, p_rejected, p_outcomes)
    returning id into batch;

  -- Sorted, so that two batches that share requests wait for each other in one direction only.
  insert into paid_requests (payee_wallet, bind, allowance_no, sequence)
    select distinct on (d.wallet, d.bind) d.wallet, d.bind, d.allowance, d.sequence
      from (
        select substring(p_digests from 128 * t.place::integer - 63 for 32) as bind,
          t.allowance, t.sequence, t.wallet, t.mode, t.place
        from unnest(p_allowances, p_sequences, p_wallets, p_modes)
          with ordinality as t (allowance, sequence, wallet, mode, place)
      ) as d
      where d.mode = 1
      order by d.wallet, d.bind, d.place
    on conflict (payee_wallet, bind) do nothing;

  with posted as (
    insert into settled_payments (
      allowance_no, amount, spent, payee_wallet, batch_id, upload_id, settled_at, sequence,
      currency, ordinal, item, evidence_at, mode, extra, proved_by, payment_id, previous, bind,
      packet_sha256
    )
    select
      d.allowance, d.amount, d.spent, d.wallet, batch, p_upload, p_at, d.sequence, d.currency,
      d.place - 1, d.item, d.evidence, d.mode,
      -- A scalar subquery, so that the plan stays one index lookup a row at any size.
      coalesce(
        (select (r.allowance_no, r.sequence) <> (d.allowance, d.sequence)
          from paid_requests as r
          where r.payee_wallet = d.wallet and r.bind = d.bind and d.mode = 1),
        false
      ),
      d.proved, d.payment_id, d.previous, d.bind, d.packet
      from (
        select t.*,
          substring(p_digests from 128 * t.place::integer - 127 for 32) as payment_id,
          substring(p_digests from 128 * t.place::integer - 95 for 32) as previous,
          substring(p_digests from 128 * t.place::integer - 63 for 32) as bind,
          substring(p_digests from 128 * t.place::integer - 31 for 32) as packet
        from unnest(
          p_items, p_evidence, p_allowances, p_sequences, p_amounts, p_spent, p_currencies,
          p_wallets, p_modes, p_proved
        ) with ordinality as t (
          item, evidence, allowance, sequence, amount, spent, currency, wallet, mode, proved, place
        )
      ) as d
    returning settled_payments.ordinal, settled_payments.extra, settled_payments.payment_id
  )
  select
    coalesce(array_agg(posted.ordinal + 1) filter (where posted.extra), '{}'),
    coalesce(array_agg(posted.payment_id order by posted.ordinal), '{}')
    into extra, ids
    from posted;

  update allowance_states as s
    set settled_minor = s.settled_minor + d.settled,
      released_minor = s.released_minor + d.released,
      status = d.status,
      revoked_at = case when d.revoked then coalesce(s.revoked_at, p_at) else s.revoked_at end,
      changed_at = p_at
    from unnest(s_nos, s_settled, s_released, s_statuses, s_revoked)
      as d (no, settled, released, status, revoked)
    where s.no = d.no;

  perform audit_record(a_actors, a_actions, a_subjects, a_outcomes, a_details, p_at);
  if size > 0 then
    insert into log_pending (batch_id, count) values (batch, size);
  end if;

  perform ledger_post(
    p_reservations || m_debits, p_payees || m_credits, p_amounts || m_amounts,
    p_currencies || m_currencies, array_fill('settlement'::text, array[size]) || m_kinds,
    ids || m_references, p_at
  );
end
$$;
