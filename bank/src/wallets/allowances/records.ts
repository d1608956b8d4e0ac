import type { Db } from '../../db/index.ts';
import { limits } from './limits.ts';
import { readAllowancesOf } from './store.ts';

export type AllowanceStatus =
  'active' | 'exhausted' | 'returned' | 'revoked' | 'expired' | 'closed';

/** An allowance and what became of it. Amounts in minor units, times in seconds. */
export interface AllowanceRecord {
  /** The document's serial. */
  readonly no: bigint;
  /** The document's id. */
  readonly id: Uint8Array;
  readonly deviceNo: bigint;
  /** The payer's offline wallet. */
  readonly wallet: number;
  readonly currency: number;
  readonly limitMinor: bigint;
  readonly perPaymentMinor: bigint;
  readonly count: number;
  readonly firstSequence: number;
  readonly from: number;
  readonly until: number;
  readonly claimUntil: number;
  readonly status: AllowanceStatus;
  readonly settledMinor: bigint;
  readonly releasedMinor: bigint;
  readonly issuedAt: Date;
  /** The issued document, packet of kind 9. */
  readonly packet: Uint8Array;
}

/** A person's allowances, newest first, at most `limits.listed`; `expired` from `until` on. */
export async function allowancesOf(
  db: Db,
  accountId: bigint,
  now: Date,
): Promise<readonly AllowanceRecord[]> {
  const records = await readAllowancesOf(db, accountId, limits.listed);
  const seconds = Math.floor(now.getTime() / 1000);
  return records.map((record) =>
    record.status === 'active' && record.until < seconds
      ? { ...record, status: 'expired' }
      : record,
  );
}
