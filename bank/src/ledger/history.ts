import type { Db } from '../db/index.ts';
import type { AccountId } from './accounts.ts';
import { limits } from './limits.ts';
import { readTransfersOf } from './store.ts';

/** A transfer, seen from nowhere: who asks compares `debit` and `credit` with their account. */
export interface PastTransfer {
  readonly id: bigint;
  readonly kind: string;
  readonly currency: number;
  readonly debit: AccountId;
  readonly credit: AccountId;
  readonly amountMinor: bigint;
  readonly reference: Uint8Array | undefined;
  readonly at: Date;
}

export interface TransferPage {
  readonly accounts: readonly AccountId[];
  /** Only transfers before this one, for the next page. */
  readonly before?: Pick<PastTransfer, 'at' | 'id'>;
  /** 1 … `historyRows`. */
  readonly limit?: number;
}

/**
 * Transfers from or to these accounts, newest first. Not settlements: those are read from the
 * settled payments, with their evidence.
 */
export async function transfersOf(db: Db, page: TransferPage): Promise<readonly PastTransfer[]> {
  const limit = Math.min(page.limit ?? limits.historyRows, limits.historyRows);
  return readTransfersOf(db, { ...page, limit });
}
