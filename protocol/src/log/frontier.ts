import { emptyRoot, nodeHash } from './merkle.ts';
import type { Subtree } from './merkle.ts';

/**
 * All that is needed to go on with a Merkle tree: its size and the complete subtrees it falls
 * into, greatest first. At most 53 hashes, whatever the size.
 */
export interface Frontier {
  readonly size: number;
  readonly subtrees: readonly Subtree[];
}

export interface Appended {
  readonly frontier: Frontier;
  /** The subtrees this leaf completed, the leaf's own hash first: what a store has to keep. */
  readonly completed: readonly Subtree[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, subtrees: [] };

/** Appends one leaf's hash. */
export function appendLeaf({ size, subtrees }: Frontier, leafHash: Uint8Array): Appended {
  const open = [...subtrees];
  const completed: Subtree[] = [{ level: 0, index: size, hash: leafHash }];
  let last: Subtree = { level: 0, index: size, hash: leafHash };
  while (open.at(-1)?.level === last.level) {
    const left = open.pop();
    if (left === undefined) break;
    last = {
      level: last.level + 1,
      index: Math.floor(last.index / 2),
      hash: nodeHash(left.hash, last.hash),
    };
    completed.push(last);
  }
  return { frontier: { size: size + 1, subtrees: [...open, last] }, completed };
}

/** The root of the tree so far. */
export function frontierRoot({ subtrees }: Frontier): Uint8Array {
  if (subtrees.length === 0) return emptyRoot();
  return subtrees.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(left, right));
}
