import { concatBytes, equalBytes } from '../bytes.ts';
import { sha256 } from '../sha256.ts';

// RFC 9162 §2.1. Sizes and positions are whole numbers below 2^53, so no bit operators here.

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/**
 * A complete subtree: the 2^level leaves from index × 2^level on. Level 0 is a leaf's hash. Once
 * complete its hash never changes, so it can be stored.
 */
export interface SubtreeName {
  readonly level: number;
  readonly index: number;
}

export interface Subtree extends SubtreeName {
  readonly hash: Uint8Array;
}

/** Where hashes of complete subtrees come from: an array, a table's rows. Throws if it has none. */
export type ReadSubtree = (level: number, index: number) => Uint8Array;

/** The leaves from `start` up to, not including, `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** SHA-256(00 ‖ entry). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF, entry));
}

/** SHA-256(01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(NODE, left, right));
}

/** The root of a tree of no leaves. */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** The root over leaf hashes held in memory: §2.1.1. */
export function rootOf(leafHashes: readonly Uint8Array[]): Uint8Array {
  return treeRoot(leafHashes.length, readLeafHashes(leafHashes));
}

/** The root of the first `size` leaves. */
export function treeRoot(size: number, read: ReadSubtree): Uint8Array {
  return size === 0 ? emptyRoot() : rangeHash({ start: 0, end: size }, read);
}

/** The inclusion path of leaf `index` in the tree of the first `size` leaves: §2.1.3.1. */
export function inclusionPath(index: number, size: number, read: ReadSubtree): Uint8Array[] {
  return inclusionRanges(index, { start: 0, end: size }).map((range) => rangeHash(range, read));
}

/** What {@link inclusionPath} will read, so that a store can fetch it in one statement. */
export function inclusionSubtrees(index: number, size: number): SubtreeName[] {
  return inclusionRanges(index, { start: 0, end: size }).flatMap(completeSubtrees);
}

/** The proof that the tree of `oldSize` leaves is the start of that of `newSize`: §2.1.4.1. */
export function consistencyPath(oldSize: number, newSize: number, read: ReadSubtree): Uint8Array[] {
  return consistencyRanges(oldSize, newSize).map((range) => rangeHash(range, read));
}

/** What {@link consistencyPath} will read. */
export function consistencySubtrees(oldSize: number, newSize: number): SubtreeName[] {
  return consistencyRanges(oldSize, newSize).flatMap(completeSubtrees);
}

/** Reads complete subtrees out of leaf hashes held in memory, hashing each when asked. */
export function readLeafHashes(leafHashes: readonly Uint8Array[]): ReadSubtree {
  const read: ReadSubtree = (level, index) => {
    const leaf = leafHashes[index];
    if (level > 0) return nodeHash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1));
    if (leaf === undefined) throw new RangeError(`no leaf ${index}`);
    return leaf;
  };
  return read;
}

/** The complete subtrees a range falls into, from the left. */
function completeSubtrees({ start, end }: Range): SubtreeName[] {
  const level = Math.log2(end - start);
  if (Number.isInteger(level)) return [{ level, index: start / (end - start) }];
  const middle = start + largestPowerBelow(end - start);
  return [...completeSubtrees({ start, end: middle }), ...completeSubtrees({ start: middle, end })];
}

function rangeHash(range: Range, read: ReadSubtree): Uint8Array {
  const hashes = completeSubtrees(range).map(({ level, index }) => read(level, index));
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** k of §2.1: the greatest power of two below n. */
function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

function inclusionRanges(index: number, { start, end }: Range): Range[] {
  if (!Number.isSafeInteger(index) || index < start || index >= end) {
    throw new RangeError(`no leaf ${index} in a tree of ${end}`);
  }
  if (end - start === 1) return [];
  const middle = start + largestPowerBelow(end - start);
  return index < middle
    ? [...inclusionRanges(index, { start, end: middle }), { start: middle, end }]
    : [...inclusionRanges(index, { start: middle, end }), { start, end: middle }];
}

function consistencyRanges(oldSize: number, newSize: number): Range[] {
  if (!Number.isSafeInteger(oldSize) || oldSize < 0 || oldSize > newSize) {
    throw new RangeError(`a tree of ${newSize} has no earlier one of ${oldSize}`);
  }
  // The empty tree is the start of every tree; nothing needs to be shown.
  return oldSize === 0 ? [] : subproof(oldSize, { start: 0, end: newSize }, 'old root known');
}

function subproof(
  oldEnd: number,
  { start, end }: Range,
  root: 'old root known' | 'old root unknown',
): Range[] {
  if (oldEnd === end) return root === 'old root known' ? [] : [{ start, end }];
  const middle = start + largestPowerBelow(end - start);
  if (oldEnd <= middle) {
    return [...subproof(oldEnd, { start, end: middle }, root), { start: middle, end }];
  }
  return [...subproof(oldEnd, { start: middle, end }, 'old root unknown'), { start, end: middle }];
}

export interface InclusionClaim {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** Whether the leaf hash stands at `index` of the tree with this size and root: §2.1.3.2. */
export function verifyInclusion({ leaf, index, size, root, path }: InclusionClaim): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const step of path) {
    if (sn === 0 || step.length !== 32) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(step, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else {
      hash = nodeHash(hash, step);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equalBytes(hash, root);
}

export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly newSize: number;
  readonly newRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** Whether the tree with the old size and root is the start of the new one: §2.1.4.2. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { oldSize, oldRoot, newSize, newRoot, path } = claim;
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) return false;
  if (path.some((step) => step.length !== 32)) return false;
  if (oldSize === newSize) return path.length === 0 && equalBytes(oldRoot, newRoot);
  if (oldSize === 0) return path.length === 0 && equalBytes(oldRoot, emptyRoot());
  // An old tree that is complete is its own first step, so the path leaves it out.
  const steps = Number.isInteger(Math.log2(oldSize)) ? [oldRoot, ...path] : path;
  return replayConsistency(claim, steps);
}

function replayConsistency(
  { oldSize, oldRoot, newSize, newRoot }: ConsistencyClaim,
  [first, ...steps]: readonly Uint8Array[],
): boolean {
  if (first === undefined) return false;
  let fn = oldSize - 1;
  let sn = newSize - 1;
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let oldHash = first;
  let newHash = first;
  for (const step of steps) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      oldHash = nodeHash(step, oldHash);
      newHash = nodeHash(step, newHash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else {
      newHash = nodeHash(newHash, step);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equalBytes(oldHash, oldRoot) && equalBytes(newHash, newRoot);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function half(value: number): number {
  return Math.floor(value / 2);
}
