import { auditHash } from '@sikka/protocol';
import type { Pool, Tx } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { AuditError } from './errors.ts';
import { decodeFrontier, encodeFrontier } from './frontier.ts';
import { append, findMissing, spanOf, wholeBatches } from './leaves.ts';
import { limits } from './limits.ts';
import {
  appendBatches,
  appendChain,
  lockState,
  readLeaves,
  readPendingBatches,
  readPendingEvents,
} from './store/index.ts';
import type { ChainRow, PendingBatch, PlacedBatch } from './store/index.ts';

/** What was given its place. */
export interface Sequenced {
  /** Events chained. */
  readonly events: number;
  /** Settled payments appended to the log. */
  readonly leaves: number;
}

/**
 * Gives every committed event and settled payment its place (spec/log.md §1, §2), until both
 * queues are empty. Any number of processes may run it, and be killed at any instruction: each
 * step is one transaction, and one at a time holds the row of its sequence.
 */
export async function sequence(pool: Pool): Promise<Sequenced> {
  return { events: await sequenceAudit(pool), leaves: await sequenceLog(pool) };
}

/** The audit chain's part of {@link sequence}: answers how many events were chained. */
export async function sequenceAudit(pool: Pool): Promise<number> {
  return untilDrained(() => inTransaction(pool, chainSome));
}

/** The log's part of {@link sequence}: answers how many leaves were appended. */
export async function sequenceLog(pool: Pool): Promise<number> {
  return untilDrained(() => inTransaction(pool, appendSome));
}

async function untilDrained(step: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const done = await step();
    if (done === 0) return total;
    total += done;
  }
}

/** Locks: the state row first, so that what is pending is read after whoever was here before. */
async function chainSome(tx: Tx): Promise<number> {
  const state = await lockState(tx, 'audit');
  const events = await readPendingEvents(tx, limits.eventsPerStep);
  if (events.length === 0) return 0;
  let { size, head } = state;
  const rows: ChainRow[] = [];
  for (const event of events) {
    size += 1;
    head = auditHash(head, { ...event, number: size });
    rows.push({ n: size, eventId: event.id, hash: head });
  }
  await appendChain(tx, rows);
  return rows.length;
}

async function appendSome(tx: Tx): Promise<number> {
  const state = await lockState(tx, 'log');
  const batches = wholeBatches(await readPendingBatches(tx, limits.batchesPerStep));
  if (batches.length === 0) return 0;
  const leaves = await readLeaves(tx, batches.map(spanOf));
  const missing = findMissing(batches, leaves);
  // A leaf that is not there must not move the ones after it to its place.
  if (missing !== undefined) {
    throw new AuditError(
      'audit/leaves_missing',
      `Batch ${missing.batchId} settled payment ${missing.ordinal}, which is not in its table.`,
    );
  }
  const appended = await append(decodeFrontier(state.size, state.frontier), leaves);
  await appendBatches(tx, {
    batches: place(batches, state.size),
    nodes: appended.nodes,
    size: appended.frontier.size,
    frontier: encodeFrontier(appended.frontier),
  });
  return leaves.length;
}

function place(batches: readonly PendingBatch[], size: number): readonly PlacedBatch[] {
  let position = size;
  return batches.map(({ batchId, count }) => {
    const firstPosition = position;
    position += count;
    return { batchId, count, firstPosition };
  });
}
