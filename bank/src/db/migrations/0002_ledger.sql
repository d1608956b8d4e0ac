-- The ledger (spec/settlement.md §3): accounts, transfers, balances.
--
-- One transfer row is both entries, so it always balances. A balance is what was credited less
-- what was debited. Money of customers is positive; `bank_cash` is its negative counterpart, so
-- the sum over all balances of a currency is zero at every commit.
--
-- The server's role cannot write here by itself: accounts are opened by ledger_open and money is
-- moved by ledger_post, which run as the owner. So no balance changes without its transfer.

create table ledger_accounts (
  id bigint generated always as identity primary key,
  kind text not null constraint ledger_accounts_kind check (kind in (
    'bank_cash', 'wallet_current', 'wallet_offline', 'reservation', 'guarantee', 'suspense',
    'float', 'credit_line'
  )),
  -- ISO 4217 numeric.
  currency int not null constraint ledger_accounts_currency check (currency between 1 and 999),
  created_at timestamptz not null
);
select sikka_append_only('ledger_accounts');
revoke insert on ledger_accounts from sikka_server;

-- Half of each page stays free, so that a new version of a row finds room beside the old one and
-- no index has to be touched.
create table ledger_balances (
  account_id bigint primary key references ledger_accounts (id),
  currency int not null,
  floor bigint constraint ledger_balances_floor_sign check (floor <= 0),
  balance bigint not null default 0,
  constraint ledger_balances_floor check (floor is null or balance >= floor)
) with (fillfactor = 50);
revoke all on ledger_balances from public, sikka_server;
grant select on ledger_balances to sikka_server;

-- No foreign keys to the accounts: ledger_post alone writes here, and it moves both accounts'
-- balances in the same call or raises.
create table ledger_transfers (
  id bigint generated always as identity primary key,
  kind text not null constraint ledger_transfers_kind check (kind ~ '^[a-z][a-z_]{1,30}$'),
  currency int not null,
  debit_account bigint not null,
  credit_account bigint not null,
  -- spec/identifiers.md: minor units, 1 … 2^53 − 1.
  amount bigint not null
    constraint ledger_transfers_amount check (amount between 1 and 9007199254740991),
  reference bytea
    constraint ledger_transfers_reference_size check (octet_length(reference) between 1 and 64),
  at timestamptz not null,
  constraint ledger_transfers_two_sides check (debit_account <> credit_account)
);
select sikka_append_only('ledger_transfers');
revoke insert on ledger_transfers from sikka_server;

-- A settlement's uniqueness is the primary key of settled_payments, and its history is read from
-- there: the busiest kind of transfer keeps only the primary key here.
create unique index ledger_transfers_reference on ledger_transfers (kind, reference)
  where reference is not null and kind <> 'settlement';
create index ledger_transfers_debit on ledger_transfers (debit_account, id)
  where kind <> 'settlement';
create index ledger_transfers_credit on ledger_transfers (credit_account, id)
  where kind <> 'settlement';

create view ledger_entries as
  select id as transfer_id, debit_account as account_id, currency, -amount as amount
    from ledger_transfers
  union all
  select id, credit_account, currency, amount
    from ledger_transfers;
grant select on ledger_entries to sikka_server;

-- Zero in every currency, at every commit.
create view ledger_sum as
  select currency, sum(balance)::bigint as sum from ledger_balances group by currency;
grant select on ledger_sum to sikka_server;

-- Opens one account per element and answers their ids in order. `bank_cash` has no floor; a
-- `credit_line` has the one given (at most 0); every other account's floor is 0.
create function ledger_open(
  kinds text[], currencies int[], floors bigint[], opened_at timestamptz
) returns bigint[]
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  ids bigint[];
begin
  if cardinality(currencies) <> cardinality(kinds) or cardinality(floors) <> cardinality(kinds) then
    raise exception 'ledger_open: arrays of different lengths' using errcode = '22023';
  end if;
  with opened as (
    insert into public.ledger_accounts (kind, currency, created_at)
    select asked.kind, asked.currency, opened_at
      from unnest(kinds, currencies) with ordinality as asked (kind, currency, place)
      order by asked.place
    returning id
  )
  select coalesce(array_agg(opened.id order by opened.id), '{}') into ids from opened;
  insert into public.ledger_balances (account_id, currency, floor)
  select
    asked.id,
    asked.currency,
    case asked.kind
      when 'bank_cash' then null
      when 'credit_line' then coalesce(asked.floor, 0)
      else 0
    end
    from unnest(ids, kinds, currencies, floors) as asked (id, kind, currency, floor);
  return ids;
end
$$;
revoke execute on function ledger_open(text[], int[], bigint[], timestamptz) from public;
grant execute on function ledger_open(text[], int[], bigint[], timestamptz) to sikka_server;

-- Moves money: transfer i debits debits[i] and credits credits[i]. All or nothing, judged on the
-- balances after the whole call. Answers the transfers' ids in order.
--
-- Locks: balances in account id order, as the last thing, so that two calls never wait for each
-- other in a circle and a busy account is held only until its commit. Who calls this inside a
-- larger transaction calls it last.
--
-- Raises check_violation of ledger_balances_floor where money is short, SK001 where an account is
-- of another currency than its transfer, SK002 where an account is not there,
-- numeric_value_out_of_range where a balance would leave 64 bits.
create function ledger_post(
  debits bigint[], credits bigint[], amounts bigint[], currencies int[], kinds text[],
  refs bytea[], posted_at timestamptz
) returns bigint[]
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  size constant int := cardinality(debits);
  ids bigint[];
  -- What moves, by account; parallel arrays in account order.
  moved_accounts bigint[];
  moved_currencies int[];
  moved_amounts bigint[];
  changed bigint;
begin
  if size = 0 then
    return '{}';
  end if;
  if (size, size, size, size, size) is distinct from (
    cardinality(credits), cardinality(amounts), cardinality(currencies), cardinality(kinds),
    cardinality(refs)
  ) then
    raise exception 'ledger_post: arrays of different lengths' using errcode = '22023';
  end if;

  with posted as (
    insert into public.ledger_transfers
      (kind, currency, debit_account, credit_account, amount, reference, at)
    select t.kind, t.currency, t.debit, t.credit, t.amount, t.ref, posted_at
      from unnest(kinds, currencies, debits, credits, amounts, refs)
        with ordinality as t (kind, currency, debit, credit, amount, ref, place)
      order by t.place
    returning id
  )
  select array_agg(posted.id order by posted.id) into ids from posted;

  select
    array_agg(moved.account order by moved.account),
    array_agg(moved.currency order by moved.account),
    array_agg(moved.amount order by moved.account)
    into moved_accounts, moved_currencies, moved_amounts
    from (
      select entry.account, entry.currency, sum(entry.amount)::bigint as amount
        from (
          select d.account, d.currency, -d.amount as amount
            from unnest(debits, currencies, amounts) as d (account, currency, amount)
          union all
          select c.account, c.currency, c.amount
            from unnest(credits, currencies, amounts) as c (account, currency, amount)
        ) as entry
        group by entry.account, entry.currency
    ) as moved;

  perform from public.ledger_balances
    where account_id = any (moved_accounts)
    order by account_id
    for no key update;

  update public.ledger_balances as b
    set balance = b.balance + moved.amount
    from unnest(moved_accounts, moved_currencies, moved_amounts)
      as moved (account_id, currency, amount)
    where b.account_id = moved.account_id and b.currency = moved.currency;
  get diagnostics changed = row_count;
  if changed = cardinality(moved_accounts) then
    return ids;
  end if;

  if exists (
    select from unnest(moved_accounts) as moved (account_id)
      where not exists (
        select from public.ledger_balances as b where b.account_id = moved.account_id
      )
  ) then
    raise exception 'ledger_post: unknown account' using errcode = 'SK002';
  end if;
  raise exception 'ledger_post: an account is of another currency' using errcode = 'SK001';
end
$$;
revoke execute on function
  ledger_post(bigint[], bigint[], bigint[], int[], text[], bytea[], timestamptz) from public;
grant execute on function
  ledger_post(bigint[], bigint[], bigint[], int[], text[], bytea[], timestamptz) to sikka_server;

-- ledger_post for callers that go on after a refusal: `refused` says why nothing moved.
create function ledger_try_post(
  debits bigint[], credits bigint[], amounts bigint[], currencies int[], kinds text[],
  refs bytea[], posted_at timestamptz, out ids bigint[], out refused text
)
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  violated text;
begin
  ids := public.ledger_post(debits, credits, amounts, currencies, kinds, refs, posted_at);
exception
  when check_violation or unique_violation then
    get stacked diagnostics violated = constraint_name;
    refused := case violated
      when 'ledger_balances_floor' then 'insufficient_funds'
      when 'ledger_transfers_reference' then 'duplicate_reference'
    end;
    if refused is null then
      raise;
    end if;
  when sqlstate 'SK001' then
    refused := 'currency_mismatch';
  when sqlstate 'SK002' then
    refused := 'unknown_account';
  when numeric_value_out_of_range then
    refused := 'balance_out_of_range';
end
$$;
revoke execute on function
  ledger_try_post(bigint[], bigint[], bigint[], int[], text[], bytea[], timestamptz) from public;
grant execute on function
  ledger_try_post(bigint[], bigint[], bigint[], int[], text[], bytea[], timestamptz)
  to sikka_server;

-- The balances of some accounts, locked until the end of the transaction, for a caller that has
-- to decide by them. Who uses it names every account that it will touch, in one call: taken in
-- two calls, the locks are no longer in id order.
create function ledger_lock(accounts bigint[])
  returns table (account_id bigint, currency int, floor bigint, balance bigint)
  language sql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select b.account_id, b.currency, b.floor, b.balance
    from public.ledger_balances as b
    where b.account_id = any (accounts)
    order by b.account_id
    for no key update
$$;
revoke execute on function ledger_lock(bigint[]) from public;
grant execute on function ledger_lock(bigint[]) to sikka_server;
