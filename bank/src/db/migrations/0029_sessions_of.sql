-- A person's sessions, also those that have ended: every sign-in asks whether a device is known.
create index sessions_of on sessions (account_id, fingerprint);
