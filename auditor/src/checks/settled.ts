import type { Audit } from '../audit.ts';
import { openLogWalk } from '../log-walk.ts';
import { readerOf } from '../side-by-side.ts';
import { keyPaymentLeaves } from './key-payments.ts';
import { createBatchWalk } from './log.ts';
import type { PlacedRow } from './log.ts';
import { paymentLeaves } from './payments.ts';

/**
 * Proves both kinds of settled payments again, side by side in the order of the log, and hashes
 * the log again from what they say.
 */
export async function auditPayments(audit: Audit): Promise<void> {
  const log = await openLogWalk(audit);
  const batches = createBatchWalk(audit.book.page('log'), log);
  const kinds = [readerOf(paymentLeaves(audit)), readerOf(keyPaymentLeaves(audit))] as const;
  try {
    for (;;) {
      const [one, other] = [await kinds[0].peek(), await kinds[1].peek()];
      const isFirst = other === undefined || (one !== undefined && isBefore(one.row, other.row));
      const leaf = await kinds[isFirst ? 0 : 1].take();
      if (leaf === undefined) break;
      await batches.place(leaf.row, leaf.entry);
    }
  } finally {
    await Promise.all(kinds.map((kind) => kind.close()));
  }
  await batches.end();
  await log.end();
}

/** In the order of both queries: what waits for its place comes last. */
function isBefore(one: PlacedRow, other: PlacedRow): boolean {
  const keysOf = ({ first_position: position, batch_id: batch, ordinal }: PlacedRow) =>
    [BigInt(Number(position === null)), position ?? 0n, batch, BigInt(ordinal)] as const;
  const [left, right] = [keysOf(one), keysOf(other)];
  const at = left.findIndex((key, index) => key !== right[index]);
  return at === -1 || (left[at] ?? 0n) < (right[at] ?? 0n);
}
