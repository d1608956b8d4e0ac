-- Passkeys (WebAuthn): a second factor that is bound to our pages, so it cannot be passed on.

create table passkeys (
  credential_id bytea primary key
    constraint passkeys_credential_id check (octet_length(credential_id) between 16 and 1023),
  account_id bigint not null references accounts (id),
  -- COSE_Key.
  public_key bytea not null constraint passkeys_public_key check (octet_length(public_key) <= 1024),
  -- Of signatures; 0 for ever where the authenticator does not count.
  counter bigint not null constraint passkeys_counter check (counter between 0 and 4294967295),
  transports text[] not null,
  -- What the person calls it.
  name text not null constraint passkeys_name check (char_length(name) between 1 and 60),
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_account on passkeys (account_id);

-- 32 random bytes, signed once. A try uses one up, whatever comes of it.
create table passkey_challenges (
  challenge bytea primary key
    constraint passkey_challenges_challenge check (octet_length(challenge) = 32),
  account_id bigint not null references accounts (id),
  purpose text not null constraint passkey_challenges_purpose
    check (purpose in ('register', 'step_up', 'login')),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index passkey_challenges_account on passkey_challenges (account_id);
create index passkey_challenges_expired on passkey_challenges (expires_at);

revoke all on passkeys, passkey_challenges from public, sikka_server;
grant select, insert, delete, update (counter, last_used_at) on passkeys to sikka_server;
grant select, insert, delete, update (used_at) on passkey_challenges to sikka_server;

-- When a person is erased, so is what their phones called themselves; that there was a session
-- stays, for those who look into an old case.
grant update (agent) on sessions to sikka_server;
