-- Allowances: the right to spend offline up to a limit that the bank has reserved
-- (spec/settlement.md §4). The signed document and what it reserved never change; what became of
-- it is one row beside, which is also the lock of everything decided about the allowance.

-- Dated policy: the row in force is the one with the latest valid_from that has come. Changing a
-- value is a new row with the next epoch, which documents and bulletins name.
create table allowance_policies (
  currency integer not null,
  epoch integer not null check (epoch > 0),
  -- Most that one allowance may reserve, and that one payment under it may take.
  limit_minor bigint not null check (limit_minor > 0),
  per_payment_minor bigint not null check (per_payment_minor between 1 and limit_minor),
  -- Payments an allowance may number. Also bounds what settlement reads of one allowance.
  count integer not null check (count between 1 and 200),
  valid_days integer not null check (valid_days between 1 and 90),
  -- Days after `until` in which a claim is still received.
  claim_days integer not null check (claim_days between 1 and 90),
  -- Most that may be outstanding at once, over all devices of a person and for one device.
  max_per_account_minor bigint not null check (max_per_account_minor > 0),
  max_per_device_minor bigint not null check (max_per_device_minor > 0),
  valid_from timestamptz not null,
  primary key (currency, epoch)
);
select sikka_append_only('allowance_policies');

insert into allowance_policies
  (currency, epoch, limit_minor, per_payment_minor, count, valid_days, claim_days,
   max_per_account_minor, max_per_device_minor, valid_from)
values
  (586, 1, 2000000, 500000, 100, 14, 14, 5000000, 4000000, '2020-01-01T00:00:00Z'), -- PKR
  (840, 1,   10000,   5000, 100, 14, 14,   25000,   20000, '2020-01-01T00:00:00Z'), -- USD
  (784, 1,   40000,  20000, 100, 14, 14,  100000,   80000, '2020-01-01T00:00:00Z'), -- AED
  (682, 1,   40000,  20000, 100, 14, 14,  100000,   80000, '2020-01-01T00:00:00Z'), -- SAR
  (952, 1,   60000,  30000, 100, 14, 14,  150000,  120000, '2020-01-01T00:00:00Z'); -- XOF

-- The serial is inside the signed bytes, so it is taken before the row is written; a number lost
-- with a transaction is never used again.
create sequence allowance_serials as bigint;
grant usage on sequence allowance_serials to sikka_server;

create table allowances (
  no bigint primary key,
  id bytea not null unique check (octet_length(id) = 32),
  account_id bigint not null references accounts (id),
  device_no bigint not null references devices (no),
  payer_wallet bigint not null references wallets (number),
  journal_nonce bytea not null check (octet_length(journal_nonce) = 8),
  currency integer not null,
  limit_minor bigint not null check (limit_minor > 0),
  per_payment_minor bigint not null check (per_payment_minor between 1 and limit_minor),
  count integer not null check (count > 0),
  first_sequence integer not null check (first_sequence > 0),
  from_s bigint not null,
  until_s bigint not null check (until_s >= from_s),
  claim_until_s bigint not null check (claim_until_s >= until_s),
  policy_epoch integer not null,
  -- Its reservation: an account of its own, with a floor of zero.
  ledger_account bigint not null unique references ledger_accounts (id),
  -- The issued document (packet kind 9), byte for byte what the device was given.
  packet bytea not null,
  -- The device's request (packet kind 9) and its document id, by which asking again is compared.
  request bytea not null,
  request_id bytea not null check (octet_length(request_id) = 32),
  issued_at timestamptz not null,
  foreign key (currency, policy_epoch) references allowance_policies (currency, epoch),
  -- One allowance per device and journal, for ever (spec/settlement.md §4).
  unique (device_no, journal_nonce)
);
create index allowances_by_account on allowances (account_id, no);
create index allowances_by_wallet on allowances (payer_wallet);
select sikka_append_only('allowances');

create table allowance_states (
  no bigint primary key references allowances (no),
  status text not null
    check (status in ('active', 'exhausted', 'returned', 'revoked', 'expired', 'closed')),
  -- Copies of the signed values, for the two constraints below and the index.
  limit_minor bigint not null,
  claim_until_s bigint not null,
  settled_minor bigint not null default 0 check (settled_minor >= 0),
  released_minor bigint not null default 0 check (released_minor >= 0),
  -- Kept when the allowance is closed: that it was revoked stays known.
  revoked_at timestamptz,
  changed_at timestamptz not null,
  -- The funding lemma, as the database sees it: what is settled and given back is never more
  -- than was reserved, and a closed allowance holds nothing back.
  check (settled_minor + released_minor <= limit_minor),
  check (status <> 'closed' or settled_minor + released_minor = limit_minor)
) with (fillfactor = 50);
create index allowance_states_open on allowance_states (claim_until_s) where status <> 'closed';
create index allowance_states_revoked on allowance_states (no) where revoked_at is not null;
grant select, insert on allowance_states to sikka_server;
grant update (status, settled_minor, released_minor, revoked_at, changed_at)
  on allowance_states to sikka_server;
