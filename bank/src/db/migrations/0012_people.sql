-- What is known about people, sealed; passwords; one-time codes; counting of failed attempts.

-- An address, a name as typed and a telephone number are personal data: they are kept sealed
-- below. What stays here is the name and town that an operator has verified and payers are shown.
-- Rows of before are sealed when the bank starts, because the vault is not in the database.
alter table accounts alter column email drop not null;
alter table accounts alter column name drop not null;
alter table accounts add column blocked_at timestamptz;
grant update (email, blocked_at) on accounts to sikka_server;

-- Sealed under a key of this person alone, which lies in a table of its own.
create table personal_data (
  account_id bigint primary key references accounts (id),
  -- HMAC-SHA-256 of the folded address, under a key that is not in the database in the clear.
  email_lookup bytea unique constraint personal_data_lookup check (octet_length(email_lookup) = 32),
  email_verified_at timestamptz,
  sealed bytea,
  language text not null default 'en'
    constraint personal_data_language check (language in ('en', 'ur')),
  -- Not to be erased before.
  hold_until timestamptz,
  erased_at timestamptz,
  constraint personal_data_whole check (
    (erased_at is null) = (sealed is not null) and (erased_at is null or email_lookup is null)
  )
);
grant select, insert on personal_data to sikka_server;
grant update (email_lookup, email_verified_at, sealed, language, hold_until, erased_at)
  on personal_data to sikka_server;

-- Forgetting this key is forgetting the person. Backups of everything else are kept for years,
-- of this table for days: then a person is forgotten in every backup as well.
create table person_keys (
  account_id bigint primary key references personal_data (account_id),
  sealed bytea not null,
  -- Which vault sealed it.
  vault text not null
);
grant select, insert, delete, update (sealed, vault) on person_keys to sikka_server;

create table passwords (
  account_id bigint primary key references accounts (id),
  hash text not null constraint passwords_bcrypt check (hash ~ '^\$2[aby]\$\d\d\$.{53}$'),
  changed_at timestamptz not null
);
grant select, insert, delete on passwords to sikka_server;
grant update (hash, changed_at) on passwords to sikka_server;

-- One-time codes. `account_id` is null for an address that nobody here has: who asks is told the
-- same, and no code fits.
create table otp_challenges (
  id bytea primary key constraint otp_challenges_id check (octet_length(id) = 16),
  account_id bigint references accounts (id),
  -- Whose codes are counted together: of an address, or of an account.
  subject_mac bytea not null
    constraint otp_challenges_subject check (octet_length(subject_mac) = 32),
  -- And of those, which one client asked for.
  client_mac bytea constraint otp_challenges_client check (octet_length(client_mac) = 32),
  purpose text not null constraint otp_challenges_purpose check (purpose in (
    'verify_email', 'login', 'forgot_password', 'step_up', 'top_up', 'create_wallet'
  )),
  -- What exactly the code allows, where the purpose does not say it.
  about text constraint otp_challenges_about check (octet_length(about) between 1 and 200),
  -- The code itself is in no column.
  code_mac bytea not null constraint otp_challenges_code check (octet_length(code_mac) = 32),
  attempts smallint not null default 0
    constraint otp_challenges_attempts check (attempts between 0 and 5),
  fingerprint bytea constraint otp_challenges_fingerprint check (octet_length(fingerprint) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index otp_challenges_newest on otp_challenges (subject_mac, purpose, created_at desc);
create index otp_challenges_expired on otp_challenges (expires_at);
grant select, insert, delete on otp_challenges to sikka_server;
grant update (attempts, used_at) on otp_challenges to sikka_server;

-- Wrong passwords and codes, by address and client, and by address alone (both as HMACs).
create table login_failures (
  bucket bytea primary key constraint login_failures_bucket check (octet_length(bucket) = 32),
  failures int not null constraint login_failures_count check (failures >= 0),
  window_start timestamptz not null,
  locked_until timestamptz
);
create index login_failures_window on login_failures (window_start);
grant select, insert, delete on login_failures to sikka_server;
grant update (failures, window_start, locked_until) on login_failures to sikka_server;
