import {
  consistencyPath as consistencyOf,
  consistencySubtrees,
  inclusionPath as inclusionOf,
  inclusionSubtrees,
  leafHash,
  logEntry,
  nodeHash,
  treeRoot,
} from '@sikka/protocol';
import type { ReadSubtree, SubtreeName } from '@sikka/protocol';
import type { Db } from '../db/index.ts';
import { AuditError } from './errors.ts';
import { frontierNames } from './frontier.ts';
import { limits } from './limits.ts';
import { readBatch, readBatchesAt, readLeaves, readNodes, readStates } from './store/index.ts';
import type { Positions } from './store/index.ts';

/** `not_in_log`: the log is not that long (yet), or the question makes no sense. */
export type PathAnswer =
  | { readonly ok: true; readonly path: readonly Uint8Array[] }
  | { readonly ok: false; readonly code: 'not_in_log' };

const notInLog = { ok: false, code: 'not_in_log' } as const;

/**
 * The path from the leaf at `position` to the root of the first `size` leaves (RFC 9162 §2.1.3.1),
 * for any size up to now. Reads O(log n) rows and at most 512 payments.
 */
export async function inclusionPath(
  db: Db,
  { position, size }: { readonly position: number; readonly size: number },
): Promise<PathAnswer> {
  if (!isCount(position) || position >= size || !(await reaches(db, size))) return notInLog;
  const read = await fetchSubtrees(db, inclusionSubtrees(position, size));
  return { ok: true, path: inclusionOf(position, size, read) };
}

/** The proof that the first `first` leaves start the first `second` (RFC 9162 §2.1.4.1). */
export async function consistencyPath(
  db: Db,
  { first, second }: { readonly first: number; readonly second: number },
): Promise<PathAnswer> {
  if (!isCount(first) || first > second || !(await reaches(db, second))) return notInLog;
  const read = await fetchSubtrees(db, consistencySubtrees(first, second));
  return { ok: true, path: consistencyOf(first, second, read) };
}

/** The root of the first `size` leaves; `undefined` where the log is not that long. */
export async function rootAt(db: Db, size: number): Promise<Uint8Array | undefined> {
  if (!(await reaches(db, size))) return undefined;
  return treeRoot(size, await fetchSubtrees(db, frontierNames(size)));
}

/** Where a settled payment is in the log; `undefined` until the sequencer has been there. */
export async function positionOf(
  db: Db,
  { batchId, ordinal }: { readonly batchId: bigint; readonly ordinal: number },
): Promise<number | undefined> {
  const batch = await readBatch(db, batchId);
  if (batch === undefined || ordinal < 0 || ordinal >= batch.count) return undefined;
  return batch.firstPosition + ordinal;
}

async function reaches(db: Db, size: number): Promise<boolean> {
  return isCount(size) && size <= (await readStates(db)).log.size;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Large subtrees from their table, small ones hashed again from their leaves. */
async function fetchSubtrees(db: Db, names: readonly SubtreeName[]): Promise<ReadSubtree> {
  const stored = names.filter(({ level }) => level >= limits.storedLevel);
  const hashes = new Map<string, Uint8Array>();
  for (const { level, index, hash } of await readNodes(db, stored)) {
    hashes.set(keyOf(level, index), hash);
  }
  for (const positions of blocksOf(names.filter(({ level }) => level < limits.storedLevel))) {
    for (const [position, hash] of await hashLeaves(db, positions)) {
      hashes.set(keyOf(0, position), hash);
    }
  }
  const read: ReadSubtree = (level, index) => {
    const known = hashes.get(keyOf(level, index));
    if (known !== undefined) return known;
    if (level === 0 || level >= limits.storedLevel) throw missing(level, index);
    return nodeHash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1));
  };
  return read;
}

function keyOf(level: number, index: number): string {
  return `${level}/${index}`;
}

function missing(level: number, index: number): AuditError {
  return new AuditError('audit/node_missing', `The log has no subtree ${index} of level ${level}.`);
}

/** The leaves under small subtrees, as one range for each stored subtree's width. */
function blocksOf(names: readonly SubtreeName[]): readonly Positions[] {
  const blocks = new Map<number, Positions>();
  for (const { level, index } of names) {
    const first = index * 2 ** level;
    const last = first + 2 ** level - 1;
    const block = Math.floor(first / 2 ** limits.storedLevel);
    const known = blocks.get(block) ?? { first, last };
    blocks.set(block, {
      first: Math.min(first, known.first),
      last: Math.max(last, known.last),
    });
  }
  return [...blocks.values()];
}

async function hashLeaves(db: Db, positions: Positions): Promise<Map<number, Uint8Array>> {
  const batches = await readBatchesAt(db, positions);
  const firsts = new Map(batches.map(({ batchId, firstPosition }) => [batchId, firstPosition]));
  const leaves = await readLeaves(
    db,
    batches.map(({ batchId, firstPosition, count }) => ({
      batchId,
      first: Math.max(0, positions.first - firstPosition),
      last: Math.min(count - 1, positions.last - firstPosition),
    })),
  );
  return new Map(
    leaves.map((leaf) => [
      (firsts.get(leaf.batchId) ?? 0) + leaf.ordinal,
      leafHash(logEntry(leaf)),
    ]),
  );
}
