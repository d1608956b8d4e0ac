import type { BundleTransactionType } from '@sikka/protocol';
import type { Db } from '../../../db/index.ts';
import type { Verdict } from './bundles.ts';

export interface ReadBundle {
  readonly id: bigint;
  readonly bundleId: string;
  readonly deviceId: string;
  readonly payloadHash: Uint8Array;
  readonly verdict: Verdict;
  readonly code: string | undefined;
  /** Nobody has decided its review yet. */
  readonly isHeld: boolean;
  readonly pushes: number;
  readonly count: number;
  /** Minor units by currency. */
  readonly totals: Readonly<Record<string, string>>;
  readonly receivedAt: Date;
  readonly clearedAt: Date | undefined;
}

export async function readBundle(db: Db, bundleId: string): Promise<ReadBundle | undefined> {
  const { rows } = await db.query<{
    id: bigint;
    device_id: string;
    payload_sha256: Uint8Array;
    verdict: Verdict;
    code: string | null;
    held: boolean;
    push_attempts: number;
    tx_count: number;
    totals: Readonly<Record<string, string>> | null;
    received_at: Date;
    cleared_at: Date | null;
  }>(
    `select b.id, t.device_id, b.payload_sha256, b.verdict, b.code, b.push_attempts, b.tx_count,
       b.totals, b.received_at, b.cleared_at,
       exists (select from reviews as r where r.id = b.review and r.outcome is null) as held
     from device_bundles as b
     join tills as t on t.no = b.till
     where b.bundle_id = $1`,
    [bundleId],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    ...{ id: row.id, bundleId, deviceId: row.device_id, verdict: row.verdict },
    payloadHash: new Uint8Array(row.payload_sha256),
    code: row.code ?? undefined,
    ...{ isHeld: row.held, pushes: row.push_attempts, count: row.tx_count },
    totals: row.totals ?? {},
    receivedAt: row.received_at,
    clearedAt: row.cleared_at ?? undefined,
  };
}

export interface ListedTransaction {
  readonly id: bigint;
  readonly localId: string;
  /** Place in this bundle. */
  readonly ordinal: number;
  readonly type: BundleTransactionType;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly sender: string;
  readonly receiver: string;
  readonly documentId: Uint8Array | undefined;
  readonly refused: string | undefined;
  /** False where this bundle said something else under the number. */
  readonly isSame: boolean;
  /** The review of the bundle that brought it first has rejected it. */
  readonly isRejected: boolean;
  readonly receivedAt: Date;
}

/** In the order of the bundle. */
export async function readListed(db: Db, bundle: bigint): Promise<readonly ListedTransaction[]> {
  const { rows } = await db.query<{
    id: bigint;
    local_id: string;
    ordinal: number;
    type: BundleTransactionType;
    amount: bigint;
    currency: number;
    sender: string;
    receiver: string;
    document_id: Uint8Array | null;
    refused: string | null;
    same: boolean;
    rejected: boolean;
    received_at: Date;
  }>(
    `select t.id, t.local_id, l.ordinal, t.type, t.amount, t.currency, t.sender, t.receiver,
       t.document_id, t.refused, l.same, b.received_at,
       coalesce(r.outcome = 'rejected', false) as rejected
     from bundle_transactions as l
     join till_transactions as t on t.id = l.transaction
     join device_bundles as b on b.id = t.bundle
     left join reviews as r on r.id = b.review
     where l.bundle = $1
     order by l.ordinal`,
    [bundle],
  );
  return rows.map((row) => ({
    ...{ id: row.id, localId: row.local_id, ordinal: row.ordinal, type: row.type },
    ...{ amountMinor: row.amount, currency: row.currency },
    ...{ sender: row.sender, receiver: row.receiver },
    documentId: row.document_id === null ? undefined : new Uint8Array(row.document_id),
    refused: row.refused ?? undefined,
    ...{ isSame: row.same, isRejected: row.rejected, receivedAt: row.received_at },
  }));
}
