import { EMPTY_FRONTIER, equalBytes, frontierRoot } from '@sikka/protocol';
import type { Frontier, Subtree } from '@sikka/protocol';
import type { Db } from '../db/index.ts';
import { encodeFrontier } from './frontier.ts';
import { append, findMissing, spanOf, wholeBatches } from './leaves.ts';
import { limits } from './limits.ts';
import {
  readBatches,
  readLeaves,
  readNodes,
  readRoots,
  readStates,
  readUnloggedBatches,
} from './store/index.ts';
import type { KeptCheckpoint, KeptRoot, Leaf, PlacedBatch } from './store/index.ts';

export const LOG_FINDING_CODES = [
  /** No batch begins where the one before ends. */
  'batch_missing',
  /** A batch has not the payments it had when it was logged. */
  'leaves_differ',
  /** A stored subtree is not the hash of its leaves: one of them was changed. */
  'node_differs',
  /** A batch that settled something and is neither logged nor queued. */
  'batch_not_logged',
  /** The log does not end where the sequencer says. */
  'log_end_differs',
  /** A checkpoint signed another root: a payment before it was changed, or cut off. */
  'root_differs',
] as const;

export interface LogFinding {
  readonly code: (typeof LOG_FINDING_CODES)[number];
  readonly position?: number;
  readonly batchId?: bigint;
  readonly level?: number;
  /** Of a subtree in its level, or of a payment in its batch. */
  readonly index?: number;
  /** The checkpoint's number. */
  readonly checkpoint?: number;
}

export interface LogReport {
  /** Leaves read. */
  readonly size: number;
  /** What was found, at most 100; none where the log is whole. */
  readonly findings: readonly LogFinding[];
}

/**
 * Recomputes the whole log of settled payments (spec/log.md §1) from its leaves and names what
 * does not fit: stored subtrees, the sequencer's state, the roots of checkpoints, stored and
 * `kept` outside. Run it in a `repeatable read` transaction.
 */
export async function verifyLog(db: Db, kept: readonly KeptCheckpoint[] = []): Promise<LogReport> {
  const none = await readRoots(db, { over: -1, upTo: 0 });
  const findings = judgeRoots(EMPTY_FRONTIER, [...none, ...within(kept, { over: -1, upTo: 0 })]);
  let tree = EMPTY_FRONTIER;
  while (findings.length < limits.findings) {
    const near = await readBatches(db, { from: tree.size, limit: limits.verifyRows });
    const batches = wholeBatches(near);
    if (batches.length === 0) break;
    const judged = await judgeBatches(db, { tree, batches, kept });
    findings.push(...judged.findings);
    if (judged.tree === undefined) return report(tree, findings);
    tree = judged.tree;
  }
  return report(tree, [...findings, ...(await judgeEnd(db, tree, kept))]);
}

interface Step {
  readonly tree: Frontier;
  readonly batches: readonly PlacedBatch[];
  readonly kept: readonly KeptCheckpoint[];
}

interface Judged {
  /** `undefined` where it cannot be gone on from here: every later position would be another. */
  readonly tree: Frontier | undefined;
  readonly findings: readonly LogFinding[];
}

async function judgeBatches(db: Db, { tree, batches, kept }: Step): Promise<Judged> {
  const gap = findGap(tree.size, batches);
  if (gap !== undefined) {
    return { tree: undefined, findings: [{ code: 'batch_missing', position: gap }] };
  }
  const leaves = await readLeaves(db, batches.map(spanOf));
  const missing = findMissing(batches, leaves);
  if (missing !== undefined) {
    return {
      tree: undefined,
      findings: [{ code: 'leaves_differ', batchId: missing.batchId, index: missing.ordinal }],
    };
  }
  const range = { over: tree.size, upTo: tree.size + leaves.length };
  const roots = [...(await readRoots(db, range)), ...within(kept, range)];
  const { frontier, nodes, findings } = await grow(tree, leaves, roots);
  return { tree: frontier, findings: [...(await judgeNodes(db, nodes)), ...findings] };
}

function findGap(size: number, batches: readonly PlacedBatch[]): number | undefined {
  let expected = size;
  for (const { firstPosition, count } of batches) {
    if (firstPosition !== expected) return expected;
    expected += count;
  }
  return undefined;
}

/** Appends all leaves, and looks at the root wherever a checkpoint did. */
async function grow(tree: Frontier, leaves: readonly Leaf[], roots: readonly KeptRoot[]) {
  const findings: LogFinding[] = [];
  const nodes: Subtree[] = [];
  let frontier = tree;
  const sizes = new Set([...roots.map(({ logSize }) => logSize), tree.size + leaves.length]);
  for (const size of [...sizes].sort((a, b) => a - b)) {
    const next = leaves.slice(frontier.size - tree.size, size - tree.size);
    const grown = await append(frontier, next);
    nodes.push(...grown.nodes);
    frontier = grown.frontier;
    const here = roots.filter(({ logSize }) => logSize === size);
    findings.push(...judgeRoots(frontier, here));
  }
  return { frontier, nodes, findings };
}

function judgeRoots(tree: Frontier, roots: readonly KeptRoot[]): LogFinding[] {
  const root = frontierRoot(tree);
  return roots
    .filter(({ logRoot }) => !equalBytes(logRoot, root))
    .map(({ no }) => ({ code: 'root_differs', checkpoint: no }));
}

async function judgeNodes(db: Db, nodes: readonly Subtree[]): Promise<readonly LogFinding[]> {
  const stored = new Map(
    (await readNodes(db, nodes)).map(({ level, index, hash }) => [`${level}/${index}`, hash]),
  );
  return nodes
    .filter(({ level, index, hash }) => {
      const found = stored.get(`${level}/${index}`);
      return found === undefined || !equalBytes(found, hash);
    })
    .map(({ level, index }) => ({ code: 'node_differs', level, index }));
}

async function judgeEnd(
  db: Db,
  tree: Frontier,
  kept: readonly KeptCheckpoint[],
): Promise<readonly LogFinding[]> {
  const findings: LogFinding[] = [];
  const { log } = await readStates(db);
  if (log.size !== tree.size || !equalBytes(log.frontier, encodeFrontier(tree))) {
    findings.push({ code: 'log_end_differs', position: tree.size });
  }
  for (const batchId of await readUnloggedBatches(db, limits.findings)) {
    findings.push({ code: 'batch_not_logged', batchId });
  }
  const beyond = { over: tree.size, upTo: Number.MAX_SAFE_INTEGER };
  for (const { no } of [...(await readRoots(db, beyond)), ...within(kept, beyond)]) {
    findings.push({ code: 'root_differs', checkpoint: no });
  }
  return findings;
}

function within(
  kept: readonly KeptCheckpoint[],
  { over, upTo }: { readonly over: number; readonly upTo: number },
): readonly KeptRoot[] {
  return kept.filter(({ logSize }) => logSize > over && logSize <= upTo);
}

function report(tree: Frontier, findings: readonly LogFinding[]): LogReport {
  return { size: tree.size, findings: findings.slice(0, limits.findings) };
}
