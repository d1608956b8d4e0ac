import type { Db } from '../db.ts';

/** One line of the dump, with what it is sorted by. */
interface Line {
  readonly object: string;
  readonly rank: number;
  readonly line: string;
}

/**
 * The schema as text, the same for every owner and every server of one major version (views and
 * constraints are in the server's own words): tables with their columns, constraints, indexes,
 * triggers and grants, then types and functions. Grants to the owner are left out, because every
 * owner has them.
 */
export async function dumpSchema(db: Db): Promise<string> {
  const lines: Line[] = [];
  for (const query of [relations, columns, constraints, indexes, triggers, types, functions]) {
    const { rows } = await db.query<Line>(query);
    lines.push(...rows);
  }
  lines.sort((a, b) => compare(a.object, b.object) || a.rank - b.rank || compare(a.line, b.line));
  return lines.map(({ rank, line }) => (rank === 0 ? `\n${line}\n` : `  ${line}\n`)).join('');
}

/** By code unit: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** `select, insert to sikka_server` for one access list. */
const grantsOf = (acl: string, owner: string) => `(
  select string_agg(privileges || ' to ' || grantee, '; ' order by grantee)
  from (
    select
      case item.grantee when 0 then 'public' else pg_get_userbyid(item.grantee) end as grantee,
      string_agg(lower(item.privilege_type), ', ' order by item.privilege_type) as privileges
    from aclexplode(${acl}) as item
    where item.grantee <> ${owner}
    group by item.grantee
  ) as grants)`;

const relations = `
  select 'table ' || relname as object, 0 as rank,
    case relkind
      when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
      when 'm' then 'materialized view' when 'S' then 'sequence' else relkind::text
    end || ' ' || relname
    || case when relkind in ('v', 'm') then ' as ' || pg_get_viewdef(c.oid) else '' end
    || case when relrowsecurity then ' with row security' else '' end
    || coalesce(' with (' || array_to_string(reloptions, ', ') || ')', '') as line
  from pg_class c
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
  union all
  select 'table ' || relname, 6, 'grant ' || ${grantsOf('relacl', 'relowner')}
  from pg_class c
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
    and ${grantsOf('relacl', 'relowner')} is not null`;

/** Numbered, because the order of columns is part of the schema. */
const columns = `
  select 'table ' || relname as object, 1 as rank,
    to_char(attnum, 'FM00') || ' ' || attname || ' ' || format_type(atttypid, atttypmod)
    || case when attnotnull then ' not null' else '' end
    || case when attidentity <> '' then
         ' identity ' || case attidentity when 'a' then 'always' else 'by default' end else '' end
    || coalesce(
         case when attgenerated <> '' then ' generated ' else ' default ' end
         || pg_get_expr(adbin, adrelid), '')
    || coalesce(' grant ' || ${grantsOf('attacl', 'relowner')}, '') as line
  from pg_attribute a
  join pg_class c on c.oid = attrelid
  left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    and attnum > 0 and not attisdropped`;

/** Not-null ones are with their columns; PostgreSQL 18 lists them here as well. */
const constraints = `
  select 'table ' || relname as object, 2 as rank,
    'constraint ' || conname || ' ' || pg_get_constraintdef(k.oid) as line
  from pg_constraint k
  join pg_class c on c.oid = conrelid
  where relnamespace = 'public'::regnamespace and contype not in ('n', 't')`;

const indexes = `
  select 'table ' || c.relname as object, 3 as rank, pg_get_indexdef(indexrelid) as line
  from pg_index
  join pg_class c on c.oid = indrelid
  where c.relnamespace = 'public'::regnamespace
    and not exists (select from pg_constraint where conindid = indexrelid and contype <> 'f')`;

const triggers = `
  select 'table ' || relname as object, 4 as rank,
    pg_get_triggerdef(t.oid)
    || case tgenabled
         when 'O' then '' when 'A' then ' enabled always' when 'D' then ' DISABLED'
         else ' enabled on replica' end as line
  from pg_trigger t
  join pg_class c on c.oid = tgrelid
  where relnamespace = 'public'::regnamespace and not tgisinternal`;

const types = `
  select 'type ' || typname as object, 0 as rank,
    case typtype
      when 'e' then 'enum ' || typname || ' ' || (
        select string_agg(enumlabel, ', ' order by enumsortorder)
        from pg_enum where enumtypid = t.oid)
      else 'domain ' || typname || ' ' || format_type(typbasetype, typtypmod) || coalesce((
        select ' ' || string_agg(pg_get_constraintdef(k.oid), ' ' order by conname)
        from pg_constraint k where contypid = t.oid and contype <> 'n'), '')
    end as line
  from pg_type t
  where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')`;

/** Bodies by their digest: the text is in the migration, the dump only shows that it changed. */
const functions = `
  select 'function ' || proname as object, 0 as rank,
    'function ' || proname || '(' || pg_get_function_arguments(p.oid) || ')'
    || coalesce(' returns ' || pg_get_function_result(p.oid), '')
    || case provolatile when 'i' then ' immutable' when 's' then ' stable' else '' end
    || case when prosecdef then ' security definer' else '' end
    || coalesce(' set ' || array_to_string(proconfig, ', '), '')
    || ' sha256 ' || left(encode(sha256(convert_to(
         coalesce(pg_get_function_sqlbody(p.oid), prosrc), 'UTF8')), 'hex'), 16) as line
  from pg_proc p
  where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')
  union all
  select 'function ' || proname, 6,
    'grant ' || coalesce(
      ${grantsOf("coalesce(proacl, acldefault('f', proowner))", 'proowner')}, 'none')
    || ' for (' || pg_get_function_identity_arguments(p.oid) || ')'
  from pg_proc p
  where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')`;
