import type {} from '@sikka/bank/testing';
import pg from 'pg';
import { inject } from 'vitest';

/** A copy of a bank's database, whose owner does as he likes with it. */
export interface Copy {
  readonly url: string;
  /** As the owner, with every trigger and foreign key out of the way. */
  execute(sql: string): Promise<void>;
  value(sql: string): Promise<string>;
  drop(): Promise<void>;
}

/** Copies a database that nobody is connected to. */
export async function copyOf({ url: sourceUrl }: { readonly url: string }): Promise<Copy> {
  const source = new URL(sourceUrl).pathname.slice(1);
  const name = `${source}_${(copies += 1)}`;
  const admin = new pg.Client({ connectionString: inject('adminUrl') });
  await admin.connect();
  try {
    await admin.query(`create database ${name} template ${source}`);
  } finally {
    await admin.end();
  }
  return openCopy(sourceUrl, name);
}

let copies = 0;

async function openCopy(sourceUrl: string, name: string): Promise<Copy> {
  const url = new URL(sourceUrl);
  url.pathname = `/${name}`;
  const owner = new pg.Client({ connectionString: url.href });
  await owner.connect();
  await owner.query(OUT_OF_THE_WAY);
  return {
    url: url.href,
    execute: async (sql) => {
      await owner.query(sql);
    },
    value: async (sql) => {
      const { rows } = await owner.query<{ value: unknown }>(sql);
      return String(rows[0]?.value);
    },
    drop: async () => {
      await owner.end();
      const admin = new pg.Client({ connectionString: inject('adminUrl') });
      await admin.connect();
      try {
        // Without force: PostgreSQL itself sends its autovacuum away, which we may not.
        await admin.query(`drop database if exists ${name}`);
      } finally {
        await admin.end();
      }
    },
  };
}

/** What stands between an owner and his tables: triggers, foreign keys, checks. */
const OUT_OF_THE_WAY = `
  do $$
  declare
    each record;
  begin
    for each in
      select conrelid::regclass as name, conname from pg_constraint
      where contype in ('f', 'c') and connamespace = 'public'::regnamespace and conrelid <> 0
      order by contype desc
    loop
      execute format('alter table %s drop constraint %I', each.name, each.conname);
    end loop;
    for each in
      select c.oid::regclass as name from pg_class as c
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    loop
      execute format('alter table %s disable trigger user', each.name);
    end loop;
  end
  $$`;
