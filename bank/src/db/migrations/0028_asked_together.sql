-- What many requests ask at the same moment, answered by one statement.
--
-- Two habits of the planner cost more here than the work itself, so these functions forbid them. It
-- plans a statement over arrays anew at each call, for arrays of just that length. And it keeps
-- what it planned for a new bank's empty tables, which are best read from end to end, until they
-- are analyzed: behind `offset 0` a lookup stays a lookup, by its index.

alter function wallet_order(
  bigint, text, text, bytea, bigint, bigint, int, bigint, text, text, bigint, timestamptz
) set enable_seqscan = off;

-- All that decides about some requests: account, roles, session, its device. `place` counts from 1;
-- an account that is not there has no row.
create function identity_callers(public_ids text[], session_ids bytea[])
  returns table (
    place int, id bigint, status text, status_reason text, roles text[], in_session boolean,
    ended_at timestamptz, expires_at timestamptz, absolute_until timestamptz, fingerprint bytea,
    device_no bigint, device_status text, stepped_up_at timestamptz
  )
  language plpgsql
  stable
  set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_mergejoin = off
  set enable_hashjoin = off
as $$
begin
  return query
    select asked.place::int, a.id, a.status, a.status_reason,
        array(
          select r.role from public.account_roles as r where r.account_id = a.id order by r.role
        ),
        s.id is not null, s.ended_at, s.expires_at, s.absolute_until, s.fingerprint, s.device_no,
        d.status, s.stepped_up_at
      from unnest(public_ids, session_ids) with ordinality as asked (public_id, session_id, place)
      cross join lateral (
        select * from public.accounts as l where l.public_id = asked.public_id offset 0
      ) as a
      left join lateral (
        select * from public.sessions as l where l.id = asked.session_id offset 0
      ) as s on s.account_id = a.id
      left join lateral (
        select * from public.devices as l where l.no = s.device_no offset 0
      ) as d on true;
end
$$;
revoke execute on function identity_callers(text[], bytea[]) from public;
grant execute on function identity_callers(text[], bytea[]) to sikka_server;

create function audit_next_events(most int)
  returns table (
    id bigint, at timestamptz, actor text, action text, subject text, outcome text, details text
  )
  language plpgsql
  stable
  set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
as $$
begin
  return query
    select e.id, e.at, e.actor, e.action, e.subject, e.outcome, e.details
      from (
        select p.event_id from public.audit_pending as p order by p.event_id limit most
      ) as pending
      cross join lateral (
        select * from public.audit_events as l where l.id = pending.event_id offset 0
      ) as e
      order by pending.event_id;
end
$$;
revoke execute on function audit_next_events(int) from public;
grant execute on function audit_next_events(int) to sikka_server;

-- Carries out those of some orders against which nothing speaks, and answers which: `place` counts
-- from 1. Each must be another account's, and no wallet may pay in one and be paid in another.
--
-- It decides nothing else. Whatever may be refused, or was answered before, is left out and has to
-- be ordered by wallet_order, which says why. What comes between meanwhile undoes all of it: a key
-- or reference taken (SK004), a limit reached (SK004), money gone (check_violation of
-- ledger_balances_floor), somebody else's lock held for long (lock_not_available); they are then
-- ordered one by one.
--
-- Locks, in the order of accounts: the day's spending, keys, last the balances; as wallet_order.
create function wallet_order_together(
  ordered_by bigint[], actors text[], keys text[], requests bytea[], from_numbers bigint[],
  to_numbers bigint[], in_currencies int[], minors bigint[], as_kinds text[],
  own_references text[], unproved_limits bigint[], ordered_at timestamptz
) returns table (place int, transfer_id bigint)
  language plpgsql
  set search_path = pg_catalog, pg_temp
  set enable_seqscan = off
  set enable_mergejoin = off
  set enable_hashjoin = off
  set plan_cache_mode = force_generic_plan
  set lock_timeout = '250ms'
as $$
declare
  today constant date := (ordered_at at time zone 'UTC')::date;
  size int;
  -- Of those that are carried out, in the order of accounts.
  picked int[];
  accounts bigint[];
  debits bigint[];
  credits bigint[];
  ids bigint[];
  counted int;
  within int;
begin
  perform from public.unproved_spending as s
    where s.account_id = any (ordered_by)
    order by s.account_id, s.currency
    for no key update;

  select array_agg(fit.place order by fit.account), array_agg(fit.account order by fit.account),
      array_agg(fit.debit order by fit.account), array_agg(fit.credit order by fit.account),
      count(*) filter (where fit.counts), count(*)
    into picked, accounts, debits, credits, counted, size
    from (
      select o.place, o.account, source.ledger_account as debit, target.ledger_account as credit,
          o.unproved_limit is not null and target.account_id <> o.account as counts
        from unnest(ordered_by, keys, from_numbers, to_numbers, in_currencies, minors,
            own_references, unproved_limits)
          with ordinality as o (account, key, source, target, currency, minor, reference,
            unproved_limit, place)
        cross join lateral (
          select * from public.wallets as l where l.number = o.source offset 0
        ) as source
        cross join lateral (
          select * from public.wallets as l where l.number = o.target offset 0
        ) as target
        cross join lateral (
          select * from public.accounts as l where l.id = target.account_id offset 0
        ) as payee
        cross join lateral (
          select * from public.ledger_balances as l
            where l.account_id = source.ledger_account offset 0
        ) as b
        left join lateral (
          select * from public.unproved_spending as l
            where l.account_id = o.account and l.currency = o.currency offset 0
        ) as s on true
        where source.account_id = o.account and source.number <> target.number
          and source.status = 'active' and target.status = 'active' and payee.status <> 'closed'
          and source.currency = o.currency and target.currency = o.currency
          and (target.account_id = o.account
            or (source.kind = 'current' and target.kind = 'current'))
          and b.balance >= o.minor
          -- A day later than this order's is being counted: wallet_order's to say.
          and (o.unproved_limit is null or s.day is null or s.day <= today)
          and (o.unproved_limit is null or target.account_id = o.account
            or o.minor + case when s.day = today then s.total else 0 end <= o.unproved_limit)
          and (o.key is null or not exists (
            select from public.wallet_transfers as t
              where t.account_id = o.account and t.idempotency_key = o.key
              offset 0
          ))
          and (o.reference is null or not exists (
            select from public.wallet_transfers as t
              where t.account_id = o.account and t.reference = o.reference
              offset 0
          ))
    ) as fit;
  if size = 0 then
    return;
  end if;

  with made as (
    insert into public.wallet_transfers (account_id, idempotency_key, request_sha256, from_wallet,
        to_wallet, currency, amount, kind, reference, at)
      select ordered_by[p.i], keys[p.i], requests[p.i], from_numbers[p.i], to_numbers[p.i],
          in_currencies[p.i], minors[p.i], as_kinds[p.i], own_references[p.i], ordered_at
        from unnest(picked) with ordinality as p (i, n)
        order by p.n
      on conflict do nothing
      returning id, account_id
  )
  select array_agg(made.id order by made.account_id) into ids from made;
  if cardinality(ids) is distinct from size then
    raise exception 'wallet_order_together: a key or a reference was taken meanwhile'
      using errcode = 'SK004';
  end if;

  if counted > 0 then
    with spent as (
      insert into public.unproved_spending as s (account_id, currency, day, total)
        select ordered_by[p.i], in_currencies[p.i], today, minors[p.i]
          from unnest(picked) with ordinality as p (i, n)
          cross join lateral (
            select l.account_id from public.wallets as l where l.number = to_numbers[p.i] offset 0
          ) as target
          where unproved_limits[p.i] is not null and target.account_id <> ordered_by[p.i]
          order by p.n
        on conflict (account_id, currency) do update
          set day = excluded.day,
            total = excluded.total + case when s.day = excluded.day then s.total else 0 end
          where s.day <= excluded.day
        returning s.account_id, s.total
    )
    select count(*) into within
      from spent
      where spent.total <= unproved_limits[array_position(ordered_by, spent.account_id)];
    if within <> counted then
      raise exception 'wallet_order_together: a limit was reached meanwhile'
        using errcode = 'SK004';
    end if;
  end if;

  perform public.audit_record(
    array_agg(actors[p.i] order by p.n), array_agg('wallet.transfer'::text),
    array_agg('transfer:' || ids[p.n] order by p.n), array_agg('completed'::text),
    array_agg(json_build_object(
      'from', from_numbers[p.i], 'to', to_numbers[p.i], 'currency', in_currencies[p.i],
      'amount', minors[p.i]::text
    )::text order by p.n),
    ordered_at
  ) from unnest(picked) with ordinality as p (i, n);
  insert into public.event_outbox (topic, key, at)
    select 'transfer', made.id, ordered_at from unnest(ids) as made (id);
  perform public.ledger_post(
    debits, credits, array_agg(minors[p.i] order by p.n),
    array_agg(in_currencies[p.i] order by p.n), array_agg('transfer'::text),
    array_agg(convert_to('transfer:' || ids[p.n], 'UTF8') order by p.n), ordered_at
  ) from unnest(picked) with ordinality as p (i, n);
  return query select * from unnest(picked, ids);
end
$$;
revoke execute on function wallet_order_together(
  bigint[], text[], text[], bytea[], bigint[], bigint[], int[], bigint[], text[], text[],
  bigint[], timestamptz
) from public;
grant execute on function wallet_order_together(
  bigint[], text[], text[], bytea[], bigint[], bigint[], int[], bigint[], text[], text[],
  bigint[], timestamptz
) to sikka_server;
