import { createIssuedCache, sha256 } from '@sikka/protocol';
import type { IssuedCache, IssuerKeys, Result, Verifier } from '@sikka/protocol';
import { readClaims } from './claims.ts';
import type { Claim, ReadBefore } from './claims.ts';
import { isUnavailable } from '../db/index.ts';
import { traced } from '../trace.ts';
import { decide, inOrder } from './decide/index.ts';
import { reasonOf, SettlementError } from './errors.ts';
import { proveAccusations } from './evidence.ts';
import type { Known } from './facts.ts';
import { NO_KNOWN_KEYS } from './facts.ts';
import { NO_KNOWN_ORDERS } from './orders.ts';
import { readBatch } from './intakes/documents.ts';
import type { BatchCode } from './intakes/documents.ts';
import { limits } from './limits.ts';
import type { Outcome } from './outcomes.ts';
import type { Posting } from './post.ts';
import { digestOf, freshOf, outcomesOf } from './post.ts';
import type { GivenProofs } from './prove-orders.ts';
import type { Proved } from './prove.ts';
import { prove } from './prove.ts';
import { knownQuestion, questionOf, recallQuestion } from './question.ts';
import { recall } from './recall.ts';
import type {
  DecidingStore,
  HeldItem,
  NewUpload,
  SettlementStore,
  StoredUpload,
  Upload,
} from './store/index.ts';

export interface SettlingOptions {
  readonly store: SettlementStore;
  /** The bank's keys at this moment. */
  readonly issuers: () => Promise<IssuerKeys>;
  readonly verifier: Verifier;
  /** Told of what this process decided, after it is committed. */
  readonly observe?: ((decided: DecidedUpload) => void) | undefined;
}

/** What one step of this process decided: a whole upload, or an item of it. */
export interface DecidedUpload {
  /** An account's public id, or an intake: `till:…`. */
  readonly uploader: string;
  readonly receivedAt: Date;
  readonly decidedAt: Date;
  readonly outcomes: readonly Outcome[];
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
  /** The same, for who has proved some of it already, or has to say what this very call moved. */
  settleNow(uploadId: bigint, given: SettlingGiven): Promise<SettledNow>;
  /**
   * The same, each item in a transaction of its own: for an upload that fails as a whole. An item
   * that fails alone is held for an operator and stays `pending`; the others are decided.
   */
  settleEach(uploadId: bigint): Promise<readonly Outcome[]>;
  /** The places of an upload's items whose signatures hold. Decides nothing. */
  provedPlaces(uploadId: bigint): Promise<ReadonlySet<number>>;
}

export interface SettlingGiven {
  /** The upload's bytes. */
  readonly held?: Uint8Array | undefined;
  readonly proofs?: GivenProofs | undefined;
  readonly read?: ReadBefore | undefined;
}

export interface SettledNow {
  /** One an item, in order. */
  readonly outcomes: readonly Outcome[];
  /** Places of the items whose money this call moved: none where somebody else has decided. */
  readonly fresh: ReadonlySet<number>;
}

/** The walk of a batch from bytes to outcomes, on any store. */
export function createSettling(options: SettlingOptions): Settling {
  const context = { ...options, issued: createIssuedCache(limits.cachedAllowances) };
  return {
    receive: (bytes, uploader) => receive(context, bytes, uploader),
    settle: async (uploadId, held) => (await settle(context, uploadId, { held })).outcomes,
    settleNow: (uploadId, given) => settle(context, uploadId, given),
    settleEach: (uploadId) => settleEach(context, uploadId),
    provedPlaces: (uploadId) => provedPlaces(context, uploadId),
  };
}

interface Context extends SettlingOptions {
  /** Allowances and credentials whose bank signature was verified. */
  readonly issued: IssuedCache;
}

async function receive(
  { store }: Context,
  bytes: Uint8Array,
  uploader: string,
): Promise<Result<Received, BatchCode>> {
  const upload = uploadOf(bytes, { uploader });
  if (!upload.ok) return upload;
  const stored = await store.receive(upload.value);
  return { ok: true, value: receivedOf(upload.value, stored) };
}

/** What is stored of bytes that are a batch. */
export function uploadOf(
  bytes: Uint8Array,
  { uploader, hold }: Pick<NewUpload, 'hold' | 'uploader'>,
): Result<NewUpload, BatchCode> {
  const read = readBatch(bytes);
  if (!read.ok) return read;
  const items = read.value.length;
  return {
    ok: true,
    value: { sha256: sha256(bytes), bytes, uploader, leaveMs: limits.waitingCallerMs, items, hold },
  };
}

export function receivedOf(
  { sha256, items }: NewUpload,
  { id: uploadId, receivedAt }: StoredUpload,
): Received {
  return { uploadId, sha256, receivedAt: secondsOf(receivedAt), items };
}

async function settle(
  context: Context,
  uploadId: bigint,
  given: SettlingGiven,
): Promise<SettledNow> {
  const read = await readProved(context, uploadId, given);
  const decided = read.proved && (await post(context, { ...read, proved: read.proved }, 'whole'));
  if (decided !== undefined) return decided;
  return { outcomes: await recallDecided(context, read), fresh: NOTHING_FRESH };
}

const NOTHING_FRESH: ReadonlySet<number> = new Set();

async function settleEach(context: Context, uploadId: bigint): Promise<readonly Outcome[]> {
  const { store } = context;
  const read = await readProved(context, uploadId, {});
  const held: HeldItem[] = [];
  for (const item of inOrder(read.proved ?? [])) {
    if (item.kind === 'answered' || item.kind === 'carried') continue;
    try {
      await post(context, { ...read, proved: [item] }, 'item');
    } catch (error) {
      if (isUnavailable(error)) throw error;
      const { place } = item.item;
      const allowanceNo = 'allowanceNo' in item ? item.allowanceNo : undefined;
      held.push({ place, allowanceNo, reason: reasonOf(error) });
    }
  }
  if (read.proved !== undefined) await store.finish(uploadId, held);
  return recallDecided(context, read);
}

interface Read {
  readonly upload: Upload;
  readonly claims: readonly Claim[];
  readonly known: Known;
  /** Whether it begins with a bundle or a sealed ledger. */
  readonly carried: boolean;
  /** Undefined where somebody has decided the upload already. */
  readonly proved: readonly Proved[] | undefined;
}

async function readProved(
  context: Context,
  uploadId: bigint,
  { held, proofs: given, read }: SettlingGiven,
): Promise<Read> {
  const upload = await context.store.readUpload(uploadId, held);
  if (upload === undefined) {
    throw new SettlementError('settlement/upload_unknown', `There is no upload ${uploadId}.`);
  }
  const items = readBatch(upload.bytes);
  if (!items.ok) throw new Error('A stored upload is no longer a batch.');
  const claims = await readClaims(items.value, read);
  const carried = claims[0]?.kind === 'carrier';
  if (!upload.undecided) {
    return { upload, claims, carried, known: NOTHING_KNOWN, proved: undefined };
  }
  return { upload, claims, carried, ...(await proveAll(context, claims, given)) };
}

async function proveAll(
  { store, verifier, issued, issuers }: Context,
  claims: readonly Claim[],
  given?: GivenProofs,
): Promise<{ readonly known: Known; readonly proved: readonly Proved[] }> {
  const known = await store.readKnown(knownQuestion(claims));
  const trust = { issuers: await issuers(), verifier };
  const proved = await traced('settlement.prove', { 'sikka.items': claims.length }, () =>
    prove(claims, { ...trust, known, issued, given }),
  );
  return { known, proved };
}

/** Also of what is held: it is proved for whoever looks at it, and decided by nobody. */
async function provedPlaces(context: Context, uploadId: bigint): Promise<ReadonlySet<number>> {
  const upload = await context.store.readUpload(uploadId);
  const items = upload && readBatch(upload.bytes);
  if (items?.ok !== true) return new Set();
  const { proved } = await proveAll(context, await readClaims(items.value));
  const holding = proved.filter(({ kind }) => kind !== 'refused');
  return new Set(holding.map(({ item }) => item.place));
}

type Batch = Pick<Read, 'carried' | 'known' | 'upload'> & { readonly proved: readonly Proved[] };

/** The one place that posts. Undefined where somebody else has decided this upload. */
async function post(
  { store, observe }: Context,
  batch: Batch,
  part: Posting['part'],
): Promise<SettledNow | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const decided = await store.deciding(batch.upload.id, (deciding) =>
        decideAndPost(deciding, batch, part),
      );
      if (decided === undefined) return undefined;
      const { decidedAt, ...now } = decided.value;
      const { uploader, receivedAt } = batch.upload;
      observe?.({ uploader, receivedAt, decidedAt, outcomes: now.outcomes });
      return now;
    } catch (error) {
      const again = error instanceof SettlementError && error.code === 'settlement/overtaken';
      if (!again || attempt >= limits.postAttempts) throw error;
    }
  }
}

/** Inside the transaction, under the locks: facts, decision, proofs, rows and money. */
async function decideAndPost(
  deciding: DecidingStore,
  { upload, proved, known, carried }: Batch,
  part: Posting['part'],
): Promise<SettledNow & Pick<DecidedUpload, 'decidedAt'>> {
  const facts = await traced('settlement.facts', {}, () =>
    deciding.readFacts(questionOf(proved, known, { carried }), known),
  );
  const { at: decidedAt } = deciding;
  const times = { receivedAt: secondsOf(upload.receivedAt), decidedAt: secondsOf(decidedAt) };
  const decision = await traced('settlement.decide', { 'sikka.items': proved.length }, async () =>
    decide(proved, facts, { uploadId: upload.id, ...times }),
  );
  const proofs = await proveAccusations(decision.accusations, deciding);
  const posting = {
    ...{ part, carried, decision, proofs, actor: actorOf(upload) },
    ...{ sha256: upload.sha256, outcomesDigest: digestOf(decision) },
  };
  const posted = await traced('settlement.post', {}, () => deciding.post(posting));
  return { outcomes: outcomesOf(decision, posted), fresh: freshOf(decision), decidedAt };
}

/** An account's public id has no colon; an intake names itself, as `till:…`. */
function actorOf({ uploader }: Upload): string {
  return uploader.includes(':') ? uploader : `account:${uploader}`;
}

async function recallDecided(
  { store }: Context,
  { upload, claims }: Pick<Read, 'claims' | 'upload'>,
): Promise<readonly Outcome[]> {
  const known = await store.readKnown(knownQuestion(claims));
  const facts = await store.readDecidedFacts(recallQuestion(claims, known), known);
  const refusals = await store.readItemRefusals(upload.id);
  return recall(claims, { known, facts, refusals, held: upload.held });
}

const NOTHING_KNOWN: Known = {
  allowances: new Map(),
  settled: new Map(),
  refunds: new Map(),
  credentials: new Map(),
  keys: NO_KNOWN_KEYS,
  orders: NO_KNOWN_ORDERS,
};

function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
