import type { LogEntry, Subtree } from '@sikka/protocol';
import type { Db, Tx } from '../../db/index.ts';

export interface StoredEvent {
  readonly id: bigint;
  /** Seconds. */
  readonly time: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: string;
  readonly details: string;
}

export type NewEvent = Omit<StoredEvent, 'id' | 'time'>;

export async function insertEvents(tx: Tx, events: readonly NewEvent[], at: Date): Promise<void> {
  await tx.query(
    `select audit_record($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6)`,
    [
      events.map(({ actor }) => actor),
      events.map(({ action }) => action),
      events.map(({ subject }) => subject),
      events.map(({ outcome }) => outcome),
      events.map(({ details }) => details),
      at,
    ],
  );
}

export type SequenceName = 'audit' | 'log' | 'checkpoint';

export interface SequenceState {
  readonly size: number;
  readonly head: Uint8Array;
  readonly frontier: Uint8Array;
}

interface StateRow {
  readonly size: bigint;
  readonly head: Uint8Array;
  readonly frontier: Uint8Array;
}

/** Locks: the row of this sequence, before anything else is read. */
export async function lockState(tx: Tx, name: SequenceName): Promise<SequenceState> {
  const { rows } = await tx.query<StateRow>(
    `select size, head, frontier from sequencer_state where name = $1 for update`,
    [name],
  );
  return stateOf(rows[0]);
}

/** Both sequences at one moment. */
export async function readStates(
  db: Db,
): Promise<{ readonly audit: SequenceState; readonly log: SequenceState }> {
  const { rows } = await db.query<StateRow & { readonly name: string }>(
    `select name, size, head, frontier from sequencer_state where name in ('audit', 'log')`,
  );
  const named = new Map(rows.map((row) => [row.name, row]));
  return { audit: stateOf(named.get('audit')), log: stateOf(named.get('log')) };
}

function stateOf(row: StateRow | undefined): SequenceState {
  if (row === undefined) throw new Error('A row of sequencer_state is missing.');
  return { ...row, size: Number(row.size) };
}

export async function readPendingEvents(tx: Tx, limit: number): Promise<readonly StoredEvent[]> {
  const { rows } = await tx.query<Omit<StoredEvent, 'time'> & { readonly at: Date }>(
    `select id, at, actor, action, subject, outcome, details from audit_next_events($1)`,
    [limit],
  );
  return rows.map(({ at, ...row }) => ({ ...row, time: at.getTime() / 1000 }));
}

export interface ChainRow {
  readonly n: number;
  readonly eventId: bigint;
  readonly hash: Uint8Array;
}

/** Appends rows, takes their events from the queue, and moves the state to the last of them. */
export async function appendChain(tx: Tx, rows: readonly ChainRow[]): Promise<void> {
  const last = rows.at(-1);
  if (last === undefined) return;
  const eventIds = rows.map(({ eventId }) => eventId);
  await tx.query(
    `insert into audit_chain (n, event_id, hash)
     select n, event_id, hash
       from unnest($1::bigint[], $2::bigint[], $3::bytea[]) as c (n, event_id, hash)`,
    [rows.map(({ n }) => n), eventIds, rows.map(({ hash }) => hash)],
  );
  await tx.query(`delete from audit_pending where event_id = any ($1::bigint[])`, [eventIds]);
  await tx.query(`update sequencer_state set size = $1, head = $2 where name = 'audit'`, [
    last.n,
    last.hash,
  ]);
}

export interface PendingBatch {
  readonly batchId: bigint;
  /** Payments it settled; at least 1. */
  readonly count: number;
}

export async function readPendingBatches(tx: Tx, limit: number): Promise<readonly PendingBatch[]> {
  const { rows } = await tx.query<PendingBatch>(
    `select batch_id as "batchId", count from log_pending order by batch_id limit $1`,
    [limit],
  );
  return rows;
}

/** Payments `first` to `last`, both included, of one batch. */
export interface Span {
  readonly batchId: bigint;
  readonly first: number;
  readonly last: number;
}

/** A settled payment as the log sees it, with where it is kept. */
export interface Leaf extends LogEntry {
  readonly batchId: bigint;
  /** Place in its batch, from 0. */
  readonly ordinal: number;
}

/** A leaf as bytes, of a payment `p` under the authority named (spec/log.md §1). */
const leafOf = (
  payment: 'p.payment_id' | 'p.document_id',
  authority: 'a.id' | 'p.key_id',
) => `int8send(p.batch_id) || int4send(p.ordinal)
  || ${payment} || ${authority} || int8send(p.amount) || int4send(p.currency)
  || int8send(p.payee_wallet) || int8send(floor(extract(epoch from p.settled_at))::bigint)`;

const UNDER_ALLOWANCE = leafOf('p.payment_id', 'a.id');
const BY_WALLET_KEY = leafOf('p.payment_id', 'p.key_id');
const BY_ORDER = leafOf('p.document_id', 'p.key_id');

/** Bytes of one leaf in the answer of `readLeaves`: 8 + 4 + 32 + 32 + 8 + 4 + 8 + 8. */
const PACKED_BYTES = 104;

/**
 * Leaves in the order of their batches and ordinals. The tables are settlement's and are only read
 * here, payments under allowances, by wallet keys, and orders; a leaf is its columns and nothing
 * else (spec/log.md §1). They come as one binary value: thousands of rows of eight columns cost the
 * driver more than all their hashes.
 */
export async function readLeaves(db: Db, spans: readonly Span[]): Promise<readonly Leaf[]> {
  const { rows } = await db.query<{ packed: Uint8Array | null }>(
    `with spans as materialized (
       select * from unnest($1::bigint[], $2::int[], $3::int[]) as s (batch_id, first, last)
     )
     select string_agg(l.leaf, ''::bytea order by l.batch_id, l.ordinal) as packed
       from (
         select p.batch_id, p.ordinal, ${UNDER_ALLOWANCE} as leaf
           from spans as s
           join settled_payments as p
             on p.batch_id = s.batch_id and p.ordinal between s.first and s.last
           join allowances as a on a.no = p.allowance_no
         union all
         select p.batch_id, p.ordinal, ${BY_WALLET_KEY} as leaf
           from spans as s
           join settled_key_payments as p
             on p.batch_id = s.batch_id and p.ordinal between s.first and s.last
         union all
         select p.batch_id, p.ordinal, ${BY_ORDER} as leaf
           from spans as s
           join settled_orders as p
             on p.batch_id = s.batch_id and p.ordinal between s.first and s.last
       ) as l`,
    [
      spans.map(({ batchId }) => batchId),
      spans.map(({ first }) => first),
      spans.map(({ last }) => last),
    ],
  );
  const packed = rows[0]?.packed ?? new Uint8Array(0);
  const count = packed.length / PACKED_BYTES;
  if (!Number.isInteger(count)) throw new Error('A settled payment has an id that is no hash.');
  return Array.from({ length: count }, (_, index) => unpackLeaf(packed, index * PACKED_BYTES));
}

function unpackLeaf(packed: Uint8Array, start: number): Leaf {
  const view = new DataView(packed.buffer, packed.byteOffset + start, PACKED_BYTES);
  return {
    batchId: view.getBigInt64(0),
    ordinal: view.getInt32(8),
    paymentId: packed.subarray(start + 12, start + 44),
    allowanceId: packed.subarray(start + 44, start + 76),
    amountMinor: view.getBigInt64(76),
    currency: view.getInt32(84),
    payeeWallet: Number(view.getBigInt64(88)),
    settledAt: Number(view.getBigInt64(96)),
  };
}

export interface PlacedBatch extends PendingBatch {
  readonly firstPosition: number;
}

export interface AppendedBatches {
  readonly batches: readonly PlacedBatch[];
  readonly nodes: readonly Subtree[];
  readonly size: number;
  readonly frontier: Uint8Array;
}

/** Appends batches and subtrees, takes the batches from the queue, and moves the state. */
export async function appendBatches(tx: Tx, appended: AppendedBatches): Promise<void> {
  const { batches, nodes, size, frontier } = appended;
  const batchIds = batches.map(({ batchId }) => batchId);
  await tx.query(
    `insert into log_batches (batch_id, first_position, count)
     select batch_id, first_position, count
       from unnest($1::bigint[], $2::bigint[], $3::int[]) as b (batch_id, first_position, count)`,
    [
      batchIds,
      batches.map(({ firstPosition }) => firstPosition),
      batches.map(({ count }) => count),
    ],
  );
  await tx.query(
    `insert into log_nodes (level, idx, hash)
     select level, idx, hash
       from unnest($1::smallint[], $2::bigint[], $3::bytea[]) as n (level, idx, hash)`,
    [
      nodes.map(({ level }) => level),
      nodes.map(({ index }) => index),
      nodes.map(({ hash }) => hash),
    ],
  );
  await tx.query(`delete from log_pending where batch_id = any ($1::bigint[])`, [batchIds]);
  await tx.query(`update sequencer_state set size = $1, frontier = $2 where name = 'log'`, [
    size,
    frontier,
  ]);
}
