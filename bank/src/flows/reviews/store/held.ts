import type { Db, Tx } from '../../../db/index.ts';

export interface HeldItem {
  readonly uploadId: bigint;
  /** Place in the upload. */
  readonly item: number;
  /** Name and code of the error, never its message. */
  readonly reason: string;
  readonly at: Date;
}

export async function readHeldItems(db: Db, most: number): Promise<readonly HeldItem[]> {
  const { rows } = await db.query<{
    upload_id: bigint;
    item: number;
    reason: string;
    at: Date;
  }>('select upload_id, item, reason, at from held_items order by at, upload_id, item limit $1', [
    most,
  ]);
  return rows.map(({ upload_id: uploadId, ...held }) => ({ uploadId, ...held }));
}

/** Back into the inbox; the items stay held until they are decided. Answers how many there are. */
export async function queueHeld(tx: Tx, uploadId: bigint): Promise<number> {
  const { rowCount } = await tx.query('select from held_items where upload_id = $1', [uploadId]);
  if (rowCount === 0) return 0;
  await tx.query(
    `insert into inbox (upload_id, visible_at) values ($1, settlement_now())
     on conflict (upload_id) do update set visible_at = settlement_now(), attempts = 0`,
    [uploadId],
  );
  return rowCount;
}
