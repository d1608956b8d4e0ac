-- What takes a second person, what waits for a person's look, and what became of a proved case
-- (decisions/0027).

-- One proposal of one act: what exactly is to be done, by whom proposed, by whom agreed to.
create table approvals (
  id bigint generated always as identity primary key,
  kind text not null constraint approvals_kind check (kind ~ '^[a-z][a-z_]{1,40}$'),
  subject text not null
    constraint approvals_subject check (octet_length(subject) between 1 and 200),
  -- JSON, exact: a second person agrees to these numbers and no others.
  content text not null constraint approvals_content check (octet_length(content) <= 16384),
  content_sha256 bytea not null
    constraint approvals_digest check (octet_length(content_sha256) = 32),
  -- Null: in a demo, by somebody without a token.
  proposed_by bigint references accounts (id),
  proposed_at timestamptz not null,
  decided_by bigint references accounts (id),
  decided_at timestamptz,
  -- `approved_alone`: in a demo, where nobody else is there.
  outcome text constraint approvals_outcome
    check (outcome in ('approved', 'approved_alone', 'withdrawn')),
  -- Four eyes, whatever the program does.
  constraint approvals_four_eyes check (decided_by is null or decided_by <> proposed_by),
  constraint approvals_by check
    ((outcome is not distinct from 'approved') = (decided_by is not null)),
  constraint approvals_decided check ((outcome is null) = (decided_at is null))
);
create unique index approvals_open on approvals (kind, subject, content_sha256)
  where outcome is null;
revoke all on approvals from public, sikka_server;
grant select, insert, update (decided_by, decided_at, outcome) on approvals to sikka_server;

-- What is held until somebody has looked at it: a bundle, or a fork of a ledger.
create table reviews (
  id bigint generated always as identity primary key,
  kind text not null constraint reviews_kind check (kind in ('bundle', 'ledger_fork')),
  upload_id bigint unique references uploads (id),
  subject text not null constraint reviews_subject check (octet_length(subject) between 1 and 200),
  amount bigint constraint reviews_amount check (amount >= 0),
  currency int,
  reasons text[] not null,
  -- Ten thousandths.
  score int constraint reviews_score check (score between 0 and 10000),
  opened_at timestamptz not null,
  outcome text constraint reviews_outcome check (outcome in ('released', 'rejected')),
  reason text constraint reviews_reason check (octet_length(reason) between 1 and 2000),
  decided_by bigint references accounts (id),
  decided_at timestamptz,
  constraint reviews_money check ((amount is null) = (currency is null)),
  constraint reviews_decided check ((outcome is null) = (decided_at is null))
);
create index reviews_open on reviews (id) where outcome is null;
revoke all on reviews from public, sikka_server;
grant select, insert, update (upload_id, outcome, reason, decided_by, decided_at) on reviews
  to sikka_server;

-- Both are decided once, and a review is of one upload.
create function decided_once() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if old.outcome is not null then
    raise exception 'what was decided stays so' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
revoke execute on function decided_once() from public;
create trigger approvals_once before update on approvals
  for each row execute function decided_once();
alter table approvals enable always trigger approvals_once;
create trigger reviews_once before update on reviews
  for each row execute function decided_once();
alter table reviews enable always trigger reviews_once;

create function review_upload_once() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if old.upload_id is not null and new.upload_id is distinct from old.upload_id then
    raise exception 'a review is of one upload' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
revoke execute on function review_upload_once() from public;
create trigger reviews_upload_once before update on reviews
  for each row execute function review_upload_once();
alter table reviews enable always trigger reviews_upload_once;

-- Held: nobody decides about this upload before its review is.
alter table inbox add held_by bigint references reviews (id);
grant update (held_by) on inbox to sikka_server;
drop index inbox_visible;
create index inbox_visible on inbox (visible_at) where held_by is null;

-- Allowances that a held upload names: these alone stay open for it.
create table held_allowances (
  upload_id bigint not null references uploads (id),
  allowance_no bigint not null references allowances (no),
  primary key (upload_id, allowance_no)
);
create index held_allowances_by_allowance on held_allowances (allowance_no);
revoke all on held_allowances from public, sikka_server;
grant select, insert, delete on held_allowances to sikka_server;

-- What became of a proved case: two persons say who bears the loss.
create table case_decisions (
  proof_id bytea primary key references proofs (id),
  approval bigint not null references approvals (id),
  loss text not null constraint case_decisions_loss check (loss in ('bank', 'payee')),
  -- Paid to the refused payee, in minor units.
  guarantee bigint not null default 0
    constraint case_decisions_guarantee check (guarantee >= 0),
  payee_wallet bigint references wallets (number),
  currency int not null,
  account text not null constraint case_decisions_account check (account in ('release', 'keep')),
  reason text not null
    constraint case_decisions_reason check (octet_length(reason) between 1 and 2000),
  decided_by bigint references accounts (id),
  at timestamptz not null,
  constraint case_decisions_paid check (guarantee = 0 or payee_wallet is not null)
);
select sikka_append_only('case_decisions');
