-- Settlement (spec/settlement.md): what was handed in, and what was decided. The functions that
-- write it are in the next migration.
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
