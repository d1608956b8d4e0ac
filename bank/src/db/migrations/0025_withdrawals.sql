-- Money that goes out to a person's own account at a bank elsewhere (decisions/0021). What is on
-- its way lies in the house's `suspense`: an order moves it there (`withdrawal`), the other bank's
-- word on to `bank_cash` (`payout`) or back (`withdrawal_return`); each once, of this reference:
-- `withdrawal:{id}`.
create table withdrawals (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts (id),
  wallet bigint not null references wallets (number),
  amount bigint not null
    constraint withdrawals_amount check (amount between 1 and 9007199254740991),
  currency int not null,
  status text not null default 'ordered'
    constraint withdrawals_status check (status in ('ordered', 'settled', 'returned')),
  rail text not null,
  request_sha256 bytea not null
    constraint withdrawals_request_size check (octet_length(request_sha256) = 32),
  idempotency_key text
    constraint withdrawals_key_size check (octet_length(idempotency_key) between 1 and 128),
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create unique index withdrawals_key on withdrawals (account_id, idempotency_key)
  where idempotency_key is not null;
create index withdrawals_account on withdrawals (account_id, id);
revoke all on withdrawals from public, sikka_server;
grant select, insert on withdrawals to sikka_server;
grant update (status, changed_at) on withdrawals to sikka_server;

-- What the rail has to pay, and how far that is. `waiting`: in no message yet; `sending`: in the
-- message named, whose file is written as often as it takes; `sent`: the file is there.
create table rail_payouts (
  end_to_end_id text primary key
    constraint rail_payouts_id check (end_to_end_id ~ '^[A-Z0-9-]{1,35}$'),
  amount_minor bigint not null constraint rail_payouts_amount check (amount_minor > 0),
  currency int not null,
  -- Whose account it goes to, sealed; null once it is over: the file has it, and the law's term.
  payee bytea,
  status text not null default 'waiting' constraint rail_payouts_status
    check (status in ('waiting', 'sending', 'sent', 'settled', 'rejected')),
  message_id text constraint rail_payouts_message_id check (message_id ~ '^[0-9a-f]{32}$'),
  created_at timestamptz not null,
  message_at timestamptz,
  constraint rail_payouts_in_a_message check (
    (status = 'waiting') = (message_id is null) and (message_id is null) = (message_at is null)
  ),
  constraint rail_payouts_payee check ((payee is null) = (status in ('settled', 'rejected')))
);
create index rail_payouts_open on rail_payouts (status, message_id)
  where status in ('waiting', 'sending');
create index rail_payouts_message on rail_payouts (message_id) where message_id is not null;
revoke all on rail_payouts from public, sikka_server;
grant select, insert on rail_payouts to sikka_server;
grant update (status, payee, message_id, message_at) on rail_payouts to sikka_server;

-- What another bank said of payouts, one row each time; `settled` and `rejected` happen once.
create table rail_payout_news (
  file text not null references rail_files (name),
  place int not null,
  end_to_end_id text not null,
  said text not null constraint rail_payout_news_said check (said in ('paid', 'refused', 'open')),
  outcome text not null constraint rail_payout_news_outcome
    check (outcome in ('settled', 'rejected', 'known', 'open', 'contradicts', 'unknown')),
  at timestamptz not null,
  primary key (file, place)
);
create unique index rail_payout_news_end on rail_payout_news (end_to_end_id)
  where outcome in ('settled', 'rejected');
revoke all on rail_payout_news from public, sikka_server;
grant select, insert on rail_payout_news to sikka_server;
select sikka_append_only('rail_payout_news');

alter table rail_files
  drop constraint rail_files_kind,
  add constraint rail_files_kind
    check (kind in ('pacs.008.001.08', 'camt.053.001.08', 'pacs.002.001.10'));
