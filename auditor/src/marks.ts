import { equalBytes } from '@sikka/protocol';
import type { Audit } from './audit.ts';
import type { Finding, Page } from './book.ts';
import { compareBigints, readerOf } from './side-by-side.ts';
import type { Reader } from './side-by-side.ts';
import { rowsOf } from './snapshot.ts';

/** What a checkpoint says of one of the two logs: so many entries, and this hash over them. */
export interface Mark {
  readonly size: bigint;
  readonly hash: Uint8Array;
  readonly page: Page;
  readonly where: Pick<Finding, 'table' | 'key'>;
}

/** Which log, and how it is spoken of. */
export type MarkedLog = 'log' | 'audit';

const WORDS = {
  log: { hash: 'root of the log', entries: 'leaves' },
  audit: { hash: 'head of the audit chain', entries: 'rows' },
} as const;

/** Checkpoints to be compared while a log is recomputed. */
export interface Marks {
  /** Compares every checkpoint that speaks of this size. */
  reach(size: number, hash: () => Uint8Array): Promise<void>;
  /** Every checkpoint left speaks of more than there is. */
  end(size: number): Promise<void>;
}

/** The checkpoints stored and kept, in the order of their sizes. */
export function openMarks(audit: Audit, log: MarkedLog): Marks {
  const stored = readerOf(storedMarks(audit, log));
  const kept = readerOf(keptMarks(audit, log));
  const { hash: name, entries } = WORDS[log];
  const reach = async (marks: Reader<Mark>, size: number, hash: () => Uint8Array) => {
    for (let mark = await marks.peek(); mark !== undefined; mark = await marks.peek()) {
      if (mark.size > BigInt(size)) return;
      await marks.take();
      const recomputed = hash();
      if (equalBytes(recomputed, mark.hash)) continue;
      const what = `the ${name} at ${mark.size} ${entries} is not the one recomputed`;
      mark.page.wrong({ ...mark.where, what, expected: recomputed, found: mark.hash });
    }
  };
  const end = async (marks: Reader<Mark>, size: number) => {
    for (let mark = await marks.take(); mark !== undefined; mark = await marks.take()) {
      const what = `it was signed over more ${entries} than there are: some were taken away`;
      const found = `${size} ${entries}`;
      mark.page.wrong({ ...mark.where, what, expected: `${mark.size} ${entries}`, found });
    }
    await marks.close();
  };
  return {
    reach: async (size, hash) => {
      await reach(stored, size, hash);
      await reach(kept, size, hash);
    },
    end: async (size) => {
      await end(stored, size);
      await end(kept, size);
    },
  };
}

/** Both kinds together, in the order of the log's sizes; of equal sizes the stored first. */
export function markReader(audit: Audit): Reader<Mark> {
  return readerOf(merged(readerOf(storedMarks(audit, 'log')), readerOf(keptMarks(audit, 'log'))));
}

async function* merged(stored: Reader<Mark>, kept: Reader<Mark>): AsyncGenerator<Mark> {
  try {
    for (;;) {
      const [one, other] = [await stored.peek(), await kept.peek()];
      const isStored = other === undefined || (one !== undefined && one.size <= other.size);
      const next = await (isStored ? stored : kept).take();
      if (next === undefined) return;
      yield next;
    }
  } finally {
    await Promise.all([stored.close(), kept.close()]);
  }
}

interface StoredMark {
  readonly no: bigint;
  readonly size: bigint;
  readonly hash: Uint8Array;
}

async function* storedMarks({ snapshot, book }: Audit, log: MarkedLog): AsyncGenerator<Mark> {
  const page = book.page('checkpoints');
  for await (const { no, size, hash } of rowsOf<StoredMark>(snapshot, STORED[log])) {
    yield { size, hash, page, where: { table: 'checkpoints', key: { no } } };
  }
}

const STORED = {
  log: `
    select no, log_size as size, log_root as hash from checkpoints order by log_size, no`,
  audit: `
    select no, audit_size as size, audit_head as hash from checkpoints order by audit_size, no`,
} as const;

async function* keptMarks({ kept, book }: Audit, log: MarkedLog): AsyncGenerator<Mark> {
  const page = book.page('kept checkpoints');
  const marks = kept.map(({ place, id, document: { fields } }): Mark => {
    const [size, hash] =
      log === 'log' ? [fields.logSize, fields.logRoot] : [fields.auditSize, fields.auditHead];
    return { size: BigInt(size), hash, page, where: { table: 'kept', key: { place, id } } };
  });
  yield* marks.sort((a, b) => compareBigints(a.size, b.size));
}
