import type { Db } from '../../db/index.ts';
import { placedBatchOf } from './paths.ts';
import type { BatchRow } from './paths.ts';
import type { PlacedBatch, StoredEvent } from './sequence.ts';

export interface ChainedEvent {
  readonly n: number;
  readonly eventId: bigint;
  readonly hash: Uint8Array;
  /** `undefined` where the event is gone. */
  readonly event: Omit<StoredEvent, 'id'> | undefined;
}

/** Rows of the chain after `n`, in order, with their events. */
export async function readChain(
  db: Db,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly ChainedEvent[]> {
  const { rows } = await db.query<{
    n: bigint;
    event_id: bigint;
    hash: Uint8Array;
    at: Date | null;
    actor: string;
    action: string;
    subject: string;
    outcome: string;
    details: string;
  }>(
    `select c.n, c.event_id, c.hash, e.at, e.actor, e.action, e.subject, e.outcome, e.details
       from audit_chain as c
       left join audit_events as e on e.id = c.event_id
      where c.n > $1
      order by c.n
      limit $2`,
    [after, limit],
  );
  return rows.map(({ n, event_id: eventId, hash, at, ...event }) => ({
    n: Number(n),
    eventId,
    hash,
    event: at === null ? undefined : { ...event, time: at.getTime() / 1000 },
  }));
}

/** Events that are neither chained nor queued. */
export async function readUnchainedEvents(db: Db, limit: number): Promise<readonly bigint[]> {
  const { rows } = await db.query<{ id: bigint }>(
    `select e.id
       from audit_events as e
      where not exists (select from audit_chain as c where c.event_id = e.id)
        and not exists (select from audit_pending as p where p.event_id = e.id)
      order by e.id
      limit $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}

/** What somebody kept of a checkpoint. */
export interface KeptCheckpoint {
  readonly no: number;
  readonly logSize: number;
  readonly logRoot: Uint8Array;
  readonly auditSize: number;
  readonly auditHead: Uint8Array;
}

/** Numbers of checkpoints, stored and kept, whose audit head is not the chain's at their size. */
export async function readDifferingHeads(
  db: Db,
  { kept, limit }: { readonly kept: readonly KeptCheckpoint[]; readonly limit: number },
): Promise<readonly number[]> {
  const { rows } = await db.query<{ no: bigint }>(
    `select distinct k.no
       from (
         select no, audit_size, audit_head from checkpoints
         union all
         select no, size, head
           from unnest($1::bigint[], $2::bigint[], $3::bytea[]) as given (no, size, head)
       ) as k
       left join audit_chain as c on c.n = k.audit_size
      where k.audit_head is distinct from
        case k.audit_size when 0 then decode(repeat('00', 32), 'hex') else c.hash end
      order by k.no
      limit $4`,
    [
      kept.map(({ no }) => no),
      kept.map(({ auditSize }) => auditSize),
      kept.map(({ auditHead }) => auditHead),
      limit,
    ],
  );
  return rows.map(({ no }) => Number(no));
}

/** Batches of the log from a position on, in order. */
export async function readBatches(
  db: Db,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<readonly PlacedBatch[]> {
  const { rows } = await db.query<BatchRow>(
    `select batch_id, first_position, count
       from log_batches
      where first_position >= $1
      order by first_position
      limit $2`,
    [from, limit],
  );
  return rows.map(placedBatchOf);
}

/** Batches that settled something and are neither in the log nor queued. */
export async function readUnloggedBatches(db: Db, limit: number): Promise<readonly bigint[]> {
  const { rows } = await db.query<{ id: bigint }>(
    `select b.id
       from settlement_batches as b
      where b.settled > 0
        and not exists (select from log_batches as l where l.batch_id = b.id)
        and not exists (select from log_pending as p where p.batch_id = b.id)
      order by b.id
      limit $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}

export interface KeptRoot {
  readonly no: number;
  readonly logSize: number;
  readonly logRoot: Uint8Array;
}

/** Stored checkpoints whose log is larger than `over` and at most `upTo` leaves, by size. */
export async function readRoots(
  db: Db,
  { over, upTo }: { readonly over: number; readonly upTo: number },
): Promise<readonly KeptRoot[]> {
  const { rows } = await db.query<{ no: bigint; log_size: bigint; log_root: Uint8Array }>(
    `select no, log_size, log_root
       from checkpoints
      where log_size > $1 and log_size <= $2
      order by log_size, no`,
    [over, upTo],
  );
  return rows.map((row) => ({
    no: Number(row.no),
    logSize: Number(row.log_size),
    logRoot: row.log_root,
  }));
}
