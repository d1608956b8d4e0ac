-- settlement_requeue_orders again: hands back to the inbox what waited on this account, for money
-- or for whoever signed it to be let in again. A till that is activated and a person approved
-- again bring back what was refused meanwhile; before, it waited for somebody to hand it in again.
create or replace function settlement_requeue_orders(p_debit bigint, p_at timestamptz)
  returns bigint
  language sql
  set search_path = pg_catalog, public, pg_temp
as $$
  with queued as (
    insert into inbox (upload_id, visible_at)
      select distinct r.upload_id, p_at
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
