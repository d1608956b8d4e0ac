-- Who is signed in, and with what they renew it.

create table sessions (
  id bytea primary key constraint sessions_id check (octet_length(id) = 16),
  account_id bigint not null references accounts (id),
  -- HMAC of what the client calls its device: copyable, so a hint and no proof.
  fingerprint bytea constraint sessions_fingerprint check (octet_length(fingerprint) = 32),
  -- The enrolled device whose key renews the session.
  device_no bigint references devices (no),
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  -- Idle since, and in any case.
  expires_at timestamptz not null,
  absolute_until timestamptz not null,
  ended_at timestamptz,
  ended_reason text,
  -- When the person last proved a second factor in it, and how.
  stepped_up_at timestamptz,
  stepped_up_by text,
  agent text constraint sessions_agent check (octet_length(agent) between 1 and 100),
  constraint sessions_bound check (fingerprint is not null or device_no is not null),
  constraint sessions_end check ((ended_at is null) = (ended_reason is null)),
  constraint sessions_step check ((stepped_up_at is null) = (stepped_up_by is null))
);
create index sessions_live on sessions (account_id) where ended_at is null;
grant select, insert on sessions to sikka_server;
grant update (
  last_used_at, expires_at, ended_at, ended_reason, stepped_up_at, stepped_up_by
) on sessions to sikka_server;

-- A family of tokens: each is used to get a next one. Only hashes are kept.
create table refresh_tokens (
  hash bytea primary key constraint refresh_tokens_hash check (octet_length(hash) = 32),
  session_id bytea not null references sessions (id),
  -- The token that this one was got with. One used while its sibling is used as well, or used
  -- after its child, is in two hands: the session ends.
  parent bytea references refresh_tokens (hash),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_family on refresh_tokens (session_id);
create index refresh_tokens_children on refresh_tokens (parent);
grant select, insert, delete on refresh_tokens to sikka_server;
grant update (used_at) on refresh_tokens to sikka_server;
