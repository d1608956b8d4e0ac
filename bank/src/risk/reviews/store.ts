import type { Tx } from '../../db/index.ts';

export type ReviewKind = 'bundle' | 'ledger_fork';

export interface NewReview {
  readonly kind: ReviewKind;
  /** `bundle:…`, 1 to 200 bytes. */
  readonly subject: string;
  readonly money:
    | { readonly amountMinor: bigint; /** ISO 4217 numeric. */ readonly currency: number }
    | undefined;
  /** Codes, for whoever looks; never answered to whoever sent it. */
  readonly reasons: readonly string[];
  /** Ten thousandths. */
  readonly score: number | undefined;
  readonly at: Date;
}

/** Opens a review; its number, by which the inbox holds what is reviewed. */
export async function openReview(tx: Tx, review: NewReview): Promise<bigint> {
  const { kind, subject, money, reasons, score, at } = review;
  const { rows } = await tx.query<{ id: bigint }>(
    `insert into reviews (kind, subject, amount, currency, reasons, score, opened_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     returning id`,
    [kind, subject, money?.amountMinor, money?.currency, reasons, score, at],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('A review was not opened.');
  return row.id;
}

/** Says, once, which upload it is about. */
export async function nameReviewedUpload(tx: Tx, review: bigint, uploadId: bigint): Promise<void> {
  await tx.query('update reviews set upload_id = $2 where id = $1', [review, uploadId]);
}
