-- What a payer or a payee says is wrong with a payment of theirs, and what the bank's staff say of
-- it (decisions/0039). No money moves by it.
create table disputes (
  id bigint generated always as identity primary key,
  payment_id bytea not null
    constraint disputes_payment check (octet_length(payment_id) = 32),
  account_id bigint not null references accounts (id),
  side text not null constraint disputes_side check (side in ('payer', 'payee')),
  -- One of a closed list: nobody's own words, which would have to be forgotten with him.
  reason text not null constraint disputes_reason check (reason in (
    'not_mine', 'wrong_amount', 'wrong_payee', 'paid_twice', 'goods_missing', 'money_missing',
    'refund_missing', 'other'
  )),
  opened_at timestamptz not null,
  outcome text constraint disputes_outcome check (outcome in ('upheld', 'dismissed')),
  decided_by bigint references accounts (id),
  decided_at timestamptz,
  -- One a side: whoever says it again gets the one there is.
  constraint disputes_once unique (payment_id, account_id),
  constraint disputes_decided check
    ((outcome is null) = (decided_at is null) and (outcome is null) = (decided_by is null))
);
create index disputes_open on disputes (id) where outcome is null;
create index disputes_by_account on disputes (account_id, id);
create trigger disputes_decided_once before update on disputes
  for each row execute function decided_once();
alter table disputes enable always trigger disputes_decided_once;
revoke all on disputes from public, sikka_server;
grant select, insert, update (outcome, decided_by, decided_at) on disputes to sikka_server;
