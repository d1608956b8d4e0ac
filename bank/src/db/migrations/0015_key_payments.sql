-- Payments signed by a wallet's key (spec/wallet-key.md): what was first proved under a nonce, and
-- what moved money. The function that posts them is in the next migration.

-- One row a nonce of a payer's wallet, for ever: the first payment that was proved under it,
-- settled or not. Its id is what the API calls the transaction. Nothing is reserved for it.
create table key_payments (
  id bigint generated always as identity primary key,
  -- Of what it says (spec/wallet-key.md §4), not of how it was written or signed.
  payment_id bytea not null unique
    constraint key_payments_payment_id_size check (octet_length(payment_id) = 32),
  payer_wallet bigint not null references wallets (number),
  nonce text collate "C" not null
    constraint key_payments_nonce_form check (nonce ~ '^[ -~]{1,128}$'),
  -- That it was proved by.
  key_id bytea not null references wallet_keys (id),
  payer_account bigint not null references accounts (id),
  payee_key bytea not null
    constraint key_payments_payee_key_size check (octet_length(payee_key) = 32),
  -- Whose key that was when this row came; nobody's perhaps.
  payee_wallet bigint,
  amount bigint not null
    constraint key_payments_amount check (amount between 1 and 9007199254740991),
  currency int not null,
  -- As the payer wrote it.
  claimed_at text not null
    constraint key_payments_claimed_at_form check (claimed_at ~ '^[ -~]{1,64}$'),
  -- What the signed text covers: the six members, or all that was sent.
  covered text not null constraint key_payments_covered check (covered in ('six', 'whole')),
  -- Text and signature, as handed in.
  item bytea not null constraint key_payments_item_size check (octet_length(item) <= 4096),
  receipt text,
  -- `sign_and_store`: by the payer's own session, which vouches for the time.
  stored_by text not null
    constraint key_payments_stored_by check (stored_by in ('sign_and_store', 'sync')),
  received_at timestamptz not null,
  constraint key_payments_nonce unique (payer_wallet, nonce)
);
create index key_payments_by_payer on key_payments (payer_account, id);
create index key_payments_by_payee on key_payments (payee_wallet, id)
  where payee_wallet is not null;
create index key_payments_by_wallet on key_payments (payer_wallet, received_at);
-- What a receiver attests names the nonce, and no wallet of the payer.
create index key_payments_by_nonce on key_payments (nonce);
select sikka_append_only('key_payments');

-- Those that moved money: once, by the primary key. The evidence is the item in uploads.bytes at
-- evidence_at, as for settled_payments; they share the places (batch, ordinal) in the log.
create table settled_key_payments (
  payment_id bytea primary key
    constraint settled_key_payments_payment_id_size check (octet_length(payment_id) = 32),
  key_payment bigint not null unique,
  payer_wallet bigint not null,
  key_id bytea not null
    constraint settled_key_payments_key_id_size check (octet_length(key_id) = 32),
  amount bigint not null check (amount > 0),
  currency int not null,
  -- Whose key the payer named; its owner's current wallet was credited.
  payee_wallet bigint not null,
  batch_id bigint not null,
  ordinal integer not null,
  upload_id bigint not null,
  item integer not null,
  evidence_at integer not null,
  settled_at timestamptz not null,
  -- Of the item's bytes: the same bytes again need no second look at their signature.
  item_sha256 bytea not null
    constraint settled_key_payments_item_size check (octet_length(item_sha256) = 32)
);
create unique index settled_key_payments_leaves on settled_key_payments (batch_id, ordinal);
create index settled_key_payments_by_payee on settled_key_payments (payee_wallet, key_payment);
select sikka_append_only('settled_key_payments');

-- `key_payment`: the row whose nonce the refused item holds; a refusal about the bytes has none.
alter table rejected_items
  add column key_payment bigint,
  drop constraint rejected_items_kind_check,
  add constraint rejected_items_kind_check
    check (kind in ('payment', 'refund', 'return', 'key_payment', 'other'));
create index rejected_items_by_key_payment on rejected_items (key_payment, id)
  where key_payment is not null;

-- Hands back to the inbox what waited for this account's review: to be called in the transaction
-- that ends the review. Answers the number of uploads.
create function settlement_requeue(p_account bigint, p_at timestamptz) returns bigint
  language sql
  set search_path = pg_catalog, public, pg_temp
as $$
  with queued as (
    insert into inbox (upload_id, visible_at)
      select distinct r.upload_id, p_at
        from key_payments as k
        join rejected_items as r on r.key_payment = k.id and r.code = 'payer_under_review'
        where k.payer_account = p_account
          and not exists (select from settled_key_payments as s where s.key_payment = k.id)
      on conflict (upload_id) do nothing
      returning upload_id
  )
  select count(*) from queued
$$;
revoke execute on function settlement_requeue(bigint, timestamptz) from public;
grant execute on function settlement_requeue(bigint, timestamptz) to sikka_server;
