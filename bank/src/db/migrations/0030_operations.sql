-- The nightly check of money against evidence: one a UTC day, whoever of the workers begins first.

create table nightly_checks (
  day date primary key,
  -- Whoever set it has the day; one that never finishes is taken over later.
  started_at timestamptz not null,
  finished_at timestamptz,
  ok boolean,
  report jsonb,
  constraint nightly_checks_finished
    check ((finished_at is null) = (ok is null) and (finished_at is null) = (report is null))
);
revoke all on nightly_checks from public, sikka_server;
grant select, insert on nightly_checks to sikka_server;
grant update (started_at, finished_at, ok, report) on nightly_checks to sikka_server;
