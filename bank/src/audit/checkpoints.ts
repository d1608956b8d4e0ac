import { documentId, encodePacket, frontierRoot, logId, signDocument } from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import type { Db, Pool } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { decodeFrontier } from './frontier.ts';
import { limits } from './limits.ts';
import {
  insertCheckpoint,
  lockState,
  readCheckpoints,
  readFirstCheckpointOver,
  readLatestCheckpoint,
  readStates,
} from './store/index.ts';

/** A published commitment to both logs (spec/log.md §3). */
export interface Checkpoint {
  /** From 1. */
  readonly no: number;
  /** Kind 9, signed: what is published. */
  readonly packet: Uint8Array;
  /** The document's id: `previous` of the next. */
  readonly id: Uint8Array;
  readonly logSize: number;
  readonly logRoot: Uint8Array;
  readonly auditSize: number;
  readonly auditHead: Uint8Array;
  readonly at: Date;
}

export interface CheckpointOptions {
  /** The bank's id, of which the log's id is made. */
  readonly bank: string;
  readonly now: Date;
  /** The current issuer key. */
  readonly issuer: Signer & { readonly number: number };
}

/**
 * Signs and stores the next checkpoint, if an event was chained or a payment logged since the last
 * one; else answers `undefined`. One at a time: many processes may call it. Its time is never
 * before the last one's (spec/log.md §3), whatever the clock says.
 */
export async function checkpoint(
  pool: Pool,
  { bank, now, issuer }: CheckpointOptions,
): Promise<Checkpoint | undefined> {
  return inTransaction(pool, async (tx) => {
    const last = await lockState(tx, 'checkpoint');
    const { audit, log } = await readStates(tx);
    const before = await readLatestCheckpoint(tx);
    if (audit.size === (before?.auditSize ?? 0) && log.size === (before?.logSize ?? 0)) {
      return undefined;
    }
    // Of a bank whose clock was set back: no checkpoint is earlier than the one before it.
    const time = Math.floor(Math.max(now.getTime(), before?.at.getTime() ?? 0) / 1000);
    const heads = {
      logSize: log.size,
      logRoot: frontierRoot(decodeFrontier(log.size, log.frontier)),
      auditSize: audit.size,
      auditHead: new Uint8Array(audit.head),
    };
    const document = await signDocument(
      {
        type: 'checkpoint',
        issuerKey: issuer.number,
        logId: logId(bank),
        ...heads,
        time,
        previous: new Uint8Array(last.head),
      },
      issuer,
    );
    const made: Checkpoint = {
      no: last.size + 1,
      packet: encodePacket({ kind: 'document', document }),
      id: documentId({ type: 'checkpoint', suite: document.suite }, document.payload),
      ...heads,
      at: new Date(time * 1000),
    };
    await insertCheckpoint(tx, made);
    return made;
  });
}

export async function latestCheckpoint(db: Db): Promise<Checkpoint | undefined> {
  return readLatestCheckpoint(db);
}

/** Checkpoints from number `from` on, in order; 1 … 500 of them. */
export async function checkpointsFrom(
  db: Db,
  { from, limit = limits.checkpoints }: { readonly from: number; readonly limit?: number },
): Promise<readonly Checkpoint[]> {
  return readCheckpoints(db, { from, limit: Math.min(limit, limits.checkpoints) });
}

/** The first checkpoint whose log holds this position: a receipt always names the same one. */
export async function checkpointOver(db: Db, position: number): Promise<Checkpoint | undefined> {
  return readFirstCheckpointOver(db, position);
}
