-- What every domain shares: the bank's symmetric secrets, announcements of effects, answers kept
-- under an idempotency key, and the counters of rate limits.

-- 32 random bytes each, made at first start and sealed like the bank's private keys.
create table bank_secrets (
  name text primary key
    constraint bank_secrets_name check (name ~ '^[a-z][a-z-]{0,39}$'),
  sealed bytea not null,
  -- Which vault sealed it.
  vault text not null,
  created_at timestamptz not null
);
revoke all on bank_secrets from public, sikka_server;
grant select, insert, update (sealed, vault) on bank_secrets to sikka_server;

-- One row an effect (a batch is one), written in its transaction. Ids are given before commit, so
-- they say nothing about order: the worker gives numbers afterwards, as the log does.
create table event_outbox (
  id bigint generated always as identity primary key,
  topic text not null constraint event_outbox_topic
    check (topic in ('transfer', 'settlement', 'account', 'wallet', 'review')),
  -- The row of that topic.
  key bigint not null,
  at timestamptz not null default clock_timestamp()
);
revoke all on event_outbox from public, sikka_server;
grant select, insert, delete on event_outbox to sikka_server;

-- The row is written in the transaction of the effect, so both are there or neither is. Money
-- keeps its key in its own row instead.
create table idempotency_keys (
  account_id bigint not null references accounts (id),
  route text not null constraint idempotency_keys_route check (octet_length(route) <= 64),
  key text not null constraint idempotency_keys_key check (octet_length(key) between 1 and 128),
  request_sha256 bytea not null
    constraint idempotency_keys_sha256 check (octet_length(request_sha256) = 32),
  -- Null only inside the transaction that is at work.
  status smallint,
  -- As text, so that a repeated answer is the first one to the byte.
  answer json,
  at timestamptz not null,
  primary key (account_id, route, key)
);
revoke all on idempotency_keys from public, sikka_server;
-- A refusal takes its key away again: only effects are remembered.
grant select, insert, update (status, answer), delete on idempotency_keys to sikka_server;

-- Counters of rate limits for all nodes together. Unlogged: after a crash everybody begins anew.
create unlogged table rate_counters (
  bucket bytea not null constraint rate_counters_bucket check (octet_length(bucket) = 32),
  window_start timestamptz not null,
  taken int not null constraint rate_counters_taken check (taken >= 0),
  primary key (bucket, window_start)
);
create index rate_counters_window on rate_counters (window_start);
revoke all on rate_counters from public, sikka_server;
grant select, insert, update (taken), delete on rate_counters to sikka_server;
