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
  -- When its owner was seen to have the private half; older clients are believed without.
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
grant update (proved_at, sealed_private, vault, retired_at, retired_reason) on wallet_keys
  to sikka_server;

-- A key is retired once, its private half is destroyed once, possession is proved once.
create function wallet_key_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if (old.retired_at is not null and new.retired_at is distinct from old.retired_at)
    or (old.proved_at is not null and new.proved_at is distinct from old.proved_at)
    or (old.sealed_private is null and new.sealed_private is not null)
  then
    raise exception 'what became of a wallet key stays so' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
revoke execute on function wallet_key_change() from public;
create trigger wallet_keys_change before update on wallet_keys
  for each row execute function wallet_key_change();
alter table wallet_keys enable always trigger wallet_keys_change;

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

-- What a person has paid to others today (UTC) in sessions without a fresh second factor: what a
-- stolen access token can still take. One row for each person and currency, used again every day.
create table unproved_spending (
  account_id bigint not null references accounts (id),
  currency int not null,
  day date not null,
  total bigint not null constraint unproved_spending_total check (total > 0),
  primary key (account_id, currency)
) with (fillfactor = 50);
revoke all on unproved_spending from public, sikka_server;
grant select, insert, update (day, total) on unproved_spending to sikka_server;

-- One online transfer, all of it or nothing, in one round trip: first whether its key has been
-- used, then the wallets' rules (the same as wallets/rules.ts, in the same order), its row (which
-- claims the key, so that a second request with it waits for the first's outcome), its audit event,
-- its event for others, and last the money. `repeated` says that the key had been used: the answer
-- is then the first one's, and the caller compares first_request. `refused` says why nothing was
-- done. `unproved_limit`: at most that much to others in a day; null where the payer has just
-- proved a second factor.
create function wallet_order(
  ordered_by bigint, actor text, key text, request bytea, from_number bigint, to_number bigint,
  in_currency int, minor bigint, as_kind text, own_reference text, unproved_limit bigint,
  ordered_at timestamptz,
  out transfer_id bigint, out first_request bytea, out done_at timestamptz, out repeated boolean,
  out refused text
)
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  violated text;
  unproved_total bigint;
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
    -- Whoever was erased is not there to spend it.
    when exists (
      select from public.accounts as a where a.id = target.account_id and a.status = 'closed'
    ) then 'wallet/inactive'
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
  if unproved_limit is not null and target.account_id <> ordered_by then
    insert into public.unproved_spending as spent (account_id, currency, day, total)
      values (ordered_by, in_currency, (ordered_at at time zone 'UTC')::date, minor)
      on conflict (account_id, currency) do update
        set day = excluded.day,
          total = excluded.total + case when spent.day = excluded.day then spent.total else 0 end
      returning total into unproved_total;
    if unproved_total > unproved_limit then
      raise exception 'wallet_order: a fresh second factor is needed' using errcode = 'SK003';
    end if;
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
  when check_violation or sqlstate 'SK003' then
    get stacked diagnostics violated = constraint_name;
    refused := case
      when sqlstate = 'SK003' then 'auth/step_up_required'
      when violated = 'ledger_balances_floor' then 'wallet/insufficient_funds'
    end;
    if refused is null then
      raise;
    end if;
    transfer_id := null;
    first_request := null;
    done_at := null;
end
$$;
revoke execute on function wallet_order(
  bigint, text, text, bytea, bigint, bigint, int, bigint, text, text, bigint, timestamptz
) from public;
grant execute on function wallet_order(
  bigint, text, text, bytea, bigint, bigint, int, bigint, text, text, bigint, timestamptz
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
  -- Of the request that brought the code: its repeat is answered from this row.
  idempotency_key text
    constraint top_ups_key_size check (octet_length(idempotency_key) between 1 and 128),
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create unique index top_ups_key on top_ups (account_id, idempotency_key)
  where idempotency_key is not null;
create unique index top_ups_asked on top_ups (wallet) where status = 'asked';
create unique index top_ups_rail_reference on top_ups (rail, rail_reference)
  where rail_reference is not null;
create index top_ups_wallet on top_ups (wallet, id);
create index top_ups_open on top_ups (status, created_at) where status in ('asked', 'ordered');
revoke all on top_ups from public, sikka_server;
grant select, insert on top_ups to sikka_server;
grant update (status, rail_reference, idempotency_key, changed_at) on top_ups to sikka_server;

-- What a person asked for by the first of two steps, until the code comes. One at a time.
create table wallet_requests (
  account_id bigint primary key references accounts (id),
  kind text not null constraint wallet_requests_kind check (kind in ('current', 'offline')),
  currency int not null,
  modulus bytea constraint wallet_requests_modulus_size check (octet_length(modulus) = 256),
  bank_account boolean not null,
  created_at timestamptz not null
);
revoke all on wallet_requests from public, sikka_server;
grant select, insert, update, delete on wallet_requests to sikka_server;
