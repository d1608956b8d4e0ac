import type { DisputeOutcome, DisputeReason } from '@sikka/api';
import type { Db, Tx } from '../../db/index.ts';

/** Rows of disputes (migration 0037). */

export interface DisputeRow {
  readonly id: bigint;
  readonly paymentId: Uint8Array;
  /** Whoever opened it, and the public id. */
  readonly accountId: bigint;
  readonly account: string;
  readonly side: 'payer' | 'payee';
  readonly reason: DisputeReason;
  readonly openedAt: Date;
  readonly outcome: DisputeOutcome | undefined;
  readonly decidedAt: Date | undefined;
}

interface Row {
  readonly id: bigint;
  readonly payment_id: Buffer;
  readonly account_id: bigint;
  readonly public_id: string;
  readonly side: DisputeRow['side'];
  readonly reason: DisputeReason;
  readonly opened_at: Date;
  readonly outcome: DisputeOutcome | null;
  readonly decided_at: Date | null;
}

const DISPUTE = `select d.id, d.payment_id, d.account_id, a.public_id, d.side, d.reason,
    d.opened_at, d.outcome, d.decided_at
  from disputes as d join accounts as a on a.id = d.account_id`;

/** Undefined where this account has one about this payment. */
export async function insertDispute(
  tx: Tx,
  dispute: {
    readonly paymentId: Uint8Array;
    readonly accountId: bigint;
    readonly side: DisputeRow['side'];
    readonly reason: DisputeReason;
    readonly at: Date;
  },
): Promise<bigint | undefined> {
  const { paymentId, accountId, side, reason, at } = dispute;
  const { rows } = await tx.query<{ id: bigint }>(
    `insert into disputes (payment_id, account_id, side, reason, opened_at)
     values ($1, $2, $3, $4, $5)
     on conflict do nothing
     returning id`,
    [paymentId, accountId, side, reason, at],
  );
  return rows[0]?.id;
}

/** Whoever opens disputes of one account waits here, so that they are counted right. */
export async function lockAccount(tx: Tx, accountId: bigint): Promise<void> {
  await tx.query('select id from accounts where id = $1 for no key update', [accountId]);
}

export async function countOpen(db: Db, accountId: bigint): Promise<number> {
  const { rows } = await db.query<{ open: bigint }>(
    'select count(*) as open from disputes where account_id = $1 and outcome is null',
    [accountId],
  );
  return Number(rows[0]?.open ?? 0n);
}

export async function readOf(
  db: Db,
  { paymentId, accountId }: { readonly paymentId: Uint8Array; readonly accountId: bigint },
): Promise<DisputeRow | undefined> {
  const { rows } = await db.query<Row>(`${DISPUTE} where d.payment_id = $1 and d.account_id = $2`, [
    paymentId,
    accountId,
  ]);
  return rows.map(disputeOf)[0];
}

/** Newest first. */
export async function readOfAccount(
  db: Db,
  accountId: bigint,
  most: number,
): Promise<readonly DisputeRow[]> {
  const { rows } = await db.query<Row>(
    `${DISPUTE} where d.account_id = $1 order by d.id desc limit $2`,
    [accountId, most],
  );
  return rows.map(disputeOf);
}

/** The open ones, oldest first. */
export async function readOpen(db: Db, most: number): Promise<readonly DisputeRow[]> {
  const { rows } = await db.query<Row>(
    `${DISPUTE} where d.outcome is null order by d.id limit $1`,
    [most],
  );
  return rows.map(disputeOf);
}

/** The decided ones, newest first. */
export async function readDecided(db: Db, most: number): Promise<readonly DisputeRow[]> {
  const { rows } = await db.query<Row>(
    `${DISPUTE} where d.outcome is not null order by d.id desc limit $1`,
    [most],
  );
  return rows.map(disputeOf);
}

/** Locked until the transaction ends: it is decided once. */
export async function lockDispute(tx: Tx, id: bigint): Promise<DisputeRow | undefined> {
  const { rows } = await tx.query<Row>(`${DISPUTE} where d.id = $1 for update of d`, [id]);
  return rows.map(disputeOf)[0];
}

export async function writeOutcome(
  tx: Tx,
  id: bigint,
  decided: { readonly outcome: DisputeOutcome; readonly by: bigint; readonly at: Date },
): Promise<void> {
  const { outcome, by, at } = decided;
  await tx.query(
    'update disputes set outcome = $2, decided_by = $3, decided_at = $4 where id = $1',
    [id, outcome, by, at],
  );
}

function disputeOf(row: Row): DisputeRow {
  return {
    ...{ id: row.id, paymentId: new Uint8Array(row.payment_id) },
    ...{ accountId: row.account_id, account: row.public_id },
    ...{ side: row.side, reason: row.reason, openedAt: row.opened_at },
    ...{ outcome: row.outcome ?? undefined, decidedAt: row.decided_at ?? undefined },
  };
}
