import pg from 'pg';
import type { Sight } from './history.ts';

/** One statement sees one moment. What an offline wallet's allowances hold counts as its own. */
const EVERYTHING = `
  with held as (
    select payer_wallet, sum(balance)::bigint as balance
      from allowances a join ledger_balances b on b.account_id = a.ledger_account
      group by payer_wallet
  )
  select 'balance' as what, w.number::text as id,
      (b.balance + coalesce(h.balance, 0))::text as value
    from wallets w
      join ledger_balances b on b.account_id = w.ledger_account
      left join held h on h.payer_wallet = w.number
  union all
  select 'moved', idempotency_key, '' from wallet_transfers where idempotency_key is not null
  union all
  select 'moved', encode(payment_id, 'hex'), '' from settled_payments
  union all
  select 'below', account_id::text, '' from ledger_balances where balance < floor
  union all
  select 'sum', '', coalesce(sum(sum), 0)::text from ledger_sum`;

interface Row {
  readonly what: 'balance' | 'moved' | 'below' | 'sum';
  readonly id: string;
  readonly value: string;
}

/** Everything, at one moment, as whoever may read the tables sees it. Rejects while it is away. */
export async function look(databaseUrl: string): Promise<Sight> {
  const rows = await ask<Row>(databaseUrl, EVERYTHING);
  const of = (what: Row['what']) => rows.filter((row) => row.what === what);
  return {
    balances: new Map(of('balance').map(({ id, value }) => [id, BigInt(value)])),
    present: of('moved').map(({ id }) => id),
    belowFloor: of('below').map(({ id }) => `account ${id}`),
    sumMinor: of('sum').reduce((sum, { value }) => sum + BigInt(value), 0n),
  };
}

/** What waits to be decided, chained, logged, or covered by a checkpoint. */
export async function readWaiting(databaseUrl: string): Promise<readonly string[]> {
  const rows = await ask<{ what: string }>(
    databaseUrl,
    `select 'upload ' || upload_id || ', tried ' || attempts || ' times' as what from inbox
      union all select 'item held for an operator' from held_items
      union all select 'audit' where exists (select from audit_pending)
      union all select 'log' where exists (select from log_pending)
      union all select 'checkpoint' where not exists (
        select from sequencer_state as audit, sequencer_state as log,
          (select audit_size, log_size from checkpoints order by no desc limit 1) as c
        where audit.name = 'audit' and audit.size = c.audit_size
          and log.name = 'log' and log.size = c.log_size
      )`,
  );
  return rows.map(({ what }) => what);
}

/** Processes of PostgreSQL that serve the bank. */
export async function readBackends(adminUrl: string): Promise<readonly number[]> {
  const rows = await ask<{ pid: number }>(
    adminUrl,
    `select pid from pg_stat_activity where backend_type = 'client backend'
      and pid <> pg_backend_pid() and datname = 'sikka' order by pid`,
  );
  return rows.map(({ pid }) => pid);
}

/** Begins a new segment of the WAL, which needs room on the disk, and writes to it. */
export async function switchSegment(adminUrl: string): Promise<void> {
  await ask(adminUrl, `select pg_current_xact_id(), pg_switch_wal()`);
}

/** On a connection of its own, which nothing that was broken before is in the way of. */
async function ask<R extends object>(url: string, sql: string): Promise<readonly R[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // Unheard, it would end the run; the query rejects with the same.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<R & pg.QueryResultRow>(sql);
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
