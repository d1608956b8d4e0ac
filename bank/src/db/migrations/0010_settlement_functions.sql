-- The functions of settlement (spec/settlement.md): receiving a batch, the moment up to which all
-- is received, and posting what was decided.
--
-- Lock order, everywhere: inbox row, allowance_states by no, accounts and devices by id,
-- paid_requests by wallet and bind, ledger_balances by account (inside ledger_post, last).

-- Stores a batch and its row of the inbox in one statement. The same bytes again are the first
-- row; they come back to the inbox where something in them was refused for a reason that may pass,
-- or was held.
create function settlement_receive(
  p_sha256 bytea, p_bytes bytea, p_uploader text, p_items integer, p_visible_at timestamptz,
  p_passing text[], out upload bigint, out received timestamptz
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
    insert into inbox (upload_id, visible_at) values (upload, p_visible_at);
    return;
  end if;
  select id, received_at into upload, received from uploads where sha256 = p_sha256;
  insert into inbox (upload_id, visible_at)
    select upload, p_visible_at
    where exists (
        select from rejected_items as r where r.upload_id = upload and r.code = any (p_passing)
      )
      or exists (select from held_items as h where h.upload_id = upload)
    on conflict (upload_id) do nothing;
end
$$;
revoke execute on function
  settlement_receive(bytea, bytea, text, integer, timestamptz, text[]) from public;
grant execute on function
  settlement_receive(bytea, bytea, text, integer, timestamptz, text[]) to sikka_server;

-- A moment, in whole seconds, before which no upload will be received any more: waits for the
-- inserts under way, whose time may be earlier, and reads the clock while none can begin. To be
-- called alone in its transaction, so that the lock is given back at once.
create function settlement_cutoff() returns bigint
  language plpgsql
  security definer
  -- Who hands in waits while this waits, so it gives up soon and is tried again later.
  set lock_timeout = '2s'
  set search_path = pg_catalog, pg_temp
as $$
begin
  lock table public.uploads in share mode;
  return floor(extract(epoch from clock_timestamp()));
end
$$;
revoke execute on function settlement_cutoff() from public;
grant execute on function settlement_cutoff() to sikka_server;

-- Posts what was decided about one upload, inside the caller's transaction and as its last
-- statement: the batch, its payments, first payments of requests, states, audit, log and inbox,
-- then the money. Answers the batch's id and the 1-based places of `extra` payments. With
-- `p_last` the upload leaves the inbox; else more of it is to be decided.
--
-- `p_digests` holds four times 32 bytes a payment: payment id, previous, bind, packet hash (one
-- binary parameter costs a tenth of four arrays of bytea).
-- `m_…` are transfers beside the settlements themselves: releases and refunds.
create function settlement_post(
  p_upload bigint, p_last boolean, p_at timestamptz, p_recorded integer, p_rejected integer,
  p_outcomes bytea,
  p_items integer[], p_evidence integer[], p_allowances bigint[], p_sequences integer[],
  p_amounts bigint[], p_spent bigint[], p_currencies integer[], p_wallets bigint[],
  p_modes integer[], p_proved text[], p_digests bytea, p_reservations bigint[], p_payees bigint[],
  s_nos bigint[], s_settled bigint[], s_released bigint[], s_statuses text[],
  s_revoked boolean[],
  m_debits bigint[], m_credits bigint[], m_amounts bigint[], m_currencies integer[],
  m_kinds text[], m_references bytea[],
  a_actors text[], a_actions text[], a_subjects text[], a_outcomes text[], a_details text[],
  out batch bigint, out extra integer[]
)
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
as $$
declare
  size constant integer := cardinality(p_items);
  ids bytea[];
begin
  delete from inbox where upload_id = p_upload and p_last;
  if p_last and not found then
    raise exception 'settlement_post: upload % is not in the inbox', p_upload
      using errcode = 'SK003';
  end if;
  if p_last then
    delete from held_items where upload_id = p_upload;
  end if;

  insert into settlement_batches (upload_id, at, settled, recorded, rejected, outcomes_digest)
    values (p_upload, p_at, size, p_recorded, p_rejected, p_outcomes)
    returning id into batch;

  -- Sorted, so that two batches that share requests wait for each other in one direction only.
  insert into paid_requests (payee_wallet, bind, allowance_no, sequence)
    select distinct on (d.wallet, d.bind) d.wallet, d.bind, d.allowance, d.sequence
      from (
        select substring(p_digests from 128 * t.place::integer - 63 for 32) as bind,
          t.allowance, t.sequence, t.wallet, t.mode, t.place
        from unnest(p_allowances, p_sequences, p_wallets, p_modes)
          with ordinality as t (allowance, sequence, wallet, mode, place)
      ) as d
      where d.mode = 1
      order by d.wallet, d.bind, d.place
    on conflict (payee_wallet, bind) do nothing;

  with posted as (
    insert into settled_payments (
      allowance_no, amount, spent, payee_wallet, batch_id, upload_id, settled_at, sequence,
      currency, ordinal, item, evidence_at, mode, extra, proved_by, payment_id, previous, bind,
      packet_sha256
    )
    select
      d.allowance, d.amount, d.spent, d.wallet, batch, p_upload, p_at, d.sequence, d.currency,
      d.place - 1, d.item, d.evidence, d.mode,
      -- A scalar subquery, so that the plan stays one index lookup a row at any size.
      coalesce(
        (select (r.allowance_no, r.sequence) <> (d.allowance, d.sequence)
          from paid_requests as r
          where r.payee_wallet = d.wallet and r.bind = d.bind and d.mode = 1),
        false
      ),
      d.proved, d.payment_id, d.previous, d.bind, d.packet
      from (
        select t.*,
          substring(p_digests from 128 * t.place::integer - 127 for 32) as payment_id,
          substring(p_digests from 128 * t.place::integer - 95 for 32) as previous,
          substring(p_digests from 128 * t.place::integer - 63 for 32) as bind,
          substring(p_digests from 128 * t.place::integer - 31 for 32) as packet
        from unnest(
          p_items, p_evidence, p_allowances, p_sequences, p_amounts, p_spent, p_currencies,
          p_wallets, p_modes, p_proved
        ) with ordinality as t (
          item, evidence, allowance, sequence, amount, spent, currency, wallet, mode, proved, place
        )
      ) as d
    returning settled_payments.ordinal, settled_payments.extra, settled_payments.payment_id
  )
  select
    coalesce(array_agg(posted.ordinal + 1) filter (where posted.extra), '{}'),
    coalesce(array_agg(posted.payment_id order by posted.ordinal), '{}')
    into extra, ids
    from posted;

  update allowance_states as s
    set settled_minor = s.settled_minor + d.settled,
      released_minor = s.released_minor + d.released,
      status = d.status,
      revoked_at = case when d.revoked then coalesce(s.revoked_at, p_at) else s.revoked_at end,
      changed_at = p_at
    from unnest(s_nos, s_settled, s_released, s_statuses, s_revoked)
      as d (no, settled, released, status, revoked)
    where s.no = d.no;

  perform audit_record(a_actors, a_actions, a_subjects, a_outcomes, a_details, p_at);
  if size > 0 then
    insert into log_pending (batch_id, count) values (batch, size);
  end if;

  perform ledger_post(
    p_reservations || m_debits, p_payees || m_credits, p_amounts || m_amounts,
    p_currencies || m_currencies, array_fill('settlement'::text, array[size]) || m_kinds,
    ids || m_references, p_at
  );
end
$$;
revoke execute on function settlement_post from public;
grant execute on function settlement_post to sikka_server;
