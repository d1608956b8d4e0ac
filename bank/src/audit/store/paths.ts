import type { Subtree, SubtreeName } from '@sikka/protocol';
import type { Db } from '../../db/index.ts';
import type { PlacedBatch } from './sequence.ts';

/** The stored subtrees among these. */
export async function readNodes(
  db: Db,
  names: readonly SubtreeName[],
): Promise<readonly Subtree[]> {
  const { rows } = await db.query<{ level: number; idx: bigint; hash: Uint8Array }>(
    `select n.level, n.idx, n.hash
       from unnest($1::smallint[], $2::bigint[]) as asked (level, idx)
       join log_nodes as n on n.level = asked.level and n.idx = asked.idx`,
    [names.map(({ level }) => level), names.map(({ index }) => index)],
  );
  return rows.map(({ level, idx, hash }) => ({
    level,
    index: Number(idx),
    hash: new Uint8Array(hash),
  }));
}

/** Positions `first` to `last`, both included. */
export interface Positions {
  readonly first: number;
  readonly last: number;
}

/**
 * The batches that hold these positions, in order. No batch is empty, so at most as many lie
 * before the last position as the range is wide: the index is read no further back.
 */
export async function readBatchesAt(
  db: Db,
  { first, last }: Positions,
): Promise<readonly PlacedBatch[]> {
  const { rows } = await db.query<BatchRow>(
    `select batch_id, first_position, count
       from (
         select batch_id, first_position, count
           from log_batches
          where first_position <= $2
          order by first_position desc
          limit $3
       ) as near
      where first_position + count > $1
      order by first_position`,
    [first, last, last - first + 1],
  );
  return rows.map(placedBatchOf);
}

export interface BatchRow {
  readonly batch_id: bigint;
  readonly first_position: bigint;
  readonly count: number;
}

export async function readBatch(db: Db, batchId: bigint): Promise<PlacedBatch | undefined> {
  const { rows } = await db.query<BatchRow>(
    `select batch_id, first_position, count from log_batches where batch_id = $1`,
    [batchId],
  );
  return rows.map(placedBatchOf)[0];
}

export function placedBatchOf(row: BatchRow): PlacedBatch {
  return {
    batchId: row.batch_id,
    firstPosition: Number(row.first_position),
    count: row.count,
  };
}
