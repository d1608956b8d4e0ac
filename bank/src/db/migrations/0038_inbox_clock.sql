-- The inbox keeps the database's time only. Before, each process wrote by its own clock when an
-- upload was due: one that was two days ahead hid it from every other for as long.
create function settlement_now() returns timestamptz
  language sql
  stable
  set search_path = pg_catalog, public, pg_temp
as $$
  select clock_timestamp()
$$;
revoke execute on function settlement_now() from public;
grant execute on function settlement_now() to sikka_server;

-- settlement_receive again: for so long the worker leaves the upload to whoever brought it.
drop function settlement_receive(
  bytea, bytea, text, integer, timestamptz, text[], bigint, bigint[]
);
create function settlement_receive(
  p_sha256 bytea, p_bytes bytea, p_uploader text, p_items integer, p_leave interval,
  p_passing text[], p_hold bigint default null, p_allowances bigint[] default '{}',
  out upload bigint, out received timestamptz
)
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  -- The lock of the table is taken before the clock is read: see settlement_cutoff.
  insert into uploads (sha256, bytes, uploader, received_at, items)
    values (p_sha256, p_bytes, p_uploader, date_trunc('second', clock_timestamp()), p_items)
    on conflict (sha256) do nothing
    returning id, received_at into upload, received;
  if upload is not null then
    insert into inbox (upload_id, visible_at, held_by)
      values (upload, settlement_now() + p_leave, p_hold);
  else
    select id, received_at into upload, received from uploads where sha256 = p_sha256;
    insert into inbox (upload_id, visible_at, held_by)
      select upload, settlement_now() + p_leave, p_hold
      where exists (
          select from rejected_items as r where r.upload_id = upload and r.code = any (p_passing)
        )
        or exists (select from held_items as h where h.upload_id = upload)
      on conflict (upload_id) do nothing;
    if p_hold is not null then
      update inbox set held_by = p_hold where upload_id = upload and held_by is null;
    end if;
  end if;
  if p_hold is not null then
    insert into held_allowances (upload_id, allowance_no)
      select distinct upload, named.no from unnest(p_allowances) as named (no)
      where exists (select from inbox as i where i.upload_id = upload)
      order by named.no
      on conflict do nothing;
  end if;
end
$$;
revoke execute on function settlement_receive(
  bytea, bytea, text, integer, interval, text[], bigint, bigint[]
) from public;
grant execute on function settlement_receive(
  bytea, bytea, text, integer, interval, text[], bigint, bigint[]
) to sikka_server;

drop function settlement_requeue(bigint, timestamptz);
create function settlement_requeue(p_account bigint) returns bigint
  language sql
  set search_path = pg_catalog, public, pg_temp
as $$
  with queued as (
    insert into inbox (upload_id, visible_at)
      select distinct r.upload_id, settlement_now()
        from key_payments as k
        join rejected_items as r on r.key_payment = k.id and r.code = 'payer_under_review'
        where k.payer_account = p_account
          and not exists (select from settled_key_payments as s where s.key_payment = k.id)
      on conflict (upload_id) do nothing
      returning upload_id
  )
  select count(*) from queued
$$;
revoke execute on function settlement_requeue(bigint) from public;
grant execute on function settlement_requeue(bigint) to sikka_server;

drop function settlement_requeue_orders(bigint, timestamptz);
create function settlement_requeue_orders(p_debit bigint) returns bigint
  language sql
  set search_path = pg_catalog, public, pg_temp
as $$
  with queued as (
    insert into inbox (upload_id, visible_at)
      select distinct r.upload_id, settlement_now()
        from signed_orders as o
        join rejected_items as r on r.signed_order = o.id
          and r.code in ('insufficient_funds', 'device_not_active', 'limit_wallet_inactive')
        where o.debit_account = p_debit
          and not exists (select from settled_orders as s where s.signed_order = o.id)
        order by r.upload_id
      on conflict (upload_id) do nothing
      returning upload_id
  )
  select count(*) from queued
$$;
revoke execute on function settlement_requeue_orders(bigint) from public;
grant execute on function settlement_requeue_orders(bigint) to sikka_server;
