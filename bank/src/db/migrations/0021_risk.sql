-- Risk: the rules that operators write, as data, and each score with what it was made of
-- (decisions/0022).

-- A version's document never changes; only its status does. `version` 0 is not here: the rules
-- that the bank comes with.
create table risk_rules (
  version integer generated always as identity primary key,
  name text not null constraint risk_rules_name check (char_length(name) between 3 and 60),
  document jsonb not null
    constraint risk_rules_document check (octet_length(document::text) <= 131072),
  -- SHA-256 of the document as the bank writes it: what a score names.
  digest bytea not null constraint risk_rules_digest check (octet_length(digest) = 32),
  created_by bigint not null references accounts (id),
  created_at timestamptz not null,
  status text not null default 'draft' constraint risk_rules_status
    check (status in ('draft', 'back_tested', 'shadow', 'active', 'retired')),
  activated_by bigint references accounts (id),
  activated_at timestamptz,
  -- What was active until then, and is again after a roll-back; null: the rules of the bank.
  replaced integer references risk_rules (version),
  -- Four eyes, whatever the program does.
  constraint risk_rules_four_eyes check (activated_by is null or activated_by <> created_by),
  constraint risk_rules_activated check ((activated_by is null) = (activated_at is null)),
  constraint risk_rules_in_force
    check (status not in ('active', 'retired') or activated_by is not null)
);
create unique index risk_rules_active on risk_rules (status) where status = 'active';
create unique index risk_rules_shadow on risk_rules (status) where status = 'shadow';
revoke all on risk_rules from public, sikka_server;
grant select, insert, update (status, activated_by, activated_at, replaced) on risk_rules
  to sikka_server;

-- What happened to a version, and who did it.
create table risk_rule_events (
  id bigint generated always as identity primary key,
  version integer not null references risk_rules (version),
  act text not null constraint risk_rule_events_act check (act in (
    'created', 'back_tested', 'shadowed', 'unshadowed', 'activated', 'retired', 'restored'
  )),
  by_account bigint not null references accounts (id),
  -- Of a back-test.
  report jsonb,
  at timestamptz not null,
  constraint risk_rule_events_report check ((report is not null) = (act = 'back_tested'))
);
create index risk_rule_events_version on risk_rule_events (version, id);
select sikka_append_only('risk_rule_events');

-- One row an item of an upload, written with the upload's effect. Facts are counts, sizes and
-- distances: no names, no numbers of people. Wallets are columns, so that history can be asked.
create table risk_scores (
  -- The upload: `bundle:…`, 1 to 200 characters.
  subject text not null
    constraint risk_scores_subject check (octet_length(subject) between 1 and 200),
  item integer not null constraint risk_scores_item check (item >= 0),
  device text not null constraint risk_scores_device check (octet_length(device) between 1 and 200),
  payer_wallet bigint,
  payee_wallet bigint,
  amount bigint not null constraint risk_scores_amount check (amount >= 0),
  currency integer not null,
  -- Of the payer's signed payment, where there is one.
  payment_id bytea constraint risk_scores_payment check (octet_length(payment_id) = 32),
  -- When the device says that it happened.
  claimed_at timestamptz not null,
  at timestamptz not null,
  model_version integer not null,
  rules_version integer not null,
  rules_digest bytea not null
    constraint risk_scores_rules_digest check (octet_length(rules_digest) = 32),
  facts jsonb not null,
  -- In ten thousandths.
  score integer not null constraint risk_scores_score check (score between 0 and 10000),
  action text not null
    constraint risk_scores_action check (action in ('accept', 'review', 'quarantine')),
  reasons jsonb not null,
  -- What the rules in shadow would have said; it decides nothing.
  shadow_version integer,
  shadow_score integer constraint risk_scores_shadow_score check (shadow_score between 0 and 10000),
  shadow_action text
    constraint risk_scores_shadow_action
      check (shadow_action in ('accept', 'review', 'quarantine')),
  primary key (subject, item),
  constraint risk_scores_shadow check (
    (shadow_version is null) = (shadow_score is null)
    and (shadow_version is null) = (shadow_action is null)
  )
);
create index risk_scores_by_payer on risk_scores (payer_wallet, claimed_at);
create index risk_scores_by_device on risk_scores (device, claimed_at);
create index risk_scores_by_payment on risk_scores (payment_id) where payment_id is not null;
create index risk_scores_by_time on risk_scores (at);
select sikka_append_only('risk_scores');
