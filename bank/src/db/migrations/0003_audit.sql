-- The audit chain, the Merkle log of settled payments, and checkpoints (spec/log.md).
--
-- An event or a batch of settled payments is written with its effect, and queued. One sequencer
-- at a time gives it its place afterwards, so that no two payments wait for each other here.

create table audit_events (
  id bigint generated always as identity primary key,
  -- Whole seconds, because that is what is hashed (spec/identifiers.md).
  at timestamptz not null
    constraint audit_events_whole_seconds check (at = date_trunc('second', at)),
  actor text not null,
  action text not null,
  subject text not null,
  outcome text not null,
  -- JSON exactly as hashed.
  details text not null,
  -- Printable ASCII (JSON escapes the rest), so that each text is in the profile of
  -- spec/encoding.md and can always be hashed.
  constraint audit_events_text check (
    actor collate "C" ~ '^[ -~]{1,200}$' and action collate "C" ~ '^[ -~]{1,64}$'
    and subject collate "C" ~ '^[ -~]{1,200}$' and outcome collate "C" ~ '^[ -~]{1,64}$'
    and details collate "C" ~ '^[ -~]*$' and octet_length(details) between 1 and 8192
  )
);
select sikka_append_only('audit_events');

create table audit_pending (
  event_id bigint primary key
);
grant select, insert, delete on audit_pending to sikka_server;

create table audit_chain (
  n bigint primary key constraint audit_chain_n check (n >= 1),
  event_id bigint not null unique,
  hash bytea not null constraint audit_chain_hash check (octet_length(hash) = 32)
);
select sikka_append_only('audit_chain');

-- Writes events and queues them; one element of each array an event, in order.
create function audit_record(
  actors text[], actions text[], subjects text[], outcomes text[], details text[],
  recorded_at timestamptz
) returns void
  language sql
  set search_path = pg_catalog, pg_temp
as $$
  with recorded as (
    insert into public.audit_events (at, actor, action, subject, outcome, details)
    select date_trunc('second', recorded_at), e.actor, e.action, e.subject, e.outcome, e.details
      from unnest(actors, actions, subjects, outcomes, details)
        with ordinality as e (actor, action, subject, outcome, details, place)
      order by e.place
    returning id
  )
  insert into public.audit_pending (event_id) select id from recorded
$$;
revoke execute on function
  audit_record(text[], text[], text[], text[], text[], timestamptz) from public;
grant execute on function
  audit_record(text[], text[], text[], text[], text[], timestamptz) to sikka_server;

-- A batch's payments are the leaves first_position … first_position + count − 1, in the order of
-- settled_payments.ordinal (from 0).
create table log_batches (
  batch_id bigint primary key,
  first_position bigint not null unique
    constraint log_batches_first_position check (first_position >= 0),
  count int not null constraint log_batches_count check (count >= 1)
);
select sikka_append_only('log_batches');

create table log_pending (
  batch_id bigint primary key,
  count int not null constraint log_pending_count check (count >= 1)
);
grant select, insert, delete on log_pending to sikka_server;

-- Complete subtrees of 2^level leaves, the leaves idx · 2^level and on. Only large ones: smaller
-- ones are computed again from at most 256 leaves.
create table log_nodes (
  level smallint not null constraint log_nodes_level check (level between 8 and 62),
  idx bigint not null constraint log_nodes_idx check (idx >= 0),
  hash bytea not null constraint log_nodes_hash check (octet_length(hash) = 32),
  primary key (level, idx)
);
select sikka_append_only('log_nodes');

-- One row per sequencer, locked while it works.
--   audit       size: rows in the chain; head: the last row's hash
--   log         size: leaves; frontier: the roots of the complete subtrees, largest first
--   checkpoint  size: the last checkpoint's number; head: its id
create table sequencer_state (
  name text primary key,
  size bigint not null default 0 constraint sequencer_state_size check (size >= 0),
  head bytea not null default decode(repeat('00', 32), 'hex')
    constraint sequencer_state_head check (octet_length(head) = 32),
  frontier bytea not null default '',
  constraint sequencer_state_frontier check (
    octet_length(frontier) = case name when 'log' then 32 * bit_count(size::bit(64)) else 0 end
  )
);
insert into sequencer_state (name) values ('audit'), ('log'), ('checkpoint');
grant select, update (size, head, frontier) on sequencer_state to sikka_server;

create table checkpoints (
  no bigint primary key constraint checkpoints_no check (no >= 1),
  -- The packet of kind 9 (spec/packets.md §1).
  document bytea not null,
  -- The document's id (spec/documents.md §1).
  id bytea not null unique constraint checkpoints_id check (octet_length(id) = 32),
  log_size bigint not null,
  log_root bytea not null,
  audit_size bigint not null,
  audit_head bytea not null,
  at timestamptz not null
);
create index checkpoints_log_size on checkpoints (log_size, no);
select sikka_append_only('checkpoints');
