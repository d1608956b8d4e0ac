-- Rows that are written a thousand at a time: cheaper checks of their texts, and scores kept an
-- upload at a time (decisions/0022).

-- The same texts as before. A bounded repetition such as {1,200} is expanded into as many states,
-- anew for each text that is looked at: 0.2 ms an event. A length and a class are 3 µs.
alter table audit_events
  drop constraint audit_events_text,
  add constraint audit_events_text check (
    octet_length(actor) between 1 and 200 and actor collate "C" !~ '[^ -~]'
    and octet_length(action) between 1 and 64 and action collate "C" !~ '[^ -~]'
    and octet_length(subject) between 1 and 200 and subject collate "C" !~ '[^ -~]'
    and octet_length(outcome) between 1 and 64 and outcome collate "C" !~ '[^ -~]'
    and octet_length(details) between 1 and 8192 and details collate "C" !~ '[^ -~]'
  );
alter table ledger_transfers
  drop constraint ledger_transfers_kind,
  add constraint ledger_transfers_kind check (
    octet_length(kind) between 2 and 31 and kind collate "C" ~ '^[a-z][a-z_]+$'
  );
alter table wallet_transfers
  drop constraint wallet_transfers_reference,
  add constraint wallet_transfers_reference check (
    octet_length(reference) between 6 and 64 and reference collate "C" !~ '[^ -~]'
  );
alter table key_payments
  drop constraint key_payments_nonce_form,
  add constraint key_payments_nonce_form check (
    octet_length(nonce) between 1 and 128 and nonce collate "C" !~ '[^ -~]'
  ),
  drop constraint key_payments_claimed_at_form,
  add constraint key_payments_claimed_at_form check (
    octet_length(claimed_at) between 1 and 64 and claimed_at collate "C" !~ '[^ -~]'
  );

-- What is said of an upload once is one row; of an item there is only its own. Facts are numbers in
-- the order of the upload's `fact_names`.
alter table risk_scores rename to risk_scores_before;
alter table risk_scores_before rename constraint risk_scores_pkey to risk_scores_before_pkey;
drop index risk_scores_by_payer, risk_scores_by_device, risk_scores_by_payment,
  risk_scores_by_time;

create table risk_uploads (
  no bigint generated always as identity primary key,
  -- `bundle:…`, 1 to 200 characters.
  subject text not null unique
    constraint risk_uploads_subject check (octet_length(subject) between 1 and 200),
  device text not null
    constraint risk_uploads_device check (octet_length(device) between 1 and 200),
  at timestamptz not null,
  items integer not null constraint risk_uploads_items check (items > 0),
  model_version integer not null,
  rules_version integer not null,
  rules_digest bytea not null
    constraint risk_uploads_rules_digest check (octet_length(rules_digest) = 32),
  -- Of the rules in shadow, which decide nothing.
  shadow_version integer,
  fact_names text[] not null constraint risk_uploads_fact_names check (cardinality(fact_names) > 0)
);
create index risk_uploads_by_device on risk_uploads (device, at);
create index risk_uploads_by_time on risk_uploads (at, no);
select sikka_append_only('risk_uploads');

-- Facts are counts, sizes and distances: no names, no numbers of people. Wallets are columns, so
-- that history can be asked.
create table risk_scores (
  -- risk_uploads.no
  upload bigint not null,
  item integer not null constraint risk_scores_item check (item >= 0),
  payer_wallet bigint,
  payee_wallet bigint,
  amount bigint not null constraint risk_scores_amount check (amount >= 0),
  currency integer not null,
  own_float boolean not null,
  -- Of the payer's signed payment, where there is one.
  payment_id bytea constraint risk_scores_payment check (octet_length(payment_id) = 32),
  -- When the device says that it happened.
  claimed_at timestamptz not null,
  facts integer[] not null,
  -- In ten thousandths.
  score integer not null constraint risk_scores_score check (score between 0 and 10000),
  action text not null
    constraint risk_scores_action check (action in ('accept', 'review', 'quarantine')),
  -- Of what was let through none need be kept: facts, model and rules give them again.
  reasons jsonb,
  shadow_score integer constraint risk_scores_shadow_score check (shadow_score between 0 and 10000),
  shadow_action text
    constraint risk_scores_shadow_action
      check (shadow_action in ('accept', 'review', 'quarantine')),
  primary key (upload, item),
  constraint risk_scores_reasons check (action = 'accept' or reasons is not null),
  constraint risk_scores_shadow check ((shadow_score is null) = (shadow_action is null))
);
create index risk_scores_by_payer on risk_scores (payer_wallet, claimed_at)
  where payer_wallet is not null;
create index risk_scores_by_payment on risk_scores (payment_id) where payment_id is not null;
select sikka_append_only('risk_scores');

insert into risk_uploads (subject, device, at, items, model_version, rules_version, rules_digest,
    shadow_version, fact_names)
  select distinct on (subject) subject, device, at, count(*) over (partition by subject),
    model_version, rules_version, rules_digest, shadow_version,
    array(select jsonb_object_keys(facts) order by 1)
  from risk_scores_before
  order by subject, item;
insert into risk_scores (upload, item, payer_wallet, payee_wallet, amount, currency, own_float,
    payment_id, claimed_at, facts, score, action, reasons, shadow_score, shadow_action)
  select u.no, s.item, s.payer_wallet, s.payee_wallet, s.amount, s.currency,
    s.facts ->> 'own_float' = '1', s.payment_id, s.claimed_at,
    array(
      select (s.facts ->> n.name)::integer
      from unnest(u.fact_names) with ordinality as n (name, place) order by n.place
    ),
    s.score, s.action, s.reasons, s.shadow_score, s.shadow_action
  from risk_scores_before as s join risk_uploads as u on u.subject = s.subject
  order by u.no, s.item;
drop table risk_scores_before;
