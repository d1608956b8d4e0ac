import {
  consistencyPath,
  consistencySubtrees,
  EMPTY_FRONTIER,
  equalBytes,
  frontierRoot,
  verifyConsistency,
} from '@sikka/protocol';
import type { Frontier, Subtree, SubtreeName } from '@sikka/protocol';
import type { Page } from './book.ts';
import type { Mark } from './marks.ts';
import type { Reader } from './side-by-side.ts';

/**
 * Proves while the log is recomputed that every checkpoint, published or kept, continues the one
 * before it: a consistency proof of RFC 9162 §2.1.4 (spec/log.md §3) between the two sizes, with
 * the roots that were signed. Held is one proof, at most 106 hashes.
 */
export interface ConsistencyWalk {
  /** After each leaf, and before the first: the tree so far, and the subtrees just completed. */
  reach(frontier: Frontier, completed: readonly Subtree[]): Promise<void>;
  /** Every checkpoint left speaks of more than there is: nothing continues it. */
  end(): Promise<void>;
}

interface Base {
  /** Undefined for the empty tree, which every log continues. */
  readonly mark: Mark | undefined;
  readonly size: number;
  readonly root: Uint8Array;
}

interface Walk {
  readonly page: Page;
  readonly marks: Reader<Mark>;
  base: Base;
  /** Of the proof under way: those it reads, and which of their hashes are known. */
  needed: ReadonlySet<string>;
  known: Map<string, Uint8Array>;
}

/** `marks`: the checkpoints in the order of their logs' sizes. */
export function openConsistency(page: Page, marks: Reader<Mark>): ConsistencyWalk {
  const walk: Walk = {
    ...{ page, marks },
    base: { mark: undefined, size: 0, root: frontierRoot(EMPTY_FRONTIER) },
    needed: new Set(),
    known: new Map(),
  };
  return {
    reach: async (frontier, completed) => {
      for (const subtree of completed) learn(walk, subtree);
      let next = await walk.marks.peek();
      while (next !== undefined && next.size <= BigInt(frontier.size)) {
        await walk.marks.take();
        const root = frontierRoot(frontier);
        prove(walk, next, root);
        walk.base = { mark: next, size: frontier.size, root };
        next = await walk.marks.peek();
        ask(walk, { frontier, next });
      }
      if (frontier.size === 0) ask(walk, { frontier, next });
    },
    end: async () => {
      for (let left = await walk.marks.take(); left; left = await walk.marks.take()) {
        refuse(walk, left, 'a log that reaches so far');
      }
      await walk.marks.close();
    },
  };
}

/** Which subtrees the proof up to the next checkpoint will read; what is complete is known. */
function ask(
  walk: Walk,
  { frontier, next }: { readonly frontier: Frontier; readonly next: Mark | undefined },
): void {
  const isAhead = next !== undefined && next.size >= BigInt(walk.base.size);
  const names = isAhead ? consistencySubtrees(walk.base.size, Number(next.size)) : [];
  walk.needed = new Set(names.map(nameOf));
  walk.known = new Map();
  for (const subtree of frontier.subtrees) learn(walk, subtree);
}

function learn({ needed, known }: Walk, subtree: Subtree): void {
  const name = nameOf(subtree);
  if (needed.has(name)) known.set(name, subtree.hash);
}

function nameOf({ level, index }: SubtreeName): string {
  return `${level}/${index}`;
}

/** Every log continues the empty one, so of the first checkpoint its root alone is asked. */
function prove(walk: Walk, mark: Mark, root: Uint8Array): void {
  const { base, known, page } = walk;
  page.saw();
  const read = (level: number, index: number): Uint8Array => {
    const hash = known.get(nameOf({ level, index }));
    if (hash === undefined) throw new Error(`No hash of subtree ${level}/${index} was kept.`);
    return hash;
  };
  const newSize = Number(mark.size);
  const claim = { oldSize: base.size, oldRoot: base.root, newSize, newRoot: mark.hash };
  const path = consistencyPath(base.size, newSize, read);
  const isFirst = base.size === 0;
  if (verifyConsistency({ ...claim, path }) && (!isFirst || equalBytes(root, mark.hash))) return;
  refuse(walk, mark, 'a proof from the one to the other');
}

/** The base's root is the one recomputed, so it is the mark that does not fit. */
function refuse({ page, base }: Walk, mark: Mark, expected: string): void {
  const before = base.mark === undefined ? 'the empty log' : nameOfMark(base.mark);
  const log = `its log of ${mark.size} leaves`;
  const what = `${log} does not continue that of ${before}, of ${base.size}`;
  page.wrong({ ...mark.where, what, expected, found: mark.hash });
}

function nameOfMark({ where: { table, key } }: Mark): string {
  const named = Object.entries(key).find(([, value]) => typeof value !== 'object');
  return `${table}, ${named?.join(' ') ?? 'a row'}`;
}
