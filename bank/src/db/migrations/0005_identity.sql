-- Who people are: accounts, their roles, and the names that payees are shown by.

create table accounts (
  id bigint generated always as identity primary key,
  -- The "account" of documents (spec/identifiers.md); plain ASCII, as audit events want it.
  public_id text not null unique
    constraint accounts_public_id_form check (public_id ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
  email text not null unique,
  name text not null constraint accounts_name_size check (octet_length(name) between 1 and 200),
  -- Where the person trades; with the name it is what a payer is shown.
  town text,
  -- Null until an operator has seen papers: no credential before.
  name_verified_at timestamptz,
  phone text,
  -- ISO 4217 numeric: the first currency, in which totals are shown.
  currency int not null default 586,
  -- `review`: frozen after a contradiction; may still hand in what is pending.
  status text not null default 'active'
    constraint accounts_status check (status in ('active', 'review', 'closed')),
  status_reason text,
  created_at timestamptz not null
);
grant select, insert on accounts to sikka_server;
grant update (name, town, name_verified_at, phone, status, status_reason) on accounts
  to sikka_server;

create table account_roles (
  account_id bigint not null references accounts (id),
  role text not null
    constraint account_roles_role check (role in (
      'user', 'merchant', 'agent', 'support', 'risk', 'finance', 'pay_admin', 'admin'
    )),
  granted_at timestamptz not null,
  primary key (account_id, role)
);
grant select, insert, delete on account_roles to sikka_server;

-- Name, town and currency are unique together among those who may be paid, compared after NFKC
-- and case folding (spec/identifiers.md). Claimed with the first credential, and kept: a name
-- that once stood on a credential is never another's.
create table payee_names (
  currency int not null,
  name_folded text not null,
  town_folded text not null,
  account_id bigint not null references accounts (id),
  claimed_at timestamptz not null,
  primary key (currency, name_folded, town_folded)
);
create index payee_names_account on payee_names (account_id, currency);
select sikka_append_only('payee_names');
