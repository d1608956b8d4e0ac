-- A number is found only while somebody of the bank has seen that the person answers at it, and is
-- one person's at most (decisions/0031).
alter table personal_data
  add column phone_verified_at timestamptz,
  add constraint personal_data_phone_verified
    check ((phone_lookup is null) = (phone_verified_at is null));
drop index personal_data_phone_lookup;
create unique index personal_data_phone_lookup on personal_data (phone_lookup)
  where phone_lookup is not null;
grant update (phone_verified_at) on personal_data to sikka_server;
