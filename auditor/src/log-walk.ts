import {
  appendLeaf,
  concatBytes,
  EMPTY_FRONTIER,
  equalBytes,
  frontierRoot,
  leafHash,
  logEntry,
} from '@sikka/protocol';
import type { Frontier, LogEntry, Subtree } from '@sikka/protocol';
import type { Audit } from './audit.ts';
import { openConsistency } from './consistency.ts';
import { markReader, openMarks } from './marks.ts';
import type { Marks } from './marks.ts';
import { readerOf } from './side-by-side.ts';
import type { Reader } from './side-by-side.ts';
import { rowsOf } from './snapshot.ts';

/** Subtrees of 2^8 leaves and more are stored (migration 0003). */
const STORED_LEVEL = 8;

/** The Merkle log, hashed again leaf by leaf; what is held are the 53 hashes of a frontier. */
export interface LogWalk {
  /** Leaves so far. */
  size(): number;
  append(entry: LogEntry): Promise<void>;
  /** Compares what is left: the sequencer's state, nodes and checkpoints past the end. */
  end(): Promise<void>;
}

interface Walk {
  readonly audit: Audit;
  readonly nodes: Reader<NodeRow>;
  readonly marks: Marks;
  frontier: Frontier;
}

interface NodeRow {
  readonly level: number;
  readonly idx: bigint;
  readonly hash: Uint8Array;
}

export async function openLogWalk(audit: Audit): Promise<LogWalk> {
  const nodes = readerOf(rowsOf<NodeRow>(audit.snapshot, NODES));
  const walk: Walk = { audit, nodes, marks: openMarks(audit, 'log'), frontier: EMPTY_FRONTIER };
  const consistency = openConsistency(audit.book.page('consistency'), markReader(audit));
  const reach = async (completed: readonly Subtree[]) => {
    await walk.marks.reach(walk.frontier.size, () => frontierRoot(walk.frontier));
    await consistency.reach(walk.frontier, completed);
  };
  await reach([]);
  return {
    size: () => walk.frontier.size,
    append: async (entry) => {
      const { frontier, completed } = appendLeaf(walk.frontier, leafHash(logEntry(entry)));
      walk.frontier = frontier;
      for (const subtree of completed) {
        if (subtree.level >= STORED_LEVEL) await compareNode(walk, subtree);
      }
      await reach(completed);
    },
    end: async () => {
      await compareState(walk);
      await refuseNodes(walk);
      await walk.marks.end(walk.frontier.size);
      await consistency.end();
    },
  };
}

/** Stored subtrees come in the order in which leaves complete them. */
async function compareNode({ audit, nodes }: Walk, subtree: Subtree): Promise<void> {
  const page = audit.book.page('log');
  const { level, index, hash } = subtree;
  const stored = await nodes.peek();
  const where = { table: 'log_nodes', key: { level, idx: index } };
  if (stored?.level !== level || stored.idx !== BigInt(index)) {
    page.wrong({ ...where, what: 'a subtree is not stored', expected: hash, found: undefined });
    return;
  }
  await nodes.take();
  const what = 'a stored subtree is not the hash of its leaves';
  if (!equalBytes(hash, stored.hash))
    page.wrong({ ...where, what, expected: hash, found: stored.hash });
}

async function refuseNodes({ audit, nodes }: Walk): Promise<void> {
  const page = audit.book.page('log');
  for (let node = await nodes.take(); node !== undefined; node = await nodes.take()) {
    page.wrong({
      table: 'log_nodes',
      key: { level: node.level, idx: node.idx },
      what: 'a subtree of leaves that are not in the log',
      expected: undefined,
      found: node.hash,
    });
  }
  await nodes.close();
}

async function compareState({ audit, frontier }: Walk): Promise<void> {
  const page = audit.book.page('log');
  const [state] = await audit.snapshot.query<{ size: bigint; frontier: Uint8Array }>(STATE);
  const where = { table: 'sequencer_state', key: { name: 'log' } };
  const what = 'the log does not end where its sequencer says';
  const found = `${state?.size ?? 0} leaves`;
  if (!page.same({ ...where, what, expected: `${frontier.size} leaves`, found })) return;
  const expected = concatBytes(...frontier.subtrees.map(({ hash }) => hash));
  page.same({ ...where, what, expected, found: state?.frontier });
}

const NODES = `
  select level, idx, hash from log_nodes order by (idx + 1) << level::int, level`;

const STATE = `select size, frontier from sequencer_state where name = 'log'`;
