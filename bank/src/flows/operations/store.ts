import type { Db, Tx } from '../../db/index.ts';

export interface InboxFacts {
  readonly depth: number;
  /** Of what waits and is not held by a review; 0 where nothing waits. */
  readonly oldestSeconds: number;
  readonly heldItems: number;
  readonly reviewsOpen: number;
  readonly doubleSpends: number;
  /** Proofs that nobody has decided. */
  readonly casesOpen: number;
}

export async function readInbox(db: Db, now: Date): Promise<InboxFacts> {
  const { rows } = await db.query<InboxFacts>(
    `select count(*)::float8 as depth,
        coalesce(extract(epoch from $1::timestamptz - min(u.received_at)), 0)::float8
          as "oldestSeconds",
        (select count(*)::float8 from held_items) as "heldItems",
        (select count(*)::float8 from reviews where outcome is null) as "reviewsOpen",
        (select count(*)::float8 from proofs) as "doubleSpends",
        (select count(*)::float8 from proofs as p
          where not exists (select from case_decisions as c where c.proof_id = p.id)) as "casesOpen"
      from inbox as i join uploads as u on u.id = i.upload_id
      where i.held_by is null`,
    [now],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('A count without a row.');
  return row;
}

export interface ExposureRow {
  readonly currency: number;
  readonly age: '1d' | '7d' | '30d' | 'over';
  readonly minor: number;
}

/** What is reserved and may still be spent offline, by how long ago it was issued. */
export async function readExposure(db: Db, now: Date): Promise<readonly ExposureRow[]> {
  const { rows } = await db.query<ExposureRow>(
    `select currency, age, sum(left_minor)::float8 as minor
      from (
        select a.currency, s.limit_minor - s.settled_minor - s.released_minor as left_minor,
            case
              when a.issued_at > $1::timestamptz - interval '1 day' then '1d'
              when a.issued_at > $1::timestamptz - interval '7 days' then '7d'
              when a.issued_at > $1::timestamptz - interval '30 days' then '30d'
              else 'over'
            end as age
          from allowance_states as s join allowances as a on a.no = s.no
          where s.status <> 'closed'
      ) as open
      group by currency, age
      order by currency, age`,
    [now],
  );
  return rows;
}

export interface GuaranteeSums {
  readonly currency: number;
  /** By cases, since ever. */
  readonly paid: number;
  /** In the account that they are paid from. */
  readonly left: number;
}

/** Of each currency for which the bank has a guarantee account. */
export async function readGuarantees(db: Db): Promise<readonly GuaranteeSums[]> {
  const { rows } = await db.query<GuaranteeSums>(
    `select h.currency, b.balance::float8 as left,
        (select coalesce(sum(c.guarantee), 0)::float8 from case_decisions as c
          where c.currency = h.currency) as paid
      from house_accounts as h join ledger_balances as b on b.account_id = h.ledger_account
      where h.kind = 'guarantee'
      order by h.currency`,
  );
  return rows;
}

/** A check of this size may read the whole ledger. */
export async function allowLongStatements(tx: Tx, milliseconds: number): Promise<void> {
  await tx.query(`select set_config('statement_timeout', $1, true)`, [String(milliseconds)]);
}

/** Takes the day where nobody has it, or where whoever had it never finished. */
export async function takeDay(
  db: Db,
  { day, now, lostBefore }: { readonly day: string; readonly now: Date; readonly lostBefore: Date },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into nightly_checks as n (day, started_at) values ($1, $2)
      on conflict (day) do update set started_at = excluded.started_at
        where n.finished_at is null and n.started_at < $3`,
    [day, now, lostBefore],
  );
  return rowCount === 1;
}

/** Nothing where another worker has taken the day over since. */
export async function finishDay(
  db: Db,
  check: {
    readonly day: string;
    readonly startedAt: Date;
    readonly finishedAt: Date;
    readonly ok: boolean;
    readonly report: unknown;
  },
): Promise<void> {
  await db.query(
    `update nightly_checks set finished_at = $3, ok = $4, report = $5
      where day = $1 and started_at = $2 and finished_at is null`,
    [check.day, check.startedAt, check.finishedAt, check.ok, JSON.stringify(check.report)],
  );
}

export interface KeptCheck {
  /** `2026-11-21`, UTC. */
  readonly day: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly ok: boolean | null;
  readonly report: Readonly<Record<string, unknown>> | null;
}

/** Newest first. */
export async function readChecks(db: Db, limit: number): Promise<readonly KeptCheck[]> {
  const { rows } = await db.query<KeptCheck>(
    `select to_char(day, 'YYYY-MM-DD') as day, started_at as "startedAt",
        finished_at as "finishedAt", ok, report
      from nightly_checks order by nightly_checks.day desc limit $1`,
    [limit],
  );
  return rows;
}

export interface LastCheck {
  readonly ok: boolean;
  readonly ageSeconds: number;
}

export async function readLastCheck(db: Db, now: Date): Promise<LastCheck | undefined> {
  const { rows } = await db.query<LastCheck>(
    `select ok, extract(epoch from $1::timestamptz - finished_at)::float8 as "ageSeconds"
      from nightly_checks where finished_at is not null order by day desc limit 1`,
    [now],
  );
  return rows[0];
}

export interface DayDifference {
  /** `2026-11-21`, UTC. */
  readonly day: string;
  readonly currency: number;
  /** Minor units, as text. */
  readonly settled: string;
  readonly transferred: string;
}

/** Days on which what is recorded as settled is not what settlement moved. */
export async function readSettlementDifferences(
  db: Db,
  most: number,
): Promise<readonly DayDifference[]> {
  const { rows } = await db.query<DayDifference>(
    `select to_char(day, 'YYYY-MM-DD') as day, currency,
        sum(settled)::text as settled, sum(moved)::text as transferred
      from (
        select (settled_at at time zone 'UTC')::date as day, currency,
            sum(amount) as settled, 0 as moved
          from (
            select settled_at, currency, amount from settled_payments
            union all select settled_at, currency, amount from settled_key_payments
            union all select settled_at, currency, amount from settled_orders
          ) as evidence
          group by 1, 2
        union all
        select (at at time zone 'UTC')::date, currency, 0, sum(amount)
          from ledger_transfers where kind = 'settlement'
          group by 1, 2
      ) as sums
      group by day, currency
      having sum(settled) <> sum(moved)
      order by day, currency
      limit $1`,
    [most],
  );
  return rows;
}

/** Allowances whose reservation is not what their limit, settlements and returns leave. */
export async function readReservationDifferences(db: Db, most: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ readonly no: string }>(
    `select s.no::text as no
      from allowance_states as s
        join allowances as a on a.no = s.no
        join ledger_balances as b on b.account_id = a.ledger_account
      where b.balance <> s.limit_minor - s.settled_minor - s.released_minor
        or s.settled_minor <> coalesce(
          (select sum(p.amount) from settled_payments as p where p.allowance_no = s.no), 0)
      order by s.no
      limit $1`,
    [most],
  );
  return rows.map(({ no }) => no);
}

/** Limit wallets whose balance is not what was approved without what was settled. */
export async function readLimitWalletDifferences(db: Db, most: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ readonly id: string }>(
    `select w.wallet_id as id
      from limit_wallets as w
        join ledger_balances as b on b.account_id = w.ledger_account
        left join lateral (
          select sum(s.amount) as amount
            from signed_orders as o join settled_orders as s on s.signed_order = o.id
            where o.debit_account = w.ledger_account
        ) as spent on true
      where b.balance <> w.approved - coalesce(spent.amount, 0)
      order by w.no
      limit $1`,
    [most],
  );
  return rows.map(({ id }) => id);
}

/** Ledger accounts below the least they may hold. */
export async function readBelowFloor(db: Db, most: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ readonly id: string }>(
    `select account_id::text as id from ledger_balances
      where balance < floor order by account_id limit $1`,
    [most],
  );
  return rows.map(({ id }) => id);
}
