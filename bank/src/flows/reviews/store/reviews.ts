import type { Db, Tx } from '../../../db/index.ts';

/** Rows of reviews and of what they hold (migration 0022). */

export type Verdict = 'released' | 'rejected';

export interface ReviewRow {
  readonly id: bigint;
  readonly kind: 'bundle' | 'ledger_fork';
  readonly uploadId: bigint | undefined;
  readonly subject: string;
  readonly money: { readonly amountMinor: bigint; readonly currency: number } | undefined;
  readonly reasons: readonly string[];
  /** Ten thousandths. */
  readonly score: number | undefined;
  readonly openedAt: Date;
  readonly outcome: Verdict | undefined;
  readonly reason: string | undefined;
  /** The public id; undefined for somebody without a token. */
  readonly decidedBy: string | undefined;
  readonly decidedAt: Date | undefined;
  readonly quarantined: boolean;
}

interface Row {
  readonly id: bigint;
  readonly kind: ReviewRow['kind'];
  readonly upload_id: bigint | null;
  readonly subject: string;
  readonly amount: bigint | null;
  readonly currency: number | null;
  readonly reasons: readonly string[];
  readonly score: number | null;
  readonly opened_at: Date;
  readonly outcome: Verdict | null;
  readonly reason: string | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly quarantined: boolean;
}

const REVIEW = `select r.id, r.kind, r.upload_id, r.subject, r.amount, r.currency, r.reasons,
    r.score, r.opened_at, r.outcome, r.reason, a.public_id as decided_by, r.decided_at,
    exists (
      select from device_bundles as b where b.review = r.id and b.verdict = 'quarantined'
    ) as quarantined
  from reviews as r left join accounts as a on a.id = r.decided_by`;

function reviewOf(row: Row): ReviewRow {
  const { amount, currency } = row;
  return {
    ...{ id: row.id, kind: row.kind, uploadId: row.upload_id ?? undefined, subject: row.subject },
    money: amount === null || currency === null ? undefined : { amountMinor: amount, currency },
    ...{ reasons: row.reasons, score: row.score ?? undefined, openedAt: row.opened_at },
    ...{ outcome: row.outcome ?? undefined, reason: row.reason ?? undefined },
    ...{ decidedBy: row.decided_by ?? undefined, decidedAt: row.decided_at ?? undefined },
    quarantined: row.quarantined,
  };
}

export async function readOpenReviews(db: Db, most: number): Promise<readonly ReviewRow[]> {
  const { rows } = await db.query<Row>(`${REVIEW} where r.outcome is null order by r.id limit $1`, [
    most,
  ]);
  return rows.map(reviewOf);
}

export async function readDecidedReviews(db: Db, most: number): Promise<readonly ReviewRow[]> {
  const { rows } = await db.query<Row>(
    `${REVIEW} where r.outcome is not null order by r.id desc limit $1`,
    [most],
  );
  return rows.map(reviewOf);
}

export async function readReview(db: Db, id: bigint): Promise<ReviewRow | undefined> {
  const { rows } = await db.query<Row>(`${REVIEW} where r.id = $1`, [id]);
  return rows.map(reviewOf)[0];
}

/** Locked until the transaction ends: it is decided once. */
export async function lockReview(tx: Tx, id: bigint): Promise<ReviewRow | undefined> {
  const { rows } = await tx.query<Row>(`${REVIEW} where r.id = $1 for update of r`, [id]);
  return rows.map(reviewOf)[0];
}

export async function writeVerdict(
  tx: Tx,
  id: bigint,
  verdict: {
    readonly outcome: Verdict;
    readonly reason: string;
    readonly by: bigint;
    readonly at: Date;
  },
): Promise<void> {
  const { outcome, reason, by, at } = verdict;
  await tx.query(
    `update reviews set outcome = $2, reason = $3, decided_by = $4, decided_at = $5
     where id = $1`,
    [id, outcome, reason, by, at],
  );
}

/** From here on the bundle's orders may move its own tenant's float. */
export async function clearBundle(tx: Tx, review: bigint, at: Date): Promise<void> {
  await tx.query('update device_bundles set cleared_at = $2 where review = $1', [review, at]);
}

/**
 * Gives what the review holds to the pipeline, and answers which uploads that is. Its own upload
 * may have left the inbox, where somebody had sent the same bytes before: it comes back.
 */
export async function letGo(
  tx: Tx,
  { id, uploadId }: Pick<ReviewRow, 'id' | 'uploadId'>,
): Promise<readonly bigint[]> {
  const { rows } = await tx.query<{ upload_id: bigint }>(
    `update inbox set held_by = null, visible_at = settlement_now(), attempts = 0
     where held_by = $1 returning upload_id`,
    [id],
  );
  const held = rows.map(({ upload_id }) => upload_id);
  if (uploadId === undefined || held.includes(uploadId)) return held;
  await tx.query(
    `insert into inbox (upload_id, visible_at) values ($1, settlement_now())
     on conflict (upload_id) do update set held_by = null, visible_at = settlement_now()`,
    [uploadId],
  );
  return [...held, uploadId];
}

export interface ReviewedBundle {
  readonly bundleId: string;
  readonly deviceId: string;
  readonly tenantType: string;
  readonly tenantId: string;
  readonly verdict: string;
  readonly transactions: readonly ReviewedTransaction[];
}

export interface ReviewedTransaction {
  readonly localId: string;
  readonly type: string;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly sender: string;
  readonly receiver: string;
  readonly payeeWallet: number | undefined;
  /** Of the payment or order that it became; undefined where it was refused at once. */
  readonly documentId: Uint8Array | undefined;
  readonly own: boolean;
  readonly refused: string | undefined;
}

/** A bundle has at most 1,000 transactions (spec/device-bundle.md). */
export async function readReviewedBundle(
  db: Db,
  review: bigint,
): Promise<ReviewedBundle | undefined> {
  const bundles = await db.query<{
    id: bigint;
    bundle_id: string;
    device_id: string;
    tenant_type: string;
    tenant_id: string;
    verdict: string;
  }>(
    `select b.id, b.bundle_id, t.device_id, n.tenant_type, n.tenant_id, b.verdict
     from device_bundles as b
     join tills as t on t.no = b.till join tenants as n on n.no = t.tenant
     where b.review = $1`,
    [review],
  );
  const [bundle] = bundles.rows;
  if (bundle === undefined) return undefined;
  return {
    ...{ bundleId: bundle.bundle_id, deviceId: bundle.device_id, verdict: bundle.verdict },
    ...{ tenantType: bundle.tenant_type, tenantId: bundle.tenant_id },
    transactions: await readReviewedTransactions(db, bundle.id),
  };
}

async function readReviewedTransactions(
  db: Db,
  bundle: bigint,
): Promise<readonly ReviewedTransaction[]> {
  const { rows } = await db.query<{
    local_id: string;
    type: string;
    amount: bigint;
    currency: number;
    sender: string;
    receiver: string;
    payee_wallet: bigint | null;
    document_id: Uint8Array | null;
    own: boolean;
    refused: string | null;
  }>(
    `select local_id, type, amount, currency, sender, receiver, payee_wallet, document_id, own,
       refused
     from till_transactions where bundle = $1 order by ordinal`,
    [bundle],
  );
  return rows.map((row) => ({
    ...{ localId: row.local_id, type: row.type, amountMinor: row.amount, currency: row.currency },
    ...{ sender: row.sender, receiver: row.receiver, own: row.own },
    documentId: row.document_id === null ? undefined : new Uint8Array(row.document_id),
    payeeWallet: row.payee_wallet === null ? undefined : Number(row.payee_wallet),
    refused: row.refused ?? undefined,
  }));
}
