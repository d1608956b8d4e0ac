-- Tenants with their tills and floats, policies of offline bundles, and the bundles themselves
-- (decisions/0026).

create table tenants (
  no bigint generated always as identity primary key,
  tenant_type text not null
    constraint tenants_type check (tenant_type in ('merchant', 'agent', 'internal')),
  tenant_id text not null constraint tenants_id check (tenant_id ~ '^[!-~]{1,64}$'),
  -- Its own account, with a current wallet.
  account_id bigint not null references accounts (id),
  created_at timestamptz not null,
  constraint tenants_alias unique (tenant_type, tenant_id)
);
create index tenants_by_id on tenants (tenant_id);
create index tenants_account on tenants (account_id);
select sikka_append_only('tenants');

-- Money that finance gave to a tenant, one account a currency, floor 0: cash-in debits it.
create table tenant_floats (
  no bigint generated always as identity primary key,
  tenant bigint not null references tenants (no),
  currency int not null,
  ledger_account bigint not null unique,
  constraint tenant_floats_currency unique (tenant, currency)
);
select sikka_append_only('tenant_floats');
-- Locked by batches that spend it, and by whoever suspends a till of its tenant.
grant update (currency) on tenant_floats to sikka_server;

-- A tenant's registered device. Its signature says what a bundle holds.
create table tills (
  no bigint generated always as identity primary key,
  device_id text not null unique constraint tills_device_id check (device_id ~ '^[ -~]{1,128}$'),
  tenant bigint not null references tenants (no),
  registered_by bigint not null references accounts (id),
  scheme text not null constraint tills_scheme check (scheme in ('ECDSA-P256', 'RS256')),
  -- P-256 compressed, or an RSA modulus.
  public_key bytea not null
    constraint tills_key_size check (octet_length(public_key) in (33, 256, 384, 512)),
  key_id bytea not null unique constraint tills_key_id_size check (octet_length(key_id) = 32),
  country text not null constraint tills_country check (country ~ '^[A-Z]{2}$'),
  currency int not null,
  status text not null default 'active'
    constraint tills_status check (status in ('active', 'suspended', 'revoked')),
  status_changed_at timestamptz not null,
  created_at timestamptz not null,
  last_seen_at timestamptz
);
create index tills_tenant on tills (tenant);
revoke all on tills from public, sikka_server;
grant select, insert on tills to sikka_server;
grant update (status, status_changed_at, last_seen_at) on tills to sikka_server;

create function till_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if old.status = 'revoked' and new.status <> 'revoked' then
    raise exception 'a revoked till stays revoked' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
revoke execute on function till_change() from public;
create trigger tills_change before update on tills
  for each row execute function till_change();
alter table tills enable always trigger tills_change;

-- What tills of a country may do offline: versions, the highest one in force counts. Each was
-- agreed by two people.
create table offline_policies (
  country text not null constraint offline_policies_country check (country ~ '^[A-Z]{2}$'),
  version int not null constraint offline_policies_version check (version >= 1),
  approval bigint not null references approvals (id),
  currency int not null,
  max_amount bigint not null constraint offline_policies_max_amount check (max_amount > 0),
  -- A count of transactions for each till and UTC day.
  max_per_day int not null constraint offline_policies_max_per_day check (max_per_day > 0),
  -- Above it somebody at the bank looks first.
  agent_approval_above bigint
    constraint offline_policies_agent_approval check (agent_approval_above >= 0),
  methods text[] not null constraint offline_policies_methods check (
    cardinality(methods) > 0 and methods <@ array['wallet', 'qr', 'ussd']
  ),
  max_age_hours int not null
    constraint offline_policies_max_age check (max_age_hours between 1 and 720),
  enabled boolean not null,
  -- Ten thousandths of a score of 1.
  review_from int not null default 1500
    constraint offline_policies_review_from check (review_from between 0 and 10000),
  quarantine_from int not null default 3500,
  effective_from timestamptz not null,
  primary key (country, version),
  constraint offline_policies_thresholds check (quarantine_from between review_from and 10000)
);
select sikka_append_only('offline_policies');

-- Each bundle whose signature held and whose inner ids were the outer ones, with the first answer.
create table device_bundles (
  id bigint generated always as identity primary key,
  bundle_id text not null unique
    constraint device_bundles_id check (octet_length(bundle_id) between 1 and 512),
  till bigint not null,
  payload_sha256 bytea not null unique
    constraint device_bundles_payload_size check (octet_length(payload_sha256) = 32),
  nonce text not null
    constraint device_bundles_nonce check (octet_length(nonce) between 1 and 512),
  verdict text not null constraint device_bundles_verdict
    check (verdict in ('accepted', 'pending_review', 'quarantined', 'rejected')),
  code text,
  policy_country text,
  policy_version int,
  score int constraint device_bundles_score check (score between 0 and 10000),
  review bigint,
  upload_id bigint unique,
  tx_count int not null constraint device_bundles_tx_count check (tx_count >= 0),
  totals jsonb,
  device_clock timestamptz not null,
  push_attempts int not null default 1
    constraint device_bundles_attempts check (push_attempts >= 1),
  received_at timestamptz not null,
  -- From then on its orders may move its own tenant's float.
  cleared_at timestamptz,
  constraint device_bundles_accepted check (verdict <> 'accepted' or cleared_at is not null),
  constraint device_bundles_rejected check (verdict <> 'rejected' or cleared_at is null),
  constraint device_bundles_reviewed check (
    (verdict in ('pending_review', 'quarantined')) = (review is not null)
  ),
  constraint device_bundles_code check ((verdict = 'rejected') = (code is not null))
);
-- No bundle of a till has a nonce of its earlier ones; rejected ones claim none.
create unique index device_bundles_till_nonce on device_bundles (till, nonce)
  where verdict <> 'rejected';
create index device_bundles_till on device_bundles (till, received_at);
create index device_bundles_review on device_bundles (review) where review is not null;
revoke all on device_bundles from public, sikka_server;
grant select, insert on device_bundles to sikka_server;
grant update (push_attempts, cleared_at, upload_id) on device_bundles to sikka_server;

create function device_bundle_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if (old.cleared_at is not null and new.cleared_at is distinct from old.cleared_at)
    or (old.upload_id is not null and new.upload_id is distinct from old.upload_id)
  then
    raise exception 'what became of a bundle stays so' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
revoke execute on function device_bundle_change() from public;
create trigger device_bundles_change before update on device_bundles
  for each row execute function device_bundle_change();
alter table device_bundles enable always trigger device_bundles_change;

-- A transaction of a till under its own number, for ever: bundled again after a lost reply it is
-- the same one.
create table till_transactions (
  id bigint generated always as identity primary key,
  till bigint not null,
  local_id text not null
    constraint till_transactions_local_id check (octet_length(local_id) between 1 and 512),
  bundle bigint not null,
  ordinal int not null constraint till_transactions_ordinal check (ordinal >= 0),
  content_sha256 bytea not null
    constraint till_transactions_content_size check (octet_length(content_sha256) = 32),
  type text not null constraint till_transactions_type
    check (type in ('p2p', 'merchant', 'cashin', 'cashout', 'agent')),
  amount bigint not null
    constraint till_transactions_amount check (amount between 1 and 9007199254740991),
  currency int not null,
  sender text not null
    constraint till_transactions_sender check (octet_length(sender) between 0 and 512),
  receiver text not null
    constraint till_transactions_receiver check (octet_length(receiver) between 0 and 512),
  -- Null where the receiver's text named nobody.
  payee_wallet bigint,
  -- Debits its own tenant's float.
  own boolean not null,
  -- Of the payment that moves the money, or of the order; null where it was refused at once.
  document_id bytea
    constraint till_transactions_document_size check (octet_length(document_id) = 32),
  -- Its place in the bundle's upload.
  item int constraint till_transactions_item check (item >= 0),
  refused text constraint till_transactions_refused check (octet_length(refused) between 1 and 200),
  initiated_at timestamptz not null,
  constraint till_transactions_number unique (till, local_id),
  constraint till_transactions_place unique (bundle, ordinal)
);
create index till_transactions_document on till_transactions (document_id)
  where document_id is not null;
select sikka_append_only('till_transactions');

-- What each bundle listed. `same` is false where the number was taken by another content.
create table bundle_transactions (
  bundle bigint not null,
  ordinal int not null constraint bundle_transactions_ordinal check (ordinal >= 0),
  transaction bigint not null,
  same boolean not null,
  primary key (bundle, ordinal)
);
select sikka_append_only('bundle_transactions');

-- Transactions of a till on a UTC day, by when they were begun. The row is the lock.
create table till_counters (
  till bigint not null,
  day date not null,
  count int not null constraint till_counters_count check (count >= 0),
  primary key (till, day)
) with (fillfactor = 50);
revoke all on till_counters from public, sikka_server;
grant select, insert, update (count), delete on till_counters to sikka_server;

-- A phone number as devices write receivers, without keeping it in the clear: HMAC under a secret
-- of the bank.
alter table personal_data
  add column phone_lookup bytea
    constraint personal_data_phone_lookup_size check (octet_length(phone_lookup) = 32);
create index personal_data_phone_lookup on personal_data (phone_lookup)
  where phone_lookup is not null;
grant update (phone_lookup) on personal_data to sikka_server;
