-- When a mail or a webhook's delivery is due, how old a mail is, and how long an account wants
-- events are the database's times only, as in the inbox (0038). Before, one process whose clock was
-- two days ahead hid what it queued or tried from every other for as long, and threw away codes as
-- too old (decisions/0049).
create function notify_now() returns timestamptz
  language sql
  stable
  set search_path = pg_catalog, public, pg_temp
as $$
  select clock_timestamp()
$$;
revoke execute on function notify_now() from public;
grant execute on function notify_now() to sikka_server;

-- `created_at` is what a mail says of its cause, by the clock of whoever wrote it.
alter table mails add column queued_at timestamptz;
update mails set queued_at = least(created_at, clock_timestamp());
alter table mails
  alter column queued_at set default notify_now(),
  alter column queued_at set not null;

-- Nothing waits longer than the longest pause there is.
update mails set next_at = least(next_at, clock_timestamp() + interval '1 hour')
  where next_at is not null;
update webhook_deliveries set next_at = least(next_at, clock_timestamp() + interval '6 hours')
  where next_at is not null;

-- Until when the books were given out as final. Nothing that moves afterwards is dated before: a
-- process whose clock is behind is refused (SK005), and the file that was made stays true.
create table ledger_closing (
  singleton boolean primary key default true
    constraint ledger_closing_one_row check (singleton),
  until timestamptz not null
);
revoke all on ledger_closing from public, sikka_server;

-- False where that moment is not long enough ago by the database's clock: a process that is ahead
-- closes no day that is not over.
create function ledger_close(p_until timestamptz, p_after interval) returns boolean
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if p_until is null or p_until > clock_timestamp() - p_after then
    return false;
  end if;
  insert into public.ledger_closing as c (until) values (p_until)
    on conflict (singleton) do update set until = excluded.until where c.until < excluded.until;
  return true;
end
$$;
revoke execute on function ledger_close(timestamptz, interval) from public;
grant execute on function ledger_close(timestamptz, interval) to sikka_server;

-- ledger_post (0002) again, with that refusal.
create or replace function ledger_post(
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
  -- After the rows, whose lock whoever closes the books waits for: one of us sees the other.
  if posted_at < (select c.until from public.ledger_closing as c) then
    raise exception 'ledger_post: dated %, before the books that are closed: a clock is behind',
      posted_at using errcode = 'SK005';
  end if;

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
