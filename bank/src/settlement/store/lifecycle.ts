import { auditDetails } from '../../audit/index.ts';
import type { Db, Tx } from '../../db/index.ts';
import { milliseconds, packNumbers } from './packing.ts';

export interface Taken {
  readonly uploadId: bigint;
  readonly attempts: number;
  /** As PostgreSQL writes it: a `Date` would cut it off at milliseconds. */
  readonly at: string;
}

/**
 * Takes one upload that is due, or was by then, for as long as the lease says; others skip it. All
 * times of the inbox are the database's: a process whose clock is wrong hides nothing from the
 * others.
 */
export async function takeDue(
  db: Db,
  { leaseMs, dueBy }: { readonly leaseMs: number; readonly dueBy: string | undefined },
): Promise<Taken | undefined> {
  const { rows } = await db.query<Taken>(
    `update inbox set attempts = attempts + 1, visible_at = settlement_now() + $1::interval
      where upload_id = (
        select upload_id from inbox
        where visible_at <= coalesce($2::timestamptz, settlement_now()) and held_by is null
        order by visible_at limit 1 for update skip locked
      )
      returning upload_id as "uploadId", attempts, settlement_now()::text as at`,
    [milliseconds(leaseMs), dueBy ?? null],
  );
  return rows[0];
}

/** Notes why an attempt failed and how long to wait. Nothing is ever dropped. */
export async function putBack(
  db: Db,
  { uploadId, reason, pauseMs }: { uploadId: bigint; reason: string; pauseMs: number },
): Promise<void> {
  await db.query(
    `update inbox set visible_at = settlement_now() + $2::interval, last_error = $3
      where upload_id = $1`,
    [uploadId, milliseconds(pauseMs), reason],
  );
}

/** The database's time: what all that is settled is dated by. */
export async function readNow(db: Db): Promise<Date> {
  const { rows } = await db.query<{ readonly now: Date }>('select settlement_now() as now');
  const [row] = rows;
  if (row === undefined) throw new Error('settlement_now answered nothing.');
  return row.now;
}

export async function markExpired(db: Db, now: Date): Promise<void> {
  await db.query(
    `update allowance_states as s set status = 'expired', changed_at = $1
      from (
        select s.no from allowance_states as s join allowances as a on a.no = s.no
        where s.status = 'active' and a.until_s < extract(epoch from $1::timestamptz)
        order by s.no for update of s skip locked
      ) as over
      where s.no = over.no`,
    [now],
  );
}

/** Of the allowance `s`: until its case is decided nothing goes back to who is accused. */
export const UNDECIDED_PROOF = `select from proofs as p where p.allowance_no = s.no and not exists (
    select from case_decisions as c where c.proof_id = p.id
  )`;

/**
 * A time before which no upload will be received any more; undefined where nothing can be closed,
 * or where an upload takes so long to be stored that waiting would hold up all others.
 */
export async function readCutoff(db: Db, now: number): Promise<number | undefined> {
  const over = await db.query(
    `select no from allowance_states as s
      where status <> 'closed' and claim_until_s < $1
        and not exists (${UNDECIDED_PROOF})
      limit 1`,
    [now],
  );
  if (over.rowCount === 0) return undefined;
  try {
    const { rows } = await db.query<{ cutoff: bigint }>('select settlement_cutoff() as cutoff');
    return Number(rows[0]?.cutoff);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE) {
      return undefined;
    }
    throw error;
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

export interface Closable {
  readonly no: bigint;
  readonly id: Buffer;
  readonly currency: number;
  readonly reservation: bigint;
  readonly payerOffline: bigint;
  readonly leftMinor: bigint;
}

/**
 * Locks allowances whose claim window is over, by the bound given, and of which nothing received
 * in time is left undecided: one undecided upload may be about any allowance, so it keeps all
 * those open whose window was open when it came. One that waits for a review keeps open those
 * that it names.
 */
export async function lockClosable(
  tx: Tx,
  { claimUntilBefore, most }: { readonly claimUntilBefore: number; readonly most: number },
): Promise<readonly Closable[]> {
  const { rows } = await tx.query<Closable>(
    `select s.no, a.id, a.currency, a.ledger_account as reservation,
        w.ledger_account as "payerOffline",
        s.limit_minor - s.settled_minor - s.released_minor as "leftMinor"
      from allowance_states as s
      join allowances as a on a.no = s.no
      join wallets as w on w.number = a.payer_wallet
      where s.status <> 'closed' and s.claim_until_s < $1
        and s.claim_until_s < coalesce(
          (select floor(extract(epoch from min(u.received_at)))
            from inbox as i join uploads as u on u.id = i.upload_id
            where i.held_by is null),
          'infinity'
        )
        and not exists (select from held_allowances as h where h.allowance_no = s.no)
        and not exists (${UNDECIDED_PROOF})
        and not exists (select from held_items as h where h.allowance_no = s.no)
      order by s.no limit $2
      for update of s skip locked`,
    [claimUntilBefore, most],
  );
  return rows;
}

/** Closes what `lockClosable` locked, and gives back what is left: money last. */
export async function closeLocked(tx: Tx, closable: readonly Closable[], at: Date): Promise<void> {
  await tx.query(
    `update allowance_states as s
      set status = 'closed', released_minor = s.limit_minor - s.settled_minor, changed_at = $2
      where s.no = any ($1::bigint[])`,
    [packNumbers(closable.map(({ no }) => no)), at],
  );
  await tx.query('select audit_record($1, $2, $3, $4, $5, $6)', [
    closable.map(() => 'system'),
    closable.map(() => 'allowance.closed'),
    closable.map(({ no }) => `allowance:${no}`),
    closable.map(() => 'closed'),
    closable.map(({ leftMinor }) => auditDetails({ released: leftMinor })),
    at,
  ]);
  const paid = closable.filter(({ leftMinor }) => leftMinor > 0n);
  await tx.query('select ledger_post($1, $2, $3, $4, $5, $6, $7)', [
    packNumbers(paid.map(({ reservation }) => reservation)),
    packNumbers(paid.map(({ payerOffline }) => payerOffline)),
    packNumbers(paid.map(({ leftMinor }) => leftMinor)),
    packNumbers(paid.map(({ currency }) => currency)),
    paid.map(() => 'closing'),
    paid.map(({ id }) => id),
    at,
  ]);
}
