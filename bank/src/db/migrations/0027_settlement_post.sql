-- settlement_post again, for a batch that holds orders as well (0026).
--
-- Lock order, everywhere: reviews (their deciders alone), the signer's row (kyc_users or tills:
-- intakes and changes of status alone), inbox row, allowance_states by no, wallets of payers by
-- number, limit_wallets by no, tenant_floats by no, key_payments by payer wallet and nonce,
-- signed_orders by kind, signer and number, accounts and devices by id, paid_requests by wallet and
-- bind, ledger_balances by account (inside ledger_post, last). A batch locks neither kyc_users nor
-- tills: whoever changes such a row locks it and then its limit_wallets row, or its tenant's
-- tenant_floats, so that every batch which decides later sees it.

drop function settlement_post;

-- Posts what was decided about one upload, inside the caller's transaction and as its last
-- statement: the batch, its payments, first payments of requests, states, audit, log and inbox,
-- then the money. Answers the batch's id and the 1-based places of `extra` payments. With
-- `p_last` the upload leaves the inbox; else more of it is to be decided.
--
-- `p_digests` holds four times 32 bytes a payment: payment id, previous, bind, packet hash (one
-- binary parameter costs a tenth of four arrays of bytea).
-- `m_…` are transfers beside the settlements themselves: releases and refunds.
-- `k_…` are payments by wallet keys, whose rows in key_payments are there already; `k_digests`
-- holds payment id, key id, payee key and item hash of each. Their ordinals follow the others'.
-- `o_…` are orders, whose rows in signed_orders are there already; `o_digests` holds document id,
-- key id and item hash of each. Their ordinals follow those of the payments by keys.
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
  k_items integer[], k_evidence integer[], k_digests bytea, k_wallets bigint[],
  k_payees bigint[], k_amounts bigint[], k_currencies integer[], k_debits bigint[],
  k_credits bigint[],
  o_items integer[], o_evidence integer[], o_digests bytea, o_kinds text[], o_payees bigint[],
  o_amounts bigint[], o_currencies integer[], o_debits bigint[], o_credits bigint[],
  out batch bigint, out extra integer[]
)
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
as $$
declare
  size constant integer := cardinality(p_items);
  k_size constant integer := cardinality(k_items);
  o_size constant integer := cardinality(o_items);
  total constant integer := size + k_size + o_size;
  ids bytea[];
  k_ids bytea[] := '{}';
  o_ids bytea[] := '{}';
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
    values (p_upload, p_at, total, p_recorded, p_rejected, p_outcomes)
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

  if k_size > 0 then
    -- Joined to what was claimed: nothing settles that does not hold its nonce, and as it was read.
    with posted as (
      insert into settled_key_payments (
        payment_id, key_payment, payer_wallet, key_id, amount, currency, payee_wallet, batch_id,
        ordinal, upload_id, item, evidence_at, settled_at, item_sha256
      )
      select
        k.payment_id, k.id, k.payer_wallet, d.key_id, k.amount, k.currency, d.payee, batch,
        size + d.place - 1, p_upload, d.item, d.evidence, p_at, d.item_sha256
        from (
          select t.*,
            substring(k_digests from 128 * t.place::integer - 127 for 32) as payment_id,
            substring(k_digests from 128 * t.place::integer - 95 for 32) as key_id,
            substring(k_digests from 128 * t.place::integer - 63 for 32) as payee_key,
            substring(k_digests from 128 * t.place::integer - 31 for 32) as item_sha256
          from unnest(k_items, k_evidence, k_wallets, k_payees, k_amounts, k_currencies)
            with ordinality as t (item, evidence, wallet, payee, amount, currency, place)
        ) as d
        join key_payments as k on k.payment_id = d.payment_id
          and k.payer_wallet = d.wallet and k.amount = d.amount and k.currency = d.currency
          and k.payee_key = d.payee_key
      returning settled_key_payments.ordinal, settled_key_payments.payment_id
    )
    select array_agg(posted.payment_id order by posted.ordinal) into k_ids from posted;
    if cardinality(k_ids) is distinct from k_size then
      raise exception 'settlement_post: a payment of upload % holds no nonce', p_upload
        using errcode = 'SK004';
    end if;
  end if;

  if o_size > 0 then
    -- Joined to what was proved first under its number: nothing else settles, nor from elsewhere.
    with posted as (
      insert into settled_orders (
        document_id, signed_order, kind, key_id, amount, currency, payee_wallet, batch_id, ordinal,
        upload_id, item, evidence_at, settled_at, item_sha256
      )
      select
        o.document_id, o.id, o.kind, o.key_id, o.amount, o.currency, d.payee, batch,
        size + k_size + d.place - 1, p_upload, d.item, d.evidence, p_at, d.item_sha256
        from (
          select t.*,
            substring(o_digests from 96 * t.place::integer - 95 for 32) as document_id,
            substring(o_digests from 96 * t.place::integer - 63 for 32) as key_id,
            substring(o_digests from 96 * t.place::integer - 31 for 32) as item_sha256
          from unnest(o_items, o_evidence, o_kinds, o_payees, o_amounts, o_currencies, o_debits)
            with ordinality
            as t (item, evidence, kind, payee, amount, currency, debit, place)
        ) as d
        join signed_orders as o on o.document_id = d.document_id
          and o.kind = d.kind and o.key_id = d.key_id and o.amount = d.amount
          and o.currency = d.currency and o.debit_account = d.debit
      returning settled_orders.ordinal, settled_orders.document_id
    )
    select array_agg(posted.document_id order by posted.ordinal) into o_ids from posted;
    if cardinality(o_ids) is distinct from o_size then
      raise exception 'settlement_post: an order of upload % holds no number', p_upload
        using errcode = 'SK004';
    end if;
  end if;

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
  insert into event_outbox (topic, key, at) values ('settlement', batch, p_at);
  if total > 0 then
    insert into log_pending (batch_id, count) values (batch, total);
  end if;

  perform ledger_post(
    p_reservations || k_debits || o_debits || m_debits,
    p_payees || k_credits || o_credits || m_credits,
    p_amounts || k_amounts || o_amounts || m_amounts,
    p_currencies || k_currencies || o_currencies || m_currencies,
    array_fill('settlement'::text, array[total]) || m_kinds,
    ids || k_ids || o_ids || m_references, p_at
  );
end
$$;
revoke execute on function settlement_post from public;
grant execute on function settlement_post to sikka_server;
