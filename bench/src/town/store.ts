import pg from 'pg';

/** The owner's connection, which sets a run up and looks at what is left. */
export type Owner = pg.Client;

export async function connectOwner(databaseUrl: string): Promise<Owner> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // Unheard, the server's end would end the process; the next query rejects with the same.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Of PostgreSQL's process that serves this connection. */
export async function backendPid(owner: Owner): Promise<number> {
  const { rows } = await owner.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

export const CURRENCY = 586;

export interface NewPerson {
  readonly account: string;
  readonly current: number;
  readonly offline: number;
  readonly minor: bigint;
}

/**
 * Opens accounts with both wallets and the same money in each, set by set: the ledger's own
 * functions open and fill the ledger accounts. Answers the accounts' ids in order.
 */
export async function insertPeople(
  owner: Owner,
  people: readonly NewPerson[],
): Promise<readonly string[]> {
  const { rows } = await owner.query<{ id: string }>(
    `insert into accounts (public_id, email, name, currency, created_at)
      select name, name || '@example.com', name, $2, now()
      from unnest($1::text[]) with ordinality as p (name, place) order by place
      returning id`,
    [people.map(({ account }) => account), CURRENCY],
  );
  const ids = rows.map(({ id }) => id);
  for (const kind of ['current', 'offline'] as const) {
    await insertWallets(owner, { kind, ids, numbers: people.map((person) => person[kind]) });
    await deposit(owner, { kind, ids, minor: people.map(({ minor }) => minor) });
  }
  return ids;
}

async function insertWallets(
  owner: Owner,
  wallets: {
    readonly kind: string;
    readonly ids: readonly string[];
    readonly numbers: readonly number[];
  },
): Promise<void> {
  await owner.query(
    `insert into wallets
        (number, account_id, kind, currency, ledger_account, created_at, updated_at)
      select w.number, w.account, $3, $4, w.ledger, now(), now()
      from unnest(
        $1::bigint[], $2::bigint[],
        ledger_open(
          array_fill('wallet_' || $3::text, array[cardinality($1::bigint[])]),
          array_fill($4::int, array[cardinality($1::bigint[])]),
          array_fill(null::bigint, array[cardinality($1::bigint[])]),
          now()
        )
      ) as w (number, account, ledger)`,
    [wallets.numbers, wallets.ids, wallets.kind, CURRENCY],
  );
}

async function deposit(
  owner: Owner,
  money: {
    readonly kind: string;
    readonly ids: readonly string[];
    readonly minor: readonly bigint[];
  },
): Promise<void> {
  const cash = await cashAccount(owner);
  await owner.query(
    `select ledger_post(
        array_agg($1::bigint), array_agg(w.ledger_account), array_agg(m.minor),
        array_agg(w.currency), array_agg('deposit'::text), array_agg(null::bytea), now()
      )
      from unnest($2::bigint[], $3::bigint[]) as m (account, minor)
      join wallets as w on w.account_id = m.account and w.kind = $4`,
    [cash, money.ids, money.minor, money.kind],
  );
}

/** Where money comes from that nobody pays in. */
export async function cashAccount(owner: Owner): Promise<string> {
  const known = await owner.query<{ ledger_account: string }>(
    `select ledger_account from house_accounts where kind = 'bank_cash' and currency = $1`,
    [CURRENCY],
  );
  if (known.rows[0] !== undefined) return known.rows[0].ledger_account;
  const opened = await owner.query<{ ledger_account: string }>(
    `insert into house_accounts (kind, currency, ledger_account)
      values ('bank_cash', $1, (
        ledger_open(array['bank_cash'], array[$1::int], array[null::bigint], now())
      )[1])
      returning ledger_account`,
    [CURRENCY],
  );
  const [row] = opened.rows;
  if (row === undefined) throw new Error('No cash account was opened.');
  return row.ledger_account;
}

export interface NewDevice {
  readonly accountId: string;
  readonly suite: number;
  readonly publicKey: Uint8Array;
  readonly keyHash: Uint8Array;
  /** Packet. */
  readonly enrolment: Uint8Array;
  /** The challenge that its allowance request answers. */
  readonly challenge: Uint8Array;
}

/** Enrolled devices, and a challenge for each. */
export async function insertDevices(owner: Owner, devices: readonly NewDevice[]): Promise<void> {
  await owner.query(
    `insert into devices (account_id, suite, public_key, key_hash, role, enrolment, created_at)
      select d.account, d.suite, d.key, d.hash, 'payer', d.enrolment, now()
      from unnest($1::bigint[], $2::smallint[], $3::bytea[], $4::bytea[], $5::bytea[])
        as d (account, suite, key, hash, enrolment)`,
    [
      devices.map(({ accountId }) => accountId),
      devices.map(({ suite }) => suite),
      devices.map(({ publicKey }) => Buffer.from(publicKey)),
      devices.map(({ keyHash }) => Buffer.from(keyHash)),
      devices.map(({ enrolment }) => Buffer.from(enrolment)),
    ],
  );
  await owner.query(
    `insert into device_challenges (challenge, account_id, purpose, created_at, expires_at)
      select c.challenge, c.account, 'allowance', now(), now() + interval '1 hour'
      from unnest($1::bytea[], $2::bigint[]) as c (challenge, account)`,
    [
      devices.map(({ challenge }) => Buffer.from(challenge)),
      devices.map(({ accountId }) => accountId),
    ],
  );
}

/** Keys of wallets, proved, since yesterday. */
export async function insertWalletKeys(
  owner: Owner,
  keys: readonly {
    readonly wallet: number;
    readonly id: Uint8Array;
    readonly modulus: Uint8Array;
  }[],
): Promise<void> {
  await owner.query(
    `insert into wallet_keys (id, wallet, modulus, origin, proved_at, created_at)
      select k.id, k.wallet, k.modulus, 'device', now() - interval '1 day', now() - interval '1 day'
      from unnest($1::bytea[], $2::bigint[], $3::bytea[]) as k (id, wallet, modulus)`,
    [
      keys.map(({ id }) => Buffer.from(id)),
      keys.map(({ wallet }) => wallet),
      keys.map(({ modulus }) => Buffer.from(modulus)),
    ],
  );
}

/** As if everybody had entered the code that was mailed. */
export async function proveAddresses(owner: Owner): Promise<void> {
  await owner.query('update personal_data set email_verified_at = now()');
}

/** Statistics for the planner, as a bank that has run for a while has them. */
export async function analyze(owner: Owner): Promise<void> {
  await owner.query('analyze');
}

/** Sums per currency over all accounts: each must be 0. */
export async function ledgerSums(owner: Owner): Promise<readonly string[]> {
  const { rows } = await owner.query<{ sum: string }>('select sum from ledger_sum');
  return rows.map(({ sum }) => sum);
}

export interface Written {
  /** Bytes of the write-ahead log, since the database was made. */
  readonly wal: number;
  /** Bytes of its tables and indexes. */
  readonly disk: number;
}

export async function bytesWritten(owner: Owner): Promise<Written> {
  const { rows } = await owner.query<{ wal: string; disk: string }>(
    `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as wal,
       pg_database_size(current_database()) as disk`,
  );
  return { wal: Number(rows[0]?.wal), disk: Number(rows[0]?.disk) };
}

export async function countSettled(owner: Owner): Promise<number> {
  const { rows } = await owner.query<{
    count: string;
  }>(`select (select count(*) from settled_payments)
      + (select count(*) from settled_key_payments)
      + (select count(*) from settled_orders) as count`);
  return Number(rows[0]?.count);
}

/** Batches and events that wait for their place in the log and the audit chain. */
export async function countUnsequenced(owner: Owner): Promise<number> {
  const { rows } = await owner.query<{ count: string }>(
    `select (select count(*) from log_pending) + (select count(*) from audit_pending) as count`,
  );
  return Number(rows[0]?.count);
}

/** `18.4`, and whether commits wait for the disk. */
export async function serverFacts(
  owner: Owner,
): Promise<{ readonly version: string; readonly fsync: string; readonly commit: string }> {
  const { rows } = await owner.query<{ version: string; fsync: string; commit: string }>(
    `select split_part(current_setting('server_version'), ' ', 1) as version,
      current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
  );
  const [facts] = rows;
  if (facts === undefined) throw new Error('The server says nothing of itself.');
  return facts;
}
