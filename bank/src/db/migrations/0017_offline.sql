-- What older clients say beside the payments that they hand in (http-api.md, "Offline
-- transactions"). Nothing here moves money.

-- The chain that a client keeps over what it hands in: one a person and device fingerprint. The
-- head is the highest sequence. The same entry again is the same row.
create table chain_entries (
  account_id bigint not null references accounts (id),
  -- SHA-256 of the fingerprint: the text itself is a mark of somebody's phone.
  fingerprint bytea not null check (octet_length(fingerprint) = 32),
  sequence bigint not null check (sequence >= 0),
  prev_hash bytea not null check (octet_length(prev_hash) = 32),
  entry_hash bytea not null check (octet_length(entry_hash) = 32),
  -- Of the canonical text, which is hashed and never read.
  canonical_sha256 bytea not null check (octet_length(canonical_sha256) = 32),
  at timestamptz not null,
  primary key (account_id, fingerprint, sequence),
  unique (account_id, fingerprint, entry_hash)
);
select sikka_append_only('chain_entries');

-- What a receiver says it received, signed by its own wallet's key: never money, and linked to a
-- payment only where that payment's payee is the same person.
create table receiver_attestations (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts (id),
  receiver_wallet bigint not null references wallets (number),
  nonce text collate "C" not null check (octet_length(nonce) between 1 and 128),
  payer_id text not null check (octet_length(payer_id) between 1 and 512),
  tx_id text not null check (octet_length(tx_id) <= 512),
  amount bigint not null check (amount > 0),
  currency int not null,
  key_id bytea not null references wallet_keys (id),
  text bytea not null check (octet_length(text) between 1 and 4000),
  signature bytea not null check (octet_length(signature) = 256),
  -- Of the nine fields, whatever form they were signed in: the same again is compared by it.
  content_sha256 bytea not null check (octet_length(content_sha256) = 32),
  received_at timestamptz not null,
  unique (receiver_wallet, payer_id, nonce)
);
create index receiver_attestations_by_nonce on receiver_attestations (nonce, account_id);
create index receiver_attestations_of on receiver_attestations (account_id, id desc);
select sikka_append_only('receiver_attestations');

-- That one of the two parties has confirmed a settled payment. It changes what is shown, only.
create table offline_confirmations (
  key_payment bigint primary key references key_payments (id),
  by_account bigint not null references accounts (id),
  at timestamptz not null
);
select sikka_append_only('offline_confirmations');
