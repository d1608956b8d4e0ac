-- People of sealed ledgers, their limits, and what ledgers said (decisions/0028).

-- Who registered for the sealed ledger, with the key that signs his transactions and ledgers. A
-- key is one person's for ever; no route replaces it. Nothing that an open route claims links this
-- row to an account that is there already: approval opens one of its own.
create table kyc_users (
  no bigint generated always as identity primary key,
  -- Random: whoever knows it may ask how far the case has come.
  user_id text not null unique constraint kyc_users_id
    check (user_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
  -- Name and contact, JSON; null after erasure.
  sealed bytea,
  vault text,
  role text not null constraint kyc_users_role check (role in ('sender', 'receiver', 'both')),
  bank_id text constraint kyc_users_bank_id check (octet_length(bank_id) between 1 and 128),
  -- P-256, compressed (spec/sealed-ledger.md).
  public_key bytea not null constraint kyc_users_key_size check (octet_length(public_key) = 33),
  key_id bytea not null unique constraint kyc_users_key_id_size check (octet_length(key_id) = 32),
  status text not null default 'pending' constraint kyc_users_status
    check (status in ('pending', 'approved', 'rejected')),
  notes text constraint kyc_users_notes check (octet_length(notes) between 1 and 2048),
  account_id bigint references accounts (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint kyc_users_sealed check ((sealed is null) = (vault is null)),
  constraint kyc_users_approved check (status <> 'approved' or account_id is not null)
);
create index kyc_users_account on kyc_users (account_id) where account_id is not null;
revoke all on kyc_users from public, sikka_server;
grant select, insert on kyc_users to sikka_server;
grant update (status, notes, account_id, updated_at, sealed, vault) on kyc_users to sikka_server;

alter table ledger_accounts
  drop constraint ledger_accounts_kind,
  add constraint ledger_accounts_kind check (kind in (
    'bank_cash', 'wallet_current', 'wallet_offline', 'reservation', 'guarantee', 'suspense',
    'float', 'credit_line', 'limit'
  ));

-- What a sender may spend by sealed ledgers. Approval moves the money into an account of its own
-- with floor 0: the limit is the balance, so no counter can be raced past.
create table limit_wallets (
  no bigint generated always as identity primary key,
  wallet_id text not null unique constraint limit_wallets_id
    check (wallet_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
  kyc_user bigint not null unique references kyc_users (no),
  currency int not null,
  ledger_account bigint unique,
  requested bigint not null
    constraint limit_wallets_requested check (requested between 1 and 9007199254740991),
  approved bigint
    constraint limit_wallets_approved check (approved between 1 and 9007199254740991),
  status text not null default 'pending' constraint limit_wallets_status
    check (status in ('pending', 'approved', 'rejected', 'suspended')),
  funded_from text
    constraint limit_wallets_funded_from check (funded_from in ('current', 'credit_line')),
  notes text constraint limit_wallets_notes check (octet_length(notes) between 1 and 2048),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint limit_wallets_funded check (
    (ledger_account is null) = (approved is null) and (approved is null) = (funded_from is null)
  ),
  constraint limit_wallets_spendable check (
    status not in ('approved', 'suspended') or ledger_account is not null
  )
);
revoke all on limit_wallets from public, sikka_server;
grant select, insert on limit_wallets to sikka_server;
grant update (ledger_account, approved, status, funded_from, notes, updated_at) on limit_wallets
  to sikka_server;

-- Funded once.
create function limit_wallet_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if old.ledger_account is not null and (
    new.ledger_account is distinct from old.ledger_account
    or new.approved is distinct from old.approved
    or new.funded_from is distinct from old.funded_from
  ) then
    raise exception 'a limit is funded once' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
revoke execute on function limit_wallet_change() from public;
create trigger limit_wallets_change before update on limit_wallets
  for each row execute function limit_wallet_change();
alter table limit_wallets enable always trigger limit_wallets_change;

-- Each entry of each ledger whose receiver's signature held. The genesis' previous hash is 32
-- zero bytes. No foreign keys: rows per payment.
create table sealed_ledger_entries (
  receiver bigint not null,
  entry_hash bytea not null
    constraint sealed_ledger_entries_hash_size check (octet_length(entry_hash) = 32),
  prev_hash bytea not null
    constraint sealed_ledger_entries_prev_size check (octet_length(prev_hash) = 32),
  position int not null constraint sealed_ledger_entries_position check (position >= 0),
  upload_id bigint not null,
  primary key (receiver, entry_hash)
);
create index sealed_ledger_entries_prev on sealed_ledger_entries (receiver, prev_hash);
revoke all on sealed_ledger_entries from public, sikka_server;
grant select, insert on sealed_ledger_entries to sikka_server;
select sikka_append_only('sealed_ledger_entries');

-- Two entries of one receiver after one and the same entry: he signed two histories. The two
-- uploads hold his two signatures.
create table ledger_forks (
  id bigint generated always as identity primary key,
  receiver bigint not null,
  key_id bytea not null constraint ledger_forks_key_size check (octet_length(key_id) = 32),
  prev_hash bytea not null constraint ledger_forks_prev_size check (octet_length(prev_hash) = 32),
  first_entry bytea not null
    constraint ledger_forks_first_size check (octet_length(first_entry) = 32),
  second_entry bytea not null
    constraint ledger_forks_second_size check (octet_length(second_entry) = 32),
  first_upload bigint not null,
  second_upload bigint not null,
  position int not null constraint ledger_forks_position check (position >= 0),
  review bigint not null,
  at timestamptz not null,
  constraint ledger_forks_two check (first_entry <> second_entry),
  constraint ledger_forks_once unique (receiver, first_entry, second_entry)
);
create index ledger_forks_review on ledger_forks (review);
revoke all on ledger_forks from public, sikka_server;
grant select, insert on ledger_forks to sikka_server;
select sikka_append_only('ledger_forks');

-- `/bank-logs` reads the audit chain itself.
create index audit_events_ledger on audit_events (id)
  where action >= 'ledger.' and action < 'ledger/';
create index audit_events_ledger_subject on audit_events (subject, id)
  where action >= 'ledger.' and action < 'ledger/';
