import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Lifetime } from './lifetime.ts';

/** The baseline: pgbench's TPC-B-like transaction on the bank's own server. */
export interface Tpcb {
  /** Whose client sends it. */
  readonly by: string;
  /** Transactions per second over that many seconds. */
  rate(seconds: number): Promise<number>;
}

const SCHEMA = 'bench_tpcb';
const SCALE = 10;
const CLIENTS = 8;
const TELLERS = 10;
const ACCOUNTS = 100_000;
const run = promisify(execFile);

/** Three updates, one select, one insert; scale 10, 8 clients, simple protocol. */
export async function createTpcb(databaseUrl: string, lifetime: Lifetime): Promise<Tpcb> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`create schema if not exists ${SCHEMA}`);
  } finally {
    await client.end();
  }
  const pgbench = findPgbench();
  return pgbench === undefined
    ? createDriverTpcb(databaseUrl, lifetime)
    : createPgbench(pgbench, databaseUrl);
}

function findPgbench(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  // Debian keeps it out of the path where only the server's package is installed.
  const versions = '/usr/lib/postgresql';
  const installed = existsSync(versions) ? readdirSync(versions).sort().reverse() : [];
  const places = [...folders, ...installed.map((version) => join(versions, version, 'bin'))];
  return places.map((folder) => join(folder, 'pgbench')).find((file) => existsSync(file));
}

async function createPgbench(pgbench: string, databaseUrl: string): Promise<Tpcb> {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  const env = {
    ...process.env,
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: pathname.slice(1),
    PGOPTIONS: `-c search_path=${SCHEMA}`,
  };
  await run(pgbench, ['--initialize', '--quiet', `--scale=${SCALE}`], { env });
  const { stdout } = await run(pgbench, ['--version']);
  const threads = Math.min(CLIENTS, availableParallelism());
  return {
    by: stdout.trim(),
    rate: async (seconds) => {
      const whole = Math.max(1, Math.round(seconds));
      const args = ['--no-vacuum', `--client=${CLIENTS}`, `--jobs=${threads}`, `--time=${whole}`];
      const done = await run(pgbench, args, { env });
      const rate = /^tps = ([\d.]+) \(without initial connection time\)/m.exec(done.stdout)?.[1];
      if (rate === undefined) throw new Error(`pgbench said: ${done.stdout}${done.stderr}`);
      return Number(rate);
    },
  };
}

/** The same tables and transaction through the driver that the bank uses. */
async function createDriverTpcb(databaseUrl: string, lifetime: Lifetime): Promise<Tpcb> {
  const clients = Array.from(
    { length: CLIENTS },
    () => new pg.Client({ connectionString: databaseUrl, options: `-c search_path=${SCHEMA}` }),
  );
  lifetime.add(async () => void (await Promise.all(clients.map((client) => client.end()))));
  await Promise.all(clients.map((client) => client.connect()));
  await clients[0]?.query(TABLES);
  return {
    by: "the same transaction by Node's driver (pgbench is not installed)",
    rate: async (seconds) => {
      const began = performance.now();
      const until = began + seconds * 1000;
      const counts = await Promise.all(
        clients.map(async (client) => {
          let done = 0;
          for (; performance.now() < until; done += 1) await transact(client);
          return done;
        }),
      );
      const total = counts.reduce((all, count) => all + count, 0);
      return total / ((performance.now() - began) / 1000);
    },
  };
}

const TABLES = `
  create table pgbench_branches (bid int primary key, bbalance int, filler char(88))
    with (fillfactor = 100);
  create table pgbench_tellers (tid int primary key, bid int, tbalance int, filler char(84))
    with (fillfactor = 100);
  create table pgbench_accounts (aid int primary key, bid int, abalance int, filler char(84))
    with (fillfactor = 100);
  create table pgbench_history
    (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
  insert into pgbench_branches select b, 0, '' from generate_series(1, ${SCALE}) as b;
  insert into pgbench_tellers
    select t, (t - 1) / ${TELLERS} + 1, 0, '' from generate_series(1, ${SCALE * TELLERS}) as t;
  insert into pgbench_accounts
    select a, (a - 1) / ${ACCOUNTS} + 1, 0, '' from generate_series(1, ${SCALE * ACCOUNTS}) as a;
  analyze pgbench_branches, pgbench_tellers, pgbench_accounts`;

/** Values in the text, one message a statement: what pgbench's simple protocol sends. */
async function transact(client: pg.Client): Promise<void> {
  const account = randomInt(1, SCALE * ACCOUNTS + 1);
  const branch = randomInt(1, SCALE + 1);
  const teller = randomInt(1, SCALE * TELLERS + 1);
  const delta = randomInt(-5_000, 5_001);
  const statements = [
    'begin',
    `update pgbench_accounts set abalance = abalance + ${delta} where aid = ${account}`,
    `select abalance from pgbench_accounts where aid = ${account}`,
    `update pgbench_tellers set tbalance = tbalance + ${delta} where tid = ${teller}`,
    `update pgbench_branches set bbalance = bbalance + ${delta} where bid = ${branch}`,
    `insert into pgbench_history (tid, bid, aid, delta, mtime)
      values (${teller}, ${branch}, ${account}, ${delta}, current_timestamp)`,
    'end',
  ];
  for (const statement of statements) await client.query(statement);
}
