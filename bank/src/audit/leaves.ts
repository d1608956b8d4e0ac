import { setImmediate as letOthersWork } from 'node:timers/promises';
import { appendLeaf, leafHash, logEntry } from '@sikka/protocol';
import type { Frontier, Subtree } from '@sikka/protocol';
import { limits } from './limits.ts';
import type { Leaf, PendingBatch, Span } from './store/index.ts';

/** As many whole batches as make one step; at least one. */
export function wholeBatches<B extends PendingBatch>(batches: readonly B[]): readonly B[] {
  let total = 0;
  const end = batches.findIndex(({ count }, index) => {
    total += count;
    return index > 0 && total > limits.leavesPerStep;
  });
  return end < 0 ? batches : batches.slice(0, end);
}

/** All payments of a batch. */
export function spanOf({ batchId, count }: PendingBatch): Span {
  return { batchId, first: 0, last: count - 1 };
}

/** The first payment that the batches have and the leaves have not; the order must fit too. */
export function findMissing(
  batches: readonly PendingBatch[],
  leaves: readonly Leaf[],
): { readonly batchId: bigint; readonly ordinal: number } | undefined {
  let next = 0;
  for (const { batchId, count } of batches) {
    for (let ordinal = 0; ordinal < count; ordinal += 1) {
      const leaf = leaves[next];
      if (leaf?.batchId !== batchId || leaf.ordinal !== ordinal) return { batchId, ordinal };
      next += 1;
    }
  }
  return undefined;
}

/**
 * Hashes leaves onto a tree; answers the subtrees large enough to store that this completed. Lets
 * other work in between, because a full batch is a tenth of a second of hashing.
 */
export async function append(
  frontier: Frontier,
  leaves: readonly Leaf[],
): Promise<{ readonly frontier: Frontier; readonly nodes: readonly Subtree[] }> {
  let grown = frontier;
  const nodes: Subtree[] = [];
  for (const [index, leaf] of leaves.entries()) {
    if (index > 0 && index % limits.leavesAtOnce === 0) await letOthersWork();
    const appended = appendLeaf(grown, leafHash(logEntry(leaf)));
    grown = appended.frontier;
    for (const subtree of appended.completed) {
      if (subtree.level >= limits.storedLevel) nodes.push(subtree);
    }
  }
  return { frontier: grown, nodes };
}
