import type { Audit } from '../audit.ts';
import { openLogWalk } from '../log-walk.ts';
import { readerOf } from '../side-by-side.ts';
import type { Reader } from '../side-by-side.ts';
import { keyPaymentLeaves } from './key-payments.ts';
import { createBatchWalk } from './log.ts';
import type { Leaf, PlacedRow } from './log.ts';
import { orderLeaves } from './orders.ts';
import { paymentLeaves } from './payments.ts';

/**
 * Proves all three kinds of settled payments again, side by side in the order of the log, and
 * hashes the log again from what they say.
 */
export async function auditPayments(audit: Audit): Promise<void> {
  const log = await openLogWalk(audit);
  const batches = createBatchWalk(audit.book.page('log'), log);
  const kinds = [
    readerOf(paymentLeaves(audit)),
    readerOf(keyPaymentLeaves(audit)),
    readerOf(orderLeaves(audit)),
  ];
  try {
    for (let leaf = await takeFirst(kinds); leaf !== undefined; leaf = await takeFirst(kinds)) {
      await batches.place(leaf.row, leaf.entry);
    }
  } finally {
    await Promise.all(kinds.map((kind) => kind.close()));
  }
  await batches.end();
  await log.end();
}

/** The first of the next leaves; of equal places the first kind's. */
async function takeFirst(kinds: readonly Reader<Leaf>[]): Promise<Leaf | undefined> {
  let first: { readonly kind: Reader<Leaf>; readonly leaf: Leaf } | undefined;
  for (const kind of kinds) {
    const leaf = await kind.peek();
    if (leaf === undefined || (first !== undefined && !isBefore(leaf.row, first.leaf.row)))
      continue;
    first = { kind, leaf };
  }
  return first?.kind.take();
}

/** In the order of the queries: what waits for its place comes last. */
function isBefore(one: PlacedRow, other: PlacedRow): boolean {
  const keysOf = ({ first_position: position, batch_id: batch, ordinal }: PlacedRow) =>
    [BigInt(Number(position === null)), position ?? 0n, batch, BigInt(ordinal)] as const;
  const [left, right] = [keysOf(one), keysOf(other)];
  const at = left.findIndex((key, index) => key !== right[index]);
  return at !== -1 && (left[at] ?? 0n) < (right[at] ?? 0n);
}
