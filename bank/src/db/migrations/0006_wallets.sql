-- Wallets: a person's ledger accounts under a number that others can be told.

create table wallets (
  -- Twelve digits, the last a check digit; random, never reused (spec/identifiers.md).
  number bigint primary key
    constraint wallets_number_digits check (number between 100000000000 and 999999999999),
  account_id bigint not null references accounts (id),
  kind text not null constraint wallets_kind check (kind in ('current', 'offline')),
  currency int not null,
  ledger_account bigint not null unique references ledger_accounts (id),
  status text not null default 'active'
    constraint wallets_status check (status in ('active', 'inactive')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (account_id, kind, currency)
);
-- Never deleted: a number once given stays taken.
grant select, insert on wallets to sikka_server;
grant update (status, updated_at) on wallets to sikka_server;

-- The bank's own ledger accounts, one of each kind and currency.
create table house_accounts (
  kind text not null,
  currency int not null,
  ledger_account bigint not null unique references ledger_accounts (id),
  primary key (kind, currency)
);
select sikka_append_only('house_accounts');

-- What people ordered online. A row is also the stored answer to its idempotency key: the key is
-- unique for ever, and the same key with other content is refused by comparing request_sha256.
create table wallet_transfers (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts (id),
  idempotency_key text
    constraint wallet_transfers_key_size check (octet_length(idempotency_key) between 1 and 128),
  request_sha256 bytea not null
    constraint wallet_transfers_request_size check (octet_length(request_sha256) = 32),
  from_wallet bigint not null references wallets (number),
  to_wallet bigint not null references wallets (number),
  currency int not null,
  amount bigint not null constraint wallet_transfers_amount check (amount > 0),
  at timestamptz not null,
  constraint wallet_transfers_two_sides check (from_wallet <> to_wallet)
);
create unique index wallet_transfers_key on wallet_transfers (account_id, idempotency_key)
  where idempotency_key is not null;
create index wallet_transfers_from on wallet_transfers (from_wallet, id);
create index wallet_transfers_to on wallet_transfers (to_wallet, id);
select sikka_append_only('wallet_transfers');

-- One online transfer, all of it or nothing, in one statement: its row (which claims the
-- idempotency key first, so that a second request with that key waits for the first's outcome),
-- its audit event, and last the money. `repeated` says that the key had been used: the row is
-- then the first one's, and the caller compares request_sha256.
create function wallet_transfer(
  ordered_by bigint, actor text, key text, request bytea, from_number bigint, to_number bigint,
  debit bigint, credit bigint, in_currency int, minor bigint, ordered_at timestamptz,
  out transfer_id bigint, out first_request bytea, out repeated boolean, out refused text
)
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  violated text;
begin
  repeated := false;
  insert into public.wallet_transfers
    (account_id, idempotency_key, request_sha256, from_wallet, to_wallet, currency, amount, at)
    values (ordered_by, key, request, from_number, to_number, in_currency, minor, ordered_at)
    on conflict (account_id, idempotency_key) where idempotency_key is not null do nothing
    returning id, request_sha256 into transfer_id, first_request;
  if transfer_id is null then
    repeated := true;
    select id, request_sha256 into transfer_id, first_request
      from public.wallet_transfers
      where account_id = ordered_by and idempotency_key = key;
    return;
  end if;
  perform public.audit_record(
    array[actor], array['wallet.transfer'], array['transfer:' || transfer_id], array['completed'],
    array[json_build_object(
      'from', from_number, 'to', to_number, 'currency', in_currency, 'amount', minor::text
    )::text],
    ordered_at
  );
  perform public.ledger_post(
    array[debit], array[credit], array[minor], array[in_currency], array['transfer'],
    array[convert_to('transfer:' || transfer_id, 'UTF8')], ordered_at
  );
exception
  when check_violation then
    get stacked diagnostics violated = constraint_name;
    if violated is distinct from 'ledger_balances_floor' then
      raise;
    end if;
    transfer_id := null;
    first_request := null;
    refused := 'insufficient_funds';
end
$$;
revoke execute on function wallet_transfer(
  bigint, text, text, bytea, bigint, bigint, bigint, bigint, int, bigint, timestamptz
) from public;
grant execute on function wallet_transfer(
  bigint, text, text, bytea, bigint, bigint, bigint, bigint, int, bigint, timestamptz
) to sikka_server;
