-- Telling people and programs what happened: mail, events, webhooks (decisions/0017). Whatever is
-- to be told is written with its effect, in the same transaction; the worker tells it afterwards.

-- Mails to be sent. What they say may hold a one-time code, so it lies here sealed, and is cleared
-- when the mail is gone.
create table mails (
  id bigint generated always as identity primary key,
  -- The left half of the Message-ID: a mail that is sent a second time is the same mail.
  message_id text not null unique
    constraint mails_message_id_form check (message_id ~ '^[0-9a-f]{32}$'),
  account_id bigint references accounts (id),
  template text not null,
  language text not null constraint mails_language check (language in ('en', 'ur')),
  -- Address and values, sealed for this message id.
  sealed bytea,
  vault text,
  created_at timestamptz not null,
  -- When to try next; whoever tries moves it on first, so that nobody else tries meanwhile.
  next_at timestamptz,
  attempts smallint not null default 0,
  sent_at timestamptz,
  -- Given up.
  gone_at timestamptz,
  -- A code of ours. What a mail server says names the address.
  last_error text,
  constraint mails_one_end check (sent_at is null or gone_at is null),
  constraint mails_open check ((next_at is null) = (sent_at is not null or gone_at is not null)),
  constraint mails_has_body check (next_at is null or sealed is not null),
  constraint mails_vault check ((sealed is null) = (vault is null))
);
create index mails_due on mails (next_at) where next_at is not null;
create index mails_sealed on mails (id) where sealed is not null and next_at is null;
create index mails_by_account on mails (account_id) where account_id is not null;
grant select, insert, delete on mails to sikka_server;
grant update (sealed, vault, next_at, attempts, sent_at, gone_at, last_error) on mails
  to sikka_server;

-- The one row that whoever numbers events holds: numbers are given after the effects have
-- committed, so a reader who has seen number n has seen everything up to n.
create table event_sequencer (
  singleton boolean primary key default true
    constraint event_sequencer_one_row check (singleton),
  seq bigint not null default 0,
  -- Events up to this number are deleted.
  purged bigint not null default 0
);
insert into event_sequencer default values;
grant select on event_sequencer to sikka_server;
grant update (seq, purged) on event_sequencer to sikka_server;

-- Who wants events: those with a stream open lately, and those with a webhook. For others none are
-- written. `since`: the number after which none of this account's is missing.
create table event_interest (
  account_id bigint primary key references accounts (id),
  since bigint not null,
  until timestamptz not null
);
create index event_interest_until on event_interest (until);
grant select, insert, delete on event_interest to sikka_server;
grant update (until) on event_interest to sikka_server;

create table events (
  seq bigint primary key,
  account_id bigint not null references accounts (id),
  kind text not null constraint events_kind check (kind in (
    'payment.settled', 'payment.received', 'payment.rejected', 'balance.changed',
    'review.changed', 'wallet.changed'
  )),
  -- Ids and amounts, no names.
  data jsonb not null,
  at timestamptz not null
);
create index events_of_account on events (account_id, seq);
grant select, insert, delete on events to sikka_server;

create table webhooks (
  -- 128 random bits.
  id bytea primary key constraint webhooks_id_size check (octet_length(id) = 16),
  account_id bigint not null references accounts (id),
  url text not null constraint webhooks_url_size check (octet_length(url) between 9 and 2000),
  sealed_secret bytea not null,
  vault text not null,
  kinds text[] not null constraint webhooks_kinds check (cardinality(kinds) between 1 and 16),
  created_at timestamptz not null,
  disabled_at timestamptz
);
create index webhooks_by_account on webhooks (account_id);
grant select, insert, delete on webhooks to sikka_server;
grant update (disabled_at) on webhooks to sikka_server;

create table webhook_deliveries (
  id bigint generated always as identity primary key,
  webhook_id bytea not null references webhooks (id) on delete cascade,
  event_seq bigint not null references events (seq) on delete cascade,
  -- 0 is the first; a replay counts up.
  replay integer not null default 0,
  attempts smallint not null default 0,
  next_at timestamptz,
  -- Answered with 2xx.
  done_at timestamptz,
  last_status smallint,
  last_error text,
  unique (webhook_id, event_seq, replay),
  constraint webhook_deliveries_done check (done_at is null or next_at is null)
);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_at)
  where next_at is not null;
create index webhook_deliveries_of_webhook on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_of_event on webhook_deliveries (event_seq);
grant select, insert, delete on webhook_deliveries to sikka_server;
grant update (attempts, next_at, done_at, last_status, last_error) on webhook_deliveries
  to sikka_server;
