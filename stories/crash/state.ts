import type { TestDatabase } from '@sikka/bank/testing';

/** What there is of everything that a batch may touch, by name. */
type State = ReadonlyMap<string, bigint>;
export type Change = Readonly<Record<string, bigint>>;

const TABLES = [
  ...['uploads', 'inbox', 'settlement_batches', 'settled_payments', 'settled_key_payments'],
  ...['settled_orders', 'signed_orders', 'key_payments', 'rejected_items', 'held_items', 'proofs'],
  ...['ledger_accounts', 'ledger_transfers', 'audit_events', 'audit_pending', 'audit_chain'],
  ...['log_batches', 'log_pending', 'chain_entries', 'event_outbox', 'reviews', 'mails'],
];

/**
 * Rows of each table, events by what they say, money moved by kind, and what every account has;
 * reservations together, since each batch has its own.
 */
const STATE = [
  ...TABLES.map((table) => `select 'rows of ${table}' as name, count(*) as value from ${table}`),
  `select 'event ' || action || ' ' || outcome, count(*) from audit_events group by 1`,
  `select 'moved ' || kind, sum(amount)::bigint from ledger_transfers group by 1`,
  `select 'spent of allowances', coalesce(sum(settled_minor), 0)::bigint from allowance_states`,
  `select case kind when 'reservation' then 'reservations' else kind || ' ' || id end,
      sum(balance)::bigint
    from ledger_accounts join ledger_balances on account_id = id group by 1`,
].join(' union all ');

async function readState({ ownerPool }: TestDatabase): Promise<State> {
  const { rows } = await ownerPool.query<{ name: string; value: bigint }>(STATE);
  return new Map(rows.map(({ name, value }) => [name, value]));
}

/** Says, when asked, what has changed since. */
export async function watchState(database: TestDatabase): Promise<() => Promise<Change>> {
  const before = await readState(database);
  return async () => {
    const after = await readState(database);
    const changes = [...after].map(
      ([name, value]) => [name, value - (before.get(name) ?? 0n)] as const,
    );
    return Object.fromEntries(changes.filter(([, change]) => change !== 0n).toSorted());
  };
}

/** The worker leaves an upload to the caller who waits, or to the one that took it: no longer. */
export async function letWorkerTake({ ownerPool }: TestDatabase): Promise<void> {
  await ownerPool.query(`update inbox set visible_at = now() - interval '1 second'`);
}

/** What waits to be decided, chained, logged, told, or signed: nothing, once a batch is done. */
export async function readWaiting({ ownerPool }: TestDatabase): Promise<readonly string[]> {
  const { rows } = await ownerPool.query<{ what: string }>(
    `select 'upload ' || upload_id || ', tried ' || attempts || ' times' as what from inbox
      union all select 'audit' where exists (select from audit_pending)
      union all select 'log' where exists (select from log_pending)
      union all select 'events' where exists (select from event_outbox)
      union all select 'checkpoint' where not exists (
        select from sequencer_state as audit, sequencer_state as log,
          (select audit_size, log_size from checkpoints order by no desc limit 1) as c
        where audit.name = 'audit' and audit.size = c.audit_size
          and log.name = 'log' and log.size = c.log_size
      )`,
  );
  return rows.map(({ what }) => what);
}
