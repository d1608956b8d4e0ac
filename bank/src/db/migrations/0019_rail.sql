-- What banks elsewhere told us, so that nothing of it is done twice (decisions/0021). Files are
-- kept as they came; here is which were read, and what each line of them led to.

create table rail_files (
  name text primary key constraint rail_files_name check (name ~ '^[A-Za-z0-9._-]{1,104}$'),
  sha256 bytea not null constraint rail_files_sha256 check (octet_length(sha256) = 32),
  -- Null where the file was refused, with the code.
  kind text constraint rail_files_kind check (kind in ('pacs.008.001.08', 'camt.053.001.08')),
  message_id text
    constraint rail_files_message_id check (octet_length(message_id) between 1 and 35),
  refused text constraint rail_files_refused check (refused ~ '^rail/[a-z_]{1,40}$'),
  at timestamptz not null,
  constraint rail_files_one_outcome check (
    (refused is null) = (kind is not null) and (kind is null) = (message_id is null)
  )
);

-- One row for each credit of each message. `told` credits reach the wallets' side once: a second
-- message about the same transaction (the statement after the transfer) says what is known.
create table rail_messages (
  rail text not null,
  message_id text not null,
  reference text not null,
  end_to_end_id text not null,
  amount_minor bigint not null constraint rail_messages_amount check (amount_minor > 0),
  currency int not null,
  status text not null constraint rail_messages_status
    check (status in ('credited', 'held', 'known', 'contradicts')),
  file text not null references rail_files (name),
  at timestamptz not null,
  -- Two files may hold one message.
  primary key (file, reference)
);
create unique index rail_messages_told on rail_messages (rail, reference)
  where status in ('credited', 'held');
create index rail_messages_reference on rail_messages (rail, reference);

revoke all on rail_files, rail_messages from public, sikka_server;
grant select, insert on rail_files, rail_messages to sikka_server;
select sikka_append_only('rail_files');
select sikka_append_only('rail_messages');
