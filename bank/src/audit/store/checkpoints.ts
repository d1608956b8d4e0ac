import type { Db, Tx } from '../../db/index.ts';
import type { Checkpoint } from '../checkpoints.ts';

interface CheckpointRow {
  readonly no: bigint;
  readonly document: Uint8Array;
  readonly id: Uint8Array;
  readonly log_size: bigint;
  readonly log_root: Uint8Array;
  readonly audit_size: bigint;
  readonly audit_head: Uint8Array;
  readonly at: Date;
}

export async function insertCheckpoint(tx: Tx, checkpoint: Checkpoint): Promise<void> {
  await tx.query(
    `insert into checkpoints
       (no, document, id, log_size, log_root, audit_size, audit_head, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      checkpoint.no,
      checkpoint.packet,
      checkpoint.id,
      checkpoint.logSize,
      checkpoint.logRoot,
      checkpoint.auditSize,
      checkpoint.auditHead,
      checkpoint.at,
    ],
  );
  await tx.query(`update sequencer_state set size = $1, head = $2 where name = 'checkpoint'`, [
    checkpoint.no,
    checkpoint.id,
  ]);
}

/** From a number on, in order. */
export async function readCheckpoints(
  db: Db,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<readonly Checkpoint[]> {
  const { rows } = await db.query<CheckpointRow>(
    `select no, document, id, log_size, log_root, audit_size, audit_head, at
       from checkpoints
      where no >= $1
      order by no
      limit $2`,
    [from, limit],
  );
  return rows.map(checkpointOf);
}

export async function readLatestCheckpoint(db: Db): Promise<Checkpoint | undefined> {
  const { rows } = await db.query<CheckpointRow>(
    `select no, document, id, log_size, log_root, audit_size, audit_head, at
       from checkpoints
      order by no desc
      limit 1`,
  );
  return rows.map(checkpointOf)[0];
}

/** The first whose log holds this position. */
export async function readFirstCheckpointOver(
  db: Db,
  position: number,
): Promise<Checkpoint | undefined> {
  const { rows } = await db.query<CheckpointRow>(
    `select no, document, id, log_size, log_root, audit_size, audit_head, at
       from checkpoints
      where log_size > $1
      order by log_size, no
      limit 1`,
    [position],
  );
  return rows.map(checkpointOf)[0];
}

function checkpointOf(row: CheckpointRow): Checkpoint {
  return {
    no: Number(row.no),
    packet: row.document,
    id: row.id,
    logSize: Number(row.log_size),
    logRoot: row.log_root,
    auditSize: Number(row.audit_size),
    auditHead: row.audit_head,
    at: row.at,
  };
}
