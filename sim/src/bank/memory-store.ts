import type { DecidingStore, SettlementStore } from '@sikka/bank/deciding';
import { PASSING_CODES, readEvidence } from '@sikka/bank/deciding';
import { readFacts, readKnown } from './memory-facts.ts';
import { postDecision } from './memory-post.ts';
import type { Tables } from './tables.ts';
import { keyOf } from './tables.ts';

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
      const stored = receive(tables, { ...upload, receivedAt: new Date(secondsOf() * 1000) });
      await step('received');
      return stored;
    },
    async readUpload(id) {
      const row = tables.uploads.get(id);
      return row && { ...row, undecided: tables.inbox.has(id) };
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
    if (!tables.inbox.has(uploadId)) return undefined;
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
    return { value, at };
  });
  await step('committed');
  return done;
}

type NewUpload = Parameters<SettlementStore['receive']>[0];

/** The same bytes again are the first row; they are decided again where something may pass now. */
function receive(tables: Tables, upload: NewUpload & { readonly receivedAt: Date }) {
  const { bytes, sha256, uploader, leaveMs, receivedAt } = upload;
  if (upload.hold !== undefined) throw new Error('Nothing is reviewed here.');
  const visibleAt = receivedAt.getTime() + leaveMs;
  const known = tables.uploadsByHash.get(keyOf(sha256));
  if (known === undefined) {
    const row = { id: BigInt(tables.uploads.size + 1), bytes, sha256, uploader, receivedAt };
    tables.uploads.set(row.id, row);
    tables.uploadsByHash.set(keyOf(sha256), row);
    tables.inbox.set(row.id, { visibleAt, attempts: 0 });
    return { id: row.id, receivedAt };
  }
  const { id } = known;
  const mayPass = tables.rejected.some((row) => {
    return row.uploadId === id && PASSING_CODES.includes(row.code);
  });
  if ((mayPass || tables.heldItems.has(id)) && !tables.inbox.has(id)) {
    tables.inbox.set(id, { visibleAt, attempts: 0 });
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
