-- The bank's own keys (spec/suites.md §3, §4). Private halves are sealed by a vault whose master
-- key is not in the database.

-- Rows are never removed, so a number is never used again.
create table issuer_keys (
  number int primary key constraint issuer_keys_number check (number between 1 and 65535),
  suite text not null constraint issuer_keys_suite check (suite in ('ES256', 'EdDSA', 'PS256')),
  public_key bytea not null unique,
  sealed_private bytea not null,
  -- Which vault sealed it.
  vault text not null,
  created_at timestamptz not null,
  -- Verifiers accept its signatures in this window, both ends included.
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  -- It signs nothing from here on; it verifies until valid_until.
  retired_at timestamptz,
  constraint issuer_keys_window check (valid_from < valid_until)
);
revoke all on issuer_keys from public, sikka_server;
grant select, insert, update (sealed_private, vault, retired_at) on issuer_keys to sikka_server;

-- Keys to which others seal messages for the bank. P-256, public key as 33 bytes (SEC 1).
create table sealing_keys (
  number int primary key constraint sealing_keys_number check (number between 1 and 65535),
  public_key bytea not null unique
    constraint sealing_keys_point check (octet_length(public_key) = 33),
  sealed_private bytea not null,
  vault text not null,
  created_at timestamptz not null,
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  retired_at timestamptz,
  constraint sealing_keys_window check (valid_from < valid_until)
);
revoke all on sealing_keys from public, sikka_server;
grant select, insert, update (sealed_private, vault, retired_at) on sealing_keys to sikka_server;
