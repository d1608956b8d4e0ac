-- A policy of allowances that is set is an event of the audit chain, in the transaction of the row
-- and however the row is written, so that who kept a checkpoint sees it changed afterwards
-- (spec/log.md §2). Those that 0008 began with are in spec/settlement.md §4, and need no event.
create function allowance_policy_terms(policy allowance_policies) returns text
  language sql
  stable
  set search_path = pg_catalog, pg_temp
as $$
  select format(
    '{"limit":"%s","per_payment":"%s","count":%s,"valid_days":%s,"claim_days":%s,'
      '"max_per_account":"%s","max_per_device":"%s","valid_from":"%s"}',
    policy.limit_minor, policy.per_payment_minor, policy.count, policy.valid_days,
    policy.claim_days, policy.max_per_account_minor, policy.max_per_device_minor,
    to_char(policy.valid_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
  )
$$;
revoke execute on function allowance_policy_terms(allowance_policies) from public;
grant execute on function allowance_policy_terms(allowance_policies) to sikka_server;

create function allowance_policy_told() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform public.audit_record(
    array['system'], array['allowance_policy.set'],
    array[format('allowance_policy:%s:%s', new.currency, new.epoch)], array['ok'],
    array[public.allowance_policy_terms(new)], clock_timestamp()
  );
  return null;
end
$$;
revoke execute on function allowance_policy_told() from public;

create trigger allowance_policy_told
  after insert on allowance_policies
  for each row execute function allowance_policy_told();
alter table allowance_policies enable always trigger allowance_policy_told;

-- Those that were set before this migration are told as of now.
select audit_record(
    array_agg('system'::text), array_agg('allowance_policy.set'::text),
    array_agg(format('allowance_policy:%s:%s', p.currency, p.epoch) order by p.currency, p.epoch),
    array_agg('ok'::text),
    array_agg(allowance_policy_terms(p) order by p.currency, p.epoch), clock_timestamp()
  )
  from allowance_policies as p
  where p.epoch > 1 or p.currency not in (586, 840, 784, 682, 952)
  having count(*) > 0;
