import type { DecidingStore, SettlementStore } from '@sikka/bank/deciding';
import { PASSING_CODES, readEvidence } from '@sikka/bank/deciding';
import { readFacts, readKnown } from './memory-facts.ts';
import { postDecision } from './memory-post.ts';
import type { Tables } from './tables.ts';
import { keyOf } from './tables.ts';
import type { UndoLog } from './undo-log.ts';

/** Where a process may die, or another may be quicker: before and after each step of a decision. */
export type StoreStep =
  'received' | 'known' | 'before-deciding' | 'locked' | 'facts' | 'posted' | 'committed';

export const STORE_STEPS: readonly StoreStep[] = [
  'received',
  'known',
  'before-deciding',
  'locked',
  'facts',
  'posted',
  'committed',
];

export interface MemoryStoreOptions {
  /** The database's clock: received times are by it. */
  readonly clock: () => Date;
  /** Called at each step; what it throws ends the process there. */
  readonly step?: ((at: StoreStep) => Promise<void> | void) | undefined;
}

/**
 * Settlement's store in memory: what PostgreSQL promises the bank, without PostgreSQL. A decision
 * is one transaction; whatever is thrown inside it leaves nothing.
 */
export function createMemoryStore(
  tables: Tables,
  { clock, step = () => undefined }: MemoryStoreOptions,
): SettlementStore {
  const secondsOf = () => Math.floor(clock().getTime() / 1000);
  return {
    async receive(upload) {
      const stored = storeUpload(tables, upload, { now: secondsOf() });
      await step('received');
      return stored;
    },
    async readUpload(id) {
      const row = tables.uploads.get(id);
      const waits = tables.inbox.get(id);
      const held = waits?.heldBy !== undefined;
      return row && { ...row, undecided: waits !== undefined && !held, held };
    },
    async readKnown(question) {
      const known = readKnown(tables, question);
      await step('known');
      return known;
    },
    async readItemRefusals(uploadId) {
      const latest = new Map(
        tables.rejected.flatMap((row) => {
          const { place, kind, code, proofId, documentId } = row;
          const refusal = { place, kind, code, proofId, judged: documentId !== undefined };
          return row.uploadId === uploadId ? [[place, refusal] as const] : [];
        }),
      );
      return [...latest.values()].sort((one, other) => one.place - other.place);
    },
    readDecidedFacts: async (question, known) => readFacts(tables, question, { known }),
    deciding: (uploadId, act) => deciding({ tables, step, uploadId, at: clock() }, act),
    async finish(uploadId, held) {
      await tables.log.transaction(() => {
        if (!tables.inbox.has(uploadId)) return;
        if (held.length === 0) tables.log.delete(tables.heldItems, uploadId);
        else tables.log.set(tables.heldItems, uploadId, held);
        tables.log.delete(tables.inbox, uploadId);
      });
    },
  };
}

type Act<T> = (store: DecidingStore) => Promise<T>;

interface Deciding {
  readonly tables: Tables;
  readonly step: NonNullable<MemoryStoreOptions['step']>;
  readonly uploadId: bigint;
  readonly at: Date;
}

/** One transaction, while nobody else can decide. */
async function deciding<T>({ tables, step, uploadId, at }: Deciding, act: Act<T>) {
  await step('before-deciding');
  const done = await tables.log.transaction(async () => {
    const waits = tables.inbox.get(uploadId);
    if (waits === undefined || waits.heldBy !== undefined) return undefined;
    await step('locked');
    const value = await act({
      at,
      readFacts: async (question, known) => {
        const facts = readFacts(tables, question, { known, uploadId });
        await step('facts');
        return facts;
      },
      readEvidence: async (places) => places.map((place) => evidenceAt(tables, place)),
      post: async (posting) => {
        const posted = postDecision(tables, posting);
        await step('posted');
        return posted;
      },
    });
    return { value };
  });
  await step('committed');
  return done;
}

type NewUpload = Parameters<SettlementStore['receive']>[0];

interface Storing {
  readonly now: number;
  /** Inside a transaction, with which it is taken back; else it is its own. */
  readonly within?: Pick<UndoLog, 'set'>;
}

const DIRECTLY: Pick<UndoLog, 'set'> = { set: (map, key, value) => void map.set(key, value) };

/** The same bytes again are the first row; they are decided again where something may pass now. */
export function storeUpload(
  tables: Tables,
  upload: NewUpload,
  { now, within = DIRECTLY }: Storing,
): { readonly id: bigint; readonly receivedAt: Date } {
  const { bytes, sha256, uploader, leaveMs, hold } = upload;
  const receivedAt = new Date(now * 1000);
  const waiting = { visibleAt: now * 1000 + leaveMs, attempts: 0, heldBy: hold?.review };
  const known = tables.uploadsByHash.get(keyOf(sha256));
  if (known === undefined) {
    const row = { id: BigInt(tables.uploads.size + 1), bytes, sha256, uploader, receivedAt };
    within.set(tables.uploads, row.id, row);
    within.set(tables.uploadsByHash, keyOf(sha256), row);
    within.set(tables.inbox, row.id, waiting);
    return { id: row.id, receivedAt };
  }
  const { id } = known;
  const waits = tables.inbox.get(id);
  const mayPass = tables.rejected.some((row) => {
    return row.uploadId === id && PASSING_CODES.includes(row.code);
  });
  if (waits === undefined && (mayPass || tables.heldItems.has(id))) {
    within.set(tables.inbox, id, waiting);
  } else if (waits?.heldBy === undefined && waits !== undefined && hold !== undefined) {
    within.set(tables.inbox, id, { ...waits, heldBy: hold.review });
  }
  return { id, receivedAt: known.receivedAt };
}

function evidenceAt(
  { uploads }: Tables,
  { uploadId, at }: { readonly uploadId: bigint; readonly at: number },
): Uint8Array {
  const bytes = uploads.get(uploadId)?.bytes;
  if (bytes === undefined) throw new Error('No such upload.');
  return readEvidence(bytes.subarray(at));
}
