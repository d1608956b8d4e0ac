import { createIssuedCache, sha256 } from '@sikka/protocol';
import type { IssuedCache, IssuerKeys, Result, Verifier } from '@sikka/protocol';
import { readClaims } from './claims.ts';
import type { Claim } from './claims.ts';
import { isUnavailable } from '../db/index.ts';
import { decide, inOrder } from './decide/index.ts';
import { reasonOf, SettlementError } from './errors.ts';
import { proveAccusations } from './evidence.ts';
import type { Known } from './facts.ts';
import { NO_KNOWN_KEYS } from './facts.ts';
import { readBatch } from './intakes/documents.ts';
import type { BatchCode } from './intakes/documents.ts';
import { limits } from './limits.ts';
import type { Outcome } from './outcomes.ts';
import type { Posting } from './post.ts';
import { digestOf, outcomesOf } from './post.ts';
import type { Proved } from './prove.ts';
import { prove } from './prove.ts';
import { knownQuestion, questionOf, recallQuestion } from './question.ts';
import { recall } from './recall.ts';
import type { DecidingStore, HeldItem, SettlementStore, Upload } from './store/index.ts';

export interface SettlingOptions {
  readonly store: SettlementStore;
  /** The bank's keys at this moment. */
  readonly issuers: () => Promise<IssuerKeys>;
  readonly verifier: Verifier;
  readonly clock: () => Date;
}

/** What the bank has, since when. `receivedAt` is when these bytes were stored first. */
export interface Received {
  readonly uploadId: bigint;
  readonly sha256: Uint8Array;
  /** Seconds; what claim windows are judged by. */
  readonly receivedAt: number;
  /** Packets in it. */
  readonly items: number;
}

export interface Settling {
  /**
   * Stores a batch of native documents (spec/settlement.md §1): once this answers, it is settled
   * whatever happens to the caller. Refuses bytes that are not such a batch.
   */
  receive(bytes: Uint8Array, uploader: string): Promise<Result<Received, BatchCode>>;
  /**
   * Decides an upload, or reads what somebody else has decided: one outcome a packet, in order.
   * `held` are the upload's bytes, where the caller still has what it received.
   * Throws `settlement/upload_unknown`, and the database's errors: the upload then stays in the
   * inbox.
   */
  settle(uploadId: bigint, held?: Uint8Array): Promise<readonly Outcome[]>;
  /**
   * The same, each item in a transaction of its own: for an upload that fails as a whole. An item
   * that fails alone is held for an operator and stays `pending`; the others are decided.
   */
  settleEach(uploadId: bigint): Promise<readonly Outcome[]>;
}

/** The walk of a batch from bytes to outcomes, on any store. */
export function createSettling(options: SettlingOptions): Settling {
  const context = { ...options, issued: createIssuedCache(limits.cachedAllowances) };
  return {
    receive: (bytes, uploader) => receive(context, bytes, uploader),
    settle: (uploadId, held) => settle(context, uploadId, held),
    settleEach: (uploadId) => settleEach(context, uploadId),
  };
}

interface Context extends SettlingOptions {
  /** Allowances and credentials whose bank signature was verified. */
  readonly issued: IssuedCache;
}

async function receive(
  { store, clock }: Context,
  bytes: Uint8Array,
  uploader: string,
): Promise<Result<Received, BatchCode>> {
  const read = readBatch(bytes);
  if (!read.ok) return read;
  const digest = sha256(bytes);
  const visibleAt = new Date(clock().getTime() + limits.waitingCallerMs);
  const items = read.value.length;
  const stored = await store.receive({ sha256: digest, bytes, uploader, visibleAt, items });
  const { id: uploadId } = stored;
  return {
    ok: true,
    value: { uploadId, sha256: digest, receivedAt: secondsOf(stored.receivedAt), items },
  };
}

async function settle(
  context: Context,
  uploadId: bigint,
  held?: Uint8Array,
): Promise<readonly Outcome[]> {
  const read = await readProved(context, uploadId, held);
  const decided = read.proved && (await post(context, { ...read, proved: read.proved }, 'whole'));
  return decided ?? recallDecided(context, uploadId, read.claims);
}

async function settleEach(context: Context, uploadId: bigint): Promise<readonly Outcome[]> {
  const { store, clock } = context;
  const { claims, ...read } = await readProved(context, uploadId);
  const held: HeldItem[] = [];
  for (const item of inOrder(read.proved ?? [])) {
    if (item.kind === 'answered') continue;
    try {
      await post(context, { ...read, proved: [item] }, 'item');
    } catch (error) {
      if (isUnavailable(error)) throw error;
      const { place } = item.item;
      const allowanceNo = 'allowanceNo' in item ? item.allowanceNo : undefined;
      held.push({ place, allowanceNo, reason: reasonOf(error) });
    }
  }
  if (read.proved !== undefined) await store.finish(uploadId, held, clock());
  return recallDecided(context, uploadId, claims);
}

interface Read {
  readonly upload: Upload;
  readonly claims: readonly Claim[];
  readonly known: Known;
  /** Undefined where somebody has decided the upload already. */
  readonly proved: readonly Proved[] | undefined;
}

async function readProved(context: Context, uploadId: bigint, held?: Uint8Array): Promise<Read> {
  const { store, verifier, issued } = context;
  const upload = await store.readUpload(uploadId, held);
  if (upload === undefined) {
    throw new SettlementError('settlement/upload_unknown', `There is no upload ${uploadId}.`);
  }
  const items = readBatch(upload.bytes);
  if (!items.ok) throw new Error('A stored upload is no longer a batch.');
  const claims = await readClaims(items.value);
  if (!upload.undecided) return { upload, claims, known: NOTHING_KNOWN, proved: undefined };
  const known = await store.readKnown(knownQuestion(claims));
  const issuers = await context.issuers();
  const proved = await prove(claims, { issuers, verifier, known, issued });
  return { upload, claims, known, proved };
}

type Batch = Pick<Read, 'known' | 'upload'> & { readonly proved: readonly Proved[] };

/** The one place that posts. Undefined where somebody else has decided this upload. */
async function post(
  { store, clock }: Context,
  batch: Batch,
  part: Posting['part'],
): Promise<readonly Outcome[] | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const decided = await store.deciding(batch.upload.id, (deciding) =>
        decideAndPost(deciding, batch, { part, decidedAt: secondsOf(clock()) }),
      );
      return decided?.value;
    } catch (error) {
      const again = error instanceof SettlementError && error.code === 'settlement/overtaken';
      if (!again || attempt >= limits.postAttempts) throw error;
    }
  }
}

/** Inside the transaction, under the locks: facts, decision, proofs, rows and money. */
async function decideAndPost(
  deciding: DecidingStore,
  { upload, proved, known }: Batch,
  { part, decidedAt }: Pick<Posting, 'part'> & { readonly decidedAt: number },
): Promise<readonly Outcome[]> {
  const facts = await deciding.readFacts(questionOf(proved, known), known);
  const decision = decide(proved, facts, {
    uploadId: upload.id,
    receivedAt: secondsOf(upload.receivedAt),
    decidedAt,
  });
  const proofs = await proveAccusations(decision.accusations, deciding);
  const posted = await deciding.post({
    part,
    decision,
    proofs,
    actor: `account:${upload.uploader}`,
    sha256: upload.sha256,
    outcomesDigest: digestOf(decision),
  });
  return outcomesOf(decision, posted);
}

async function recallDecided(
  { store }: Context,
  uploadId: bigint,
  claims: readonly Claim[],
): Promise<readonly Outcome[]> {
  const known = await store.readKnown(knownQuestion(claims));
  const facts = await store.readDecidedFacts(recallQuestion(claims, known), known);
  return recall(claims, { known, facts, refusals: await store.readItemRefusals(uploadId) });
}

const NOTHING_KNOWN: Known = {
  allowances: new Map(),
  settled: new Map(),
  refunds: new Map(),
  credentials: new Map(),
  keys: NO_KNOWN_KEYS,
};

function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
