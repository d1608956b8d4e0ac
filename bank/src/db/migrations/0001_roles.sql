-- The two roles (house.md, "Migrations"): the owner in DATABASE_URL, who migrates, and
-- sikka_server, which the bank takes with `set role` and which cannot change evidence.

-- Roles belong to the whole server, so several databases migrating at once may race here:
-- whoever comes second finds the role and goes on.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'sikka_server') then
    create role sikka_server nologin;
  end if;
exception
  when duplicate_object or unique_violation then
    null;
end
$$;

-- The owner must be able to `set role sikka_server`. Since PostgreSQL 16 a membership carries a
-- SET option of its own, which the creator of a role does not get by default.
do $$
declare
  modern constant boolean := current_setting('server_version_num')::int >= 160000;
  may_set boolean;
begin
  for attempt in 1 .. 50 loop
    execute format(
      'select pg_catalog.pg_has_role(current_user, %L, %L)',
      'sikka_server', case when modern then 'SET' else 'MEMBER' end
    ) into may_set;
    exit when may_set;
    begin
      if modern then
        execute 'grant sikka_server to current_user with set true, inherit false';
      else
        execute 'grant sikka_server to current_user';
      end if;
    exception
      -- Another database's migration grants the same membership at this moment
      -- ("tuple concurrently updated" is an internal error): look again.
      when unique_violation or internal_error then
        perform pg_catalog.pg_sleep(0.02);
    end;
  end loop;
end
$$;

grant usage on schema public to sikka_server;
grant select on schema_migrations to sikka_server;

-- PostgreSQL 14 lets everybody create in public; later ones do not.
do $$
begin
  if pg_catalog.has_schema_privilege('sikka_server', 'public', 'CREATE')
    and (
      select pg_catalog.pg_has_role(current_user, nspowner, 'USAGE')
      from pg_catalog.pg_namespace where nspname = 'public'
    )
  then
    revoke create on schema public from public;
  end if;
end
$$;

create function sikka_refuse_change() returns trigger
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation',
      hint = 'Evidence is corrected by a new row, never by changing an old one.';
end
$$;

-- Makes a table append-only twice over: by trigger, for everybody including its owner, and by
-- privilege, for the server. Call it once in the migration that creates the table:
--   select sikka_append_only('ledger_entries');
create function sikka_append_only(target regclass) returns void
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  -- One statement-level trigger: it fires even where no row matches, and costs nothing per row.
  execute format(
    'create trigger append_only before update or delete or truncate on %s'
    ' for each statement execute function public.sikka_refuse_change()',
    target
  );
  -- Also while session_replication_role is "replica", which switches ordinary triggers off.
  execute format('alter table %s enable always trigger append_only', target);
  execute format('revoke all on %s from public, sikka_server', target);
  execute format('grant select, insert on %s to sikka_server', target);
end
$$;

revoke execute on function sikka_append_only(regclass) from public;
