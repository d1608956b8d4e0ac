-- Keys of wallets, transfers ordered in one round trip, top-ups.

-- A wallet made at sign-up is the answer of the first "create wallet" of its owner: claimed then.
alter table wallets
  add column claimed_at timestamptz,
  -- Its owner named a bank account for it; which one is personal data, and kept as such.
  add column bank_account boolean not null default false;
grant update (claimed_at, bank_account) on wallets to sikka_server;

-- RSA keys of 2,048 bits by which wallets pay without an allowance (spec/wallet-key.md). A key is
-- one wallet's for ever: an address that a payer keeps goes on pointing at its wallet when the key
-- has been retired.
create table wallet_keys (
  -- SHA-256 of the SubjectPublicKeyInfo.
  id bytea primary key constraint wallet_keys_id_size check (octet_length(id) = 32),
  wallet bigint not null references wallets (number),
  modulus bytea not null constraint wallet_keys_modulus_size check (octet_length(modulus) = 256),
  -- `escrow`: made by the bank, which keeps the private half until it is replaced.
  origin text not null constraint wallet_keys_origin check (origin in ('escrow', 'device')),
  -- When its owner was seen to have the private half; from then on nobody can take it over.
  proved_at timestamptz,
  sealed_private bytea,
  vault text,
  created_at timestamptz not null,
  retired_at timestamptz,
  retired_reason text,
  constraint wallet_keys_escrow check (origin = 'escrow' or sealed_private is null),
  constraint wallet_keys_vault check ((sealed_private is null) = (vault is null)),
  constraint wallet_keys_retired check ((retired_at is null) = (retired_reason is null)),
  -- Retired, its private half is gone as well.
  constraint wallet_keys_destroyed check (retired_at is null or sealed_private is null)
);
create unique index wallet_keys_live on wallet_keys (wallet) where retired_at is null;
create index wallet_keys_wallet on wallet_keys (wallet, created_at);
revoke all on wallet_keys from public, sikka_server;
grant select, insert on wallet_keys to sikka_server;
grant update (wallet, origin, created_at, proved_at, sealed_private, vault, retired_at, retired_reason)
  on wallet_keys to sikka_server;

-- What the server may do to a key is narrower than its columns: retire it once, destroy the private
-- half, note that possession was proved; and hand on a key that its holder never proved.
create function wallet_key_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if new.id <> old.id or new.modulus <> old.modulus then
    raise exception 'a wallet key is what it is' using errcode = 'restrict_violation';
  end if;
  if new.sealed_private is distinct from old.sealed_private and new.sealed_private is not null
    and old.sealed_private is null
  then
    raise exception 'a destroyed private key stays destroyed' using errcode = 'restrict_violation';
  end if;
  if new.wallet = old.wallet then
    if (old.retired_at is not null and new.retired_at is distinct from old.retired_at)
      or (old.proved_at is not null and new.proved_at is distinct from old.proved_at)
      or new.origin <> old.origin or new.created_at <> old.created_at
    then
      raise exception 'what a wallet key was stays so' using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if old.origin = 'escrow' or old.proved_at is not null or new.proved_at is null then
    raise exception 'a proved wallet key is its wallet''s for ever'
      using errcode = 'restrict_violation';
  end if;
  insert into public.wallet_key_displacements (key_id, from_wallet, to_wallet, at)
    values (old.id, old.wallet, new.wallet, new.proved_at);
  return new;
end
$$;
revoke execute on function wallet_key_change() from public;
create trigger wallet_keys_change before update on wallet_keys
  for each row execute function wallet_key_change();
alter table wallet_keys enable always trigger wallet_keys_change;

-- A key registered without proof, taken over by who proved to have it.
create table wallet_key_displacements (
  id bigint generated always as identity primary key,
  key_id bytea not null references wallet_keys (id),
  from_wallet bigint not null references wallets (number),
  to_wallet bigint not null references wallets (number),
  at timestamptz not null
);
create index wallet_key_displacements_key on wallet_key_displacements (key_id, id);
select sikka_append_only('wallet_key_displacements');

-- Each time that a private half left the bank.
create table wallet_key_releases (
  id bigint generated always as identity primary key,
  key_id bytea not null references wallet_keys (id),
  wallet bigint not null references wallets (number),
  at timestamptz not null
);
create index wallet_key_releases_wallet on wallet_key_releases (wallet, at);
select sikka_append_only('wallet_key_releases');

alter table device_challenges
  drop constraint device_challenges_purpose,
  add constraint device_challenges_purpose
    check (purpose in ('enrolment', 'allowance', 'wallet_key'));

-- `payment`: ordered as an online transaction between people, under a reference of the payer's own.
alter table wallet_transfers
  add column kind text not null default 'transfer'
    constraint wallet_transfers_kind check (kind in ('transfer', 'payment')),
  add column reference text collate "C"
    constraint wallet_transfers_reference check (reference ~ '^[ -~]{6,64}$');
create unique index wallet_transfers_reference on wallet_transfers (account_id, reference)
  where reference is not null;

drop function wallet_transfer(
  bigint, text, text, bytea, bigint, bigint, bigint, bigint, int, bigint, timestamptz
);

-- One online transfer, all of it or nothing, in one round trip: the wallets' rules (the same as
-- wallets/rules.ts, in the same order), its row (which claims the idempotency key first, so that a
-- second request with that key waits for the first's outcome), its audit event, its event for
-- others, and last the money. `repeated` says that the key had been used: the answer is then the
-- first one's, and the caller compares first_request. `refused` says why nothing was done.
create function wallet_order(
  ordered_by bigint, actor text, key text, request bytea, from_number bigint, to_number bigint,
  in_currency int, minor bigint, as_kind text, own_reference text, ordered_at timestamptz,
  out transfer_id bigint, out first_request bytea, out done_at timestamptz, out repeated boolean,
  out refused text
)
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  violated text;
  source public.wallets;
  target public.wallets;
begin
  repeated := false;
  if key is not null then
    select t.id, t.request_sha256, t.at into transfer_id, first_request, done_at
      from public.wallet_transfers as t
      where t.account_id = ordered_by and t.idempotency_key = key;
    if found then
      repeated := true;
      return;
    end if;
  end if;

  select * into source from public.wallets as w where w.number = from_number;
  select * into target from public.wallets as w where w.number = to_number;
  refused := case
    when source.number is null or source.account_id <> ordered_by or target.number is null
      then 'wallet/not_found'
    when from_number = to_number then 'wallet/same_wallet'
    when source.status <> 'active' or target.status <> 'active' then 'wallet/inactive'
    when source.currency <> in_currency or target.currency <> in_currency
      then 'wallet/currency_mismatch'
    when target.account_id <> ordered_by and (source.kind <> 'current' or target.kind <> 'current')
      then 'wallet/transfer_not_allowed'
  end;
  if refused is not null then
    return;
  end if;

  insert into public.wallet_transfers (account_id, idempotency_key, request_sha256, from_wallet,
      to_wallet, currency, amount, kind, reference, at)
    values (ordered_by, key, request, from_number, to_number, in_currency, minor, as_kind,
      own_reference, ordered_at)
    on conflict do nothing
    returning id, request_sha256, at into transfer_id, first_request, done_at;
  if transfer_id is null then
    select t.id, t.request_sha256, t.at into transfer_id, first_request, done_at
      from public.wallet_transfers as t
      where t.account_id = ordered_by and t.idempotency_key = key;
    if found then
      repeated := true;
    else
      refused := 'transaction/reference_taken';
    end if;
    return;
  end if;
  perform public.audit_record(
    array[actor], array['wallet.transfer'], array['transfer:' || transfer_id], array['completed'],
    array[json_build_object(
      'from', from_number, 'to', to_number, 'currency', in_currency, 'amount', minor::text
    )::text],
    ordered_at
  );
  insert into public.event_outbox (topic, key, at) values ('transfer', transfer_id, ordered_at);
  perform public.ledger_post(
    array[source.ledger_account], array[target.ledger_account], array[minor],
    array[in_currency], array['transfer'], array[convert_to('transfer:' || transfer_id, 'UTF8')],
    ordered_at
  );
exception
  when check_violation then
    get stacked diagnostics violated = constraint_name;
    if violated is distinct from 'ledger_balances_floor' then
      raise;
    end if;
    transfer_id := null;
    first_request := null;
    done_at := null;
    refused := 'wallet/insufficient_funds';
end
$$;
revoke execute on function wallet_order(
  bigint, text, text, bytea, bigint, bigint, int, bigint, text, text, timestamptz
) from public;
grant execute on function wallet_order(
  bigint, text, text, bytea, bigint, bigint, int, bigint, text, text, timestamptz
) to sikka_server;

-- Money that comes in from a person's bank account. `asked`: waits for the code; `ordered`: the
-- rail was told; `settled`: the deposit of reference `topup:{id}` has been posted.
create table top_ups (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts (id),
  wallet bigint not null references wallets (number),
  amount bigint not null constraint top_ups_amount check (amount between 1 and 9007199254740991),
  currency int not null,
  status text not null default 'asked' constraint top_ups_status
    check (status in ('asked', 'ordered', 'settled', 'rejected', 'expired')),
  rail text not null,
  rail_reference text,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create unique index top_ups_rail_reference on top_ups (rail, rail_reference)
  where rail_reference is not null;
create index top_ups_wallet on top_ups (wallet, id);
create index top_ups_open on top_ups (status, created_at) where status in ('asked', 'ordered');
revoke all on top_ups from public, sikka_server;
grant select, insert on top_ups to sikka_server;
grant update (status, rail_reference, changed_at) on top_ups to sikka_server;

-- What a person asked for by the first of two steps, until the code comes. One at a time.
create table wallet_requests (
  account_id bigint primary key references accounts (id),
  kind text not null constraint wallet_requests_kind check (kind in ('current', 'offline')),
  currency int not null,
  modulus bytea constraint wallet_requests_modulus_size check (octet_length(modulus) = 256),
  created_at timestamptz not null
);
revoke all on wallet_requests from public, sikka_server;
grant select, insert, update, delete on wallet_requests to sikka_server;
