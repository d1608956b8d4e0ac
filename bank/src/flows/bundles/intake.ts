import type { OpenedBundle, SignedBundle } from '@sikka/protocol';
import { currencyOf, equalBytes } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { lockTill, markSeen } from '../../devices/index.ts';
import type { Till } from '../../devices/index.ts';
import type { People } from '../../identity/index.ts';
import type { Log } from '../../log.ts';
import { currentPolicy } from '../../policy/index.ts';
import type { OfflinePolicy } from '../../policy/index.ts';
import { nameReviewedUpload, openReview } from '../../risk/index.ts';
import type { Assessment, Risk } from '../../risk/index.ts';
import { allowanceNosOf, bundleBatch, readBatch } from '../../settlement/index.ts';
import type { BundleItem, ReadBefore, Settlement } from '../../settlement/index.ts';
import type { BundleRefusal } from './check.ts';
import { checkBundle, countsOf } from './check.ts';
import { planTransactions } from './plan.ts';
import type { Planned } from './plan.ts';
import { resolveNames } from './resolve.ts';
import type { Named } from './resolve.ts';
import { riskBatchOf, reasonsOf } from './scoring.ts';
import * as store from './store/bundles.ts';
import type { BundleRow, KnownTransaction, NewTransaction } from './store/bundles.ts';
import type { BundledTransaction } from './transactions.ts';

export interface IntakeDeps {
  readonly pool: Pool;
  readonly settlement: Pick<Settlement, 'receiveIn' | 'settleNow'>;
  readonly risk: Risk;
  readonly people: Pick<People, 'byPhones'>;
  readonly log: Log;
}

/** A bundle that its till signed and that the bank has opened. */
export interface Pushed {
  readonly till: Till;
  readonly signed: SignedBundle;
  readonly bundle: OpenedBundle;
  /** The signed one. */
  readonly clock: Date;
  readonly transactions: readonly BundledTransaction[];
  readonly now: Date;
}

export type TakenIn =
  | { readonly kind: 'first' | 'again'; readonly bundle: BundleRow }
  /** The id is another bundle's. */
  | { readonly kind: 'conflict' }
  /** Suspended or revoked while this was read. */
  | { readonly kind: 'not_active' };

/**
 * Takes a bundle in (decisions/0026): what it says, the policy, the score, then one transaction
 * with its rows and its upload. What is accepted is settled before this answers, if it can be; what
 * is held waits for its review.
 */
export async function takeIn(deps: IntakeDeps, pushed: Pushed): Promise<TakenIn> {
  const looked = await lookAt(deps, pushed);
  const { taken, settle } = await inTransaction(deps.pool, (tx) =>
    keep(tx, deps, { ...pushed, ...looked }),
  );
  const read = { carrier: pushed.bundle.carrier, claims: looked.named.claims };
  if (settle !== undefined) await settleUpload(deps, settle, read);
  return taken;
}

interface Looked {
  /** Of this moment: one that is put in force while a bundle is read counts for the next. */
  readonly policy: OfflinePolicy | undefined;
  readonly named: Named;
  readonly assessment: Assessment | undefined;
}

const NOTHING: Named = { parties: new Map(), payments: new Map(), claims: [] };

/** Everything that is read without locks. */
async function lookAt({ pool, risk, people }: IntakeDeps, pushed: Pushed): Promise<Looked> {
  const { till, transactions, now } = pushed;
  const policy = await currentPolicy(pool, till.country, now);
  if (policy === undefined) return { policy, named: NOTHING, assessment: undefined };
  const { currency } = till;
  const named = await resolveNames(pool, { transactions, currency, people, now });
  const numbers = await store.readNumbers(pool, till.no, localIdsOf(transactions));
  const fresh = transactions.filter(({ said }) => !numbers.has(said.localId));
  const planned = planTransactions(fresh, { till, policy, named, taken: new Set() });
  const assessment = await risk.assess(pool, riskBatchOf(pushed, planned, policy), policy);
  return { policy, named, assessment };
}

interface Upload {
  readonly id: bigint;
  readonly bytes: Uint8Array;
}

interface Kept {
  readonly taken: TakenIn;
  /** What may be decided at once. */
  readonly settle?: Upload | undefined;
}

/** One bundle of a till at a time: its row is the lock of its numbers, nonces and counts. */
async function keep(tx: Tx, deps: IntakeDeps, ask: Pushed & Looked): Promise<Kept> {
  const { bundle, signed, now, transactions, policy, named } = ask;
  const till = await lockTill(tx, bundle.deviceId);
  if (till?.status !== 'active') return { taken: { kind: 'not_active' } };
  await store.lockBundleId(tx, bundle.bundleId);
  const first = await store.findBundle(tx, bundle.bundleId);
  if (first !== undefined) return { taken: await answerKnown(tx, { first, till, signed }) };
  await markSeen(tx, till, now);

  const numbers = await store.readNumbers(tx, till.no, localIdsOf(transactions));
  const fresh = transactions.filter(({ said }) => !numbers.has(said.localId));
  const added = countsOf(fresh);
  const refusal = checkBundle({
    ...{ ...ask, till, fresh },
    nonceUsed: await store.isNonceUsed(tx, till.no, bundle.nonce),
    counts: await store.readCounts(tx, till.no, [...added.keys()]),
  });
  if (refusal !== undefined || policy === undefined) {
    return reject(tx, ask, refusal ?? 'policy_missing');
  }
  const claimed = [...named.payments.values()].map(({ documentId }) => documentId);
  const taken = await store.readTakenPayments(tx, till.no, claimed);
  const planned = planTransactions(fresh, { till, policy, named, taken });
  const bytes = batchOf(ask, planned);
  if (!readBatch(bytes).ok) return reject(tx, ask, 'too_large');
  return accept(tx, deps, { ...ask, till, policy, planned, numbers, added, bytes });
}

/** The same bytes again get the first answer; whoever else took the id first keeps it. */
export async function answerKnown(
  tx: Parameters<typeof store.countAttempt>[0],
  {
    first,
    till,
    signed,
  }: { readonly first: BundleRow; readonly till: Till; readonly signed: SignedBundle },
): Promise<TakenIn> {
  const isSame = first.till === till.no && equalBytes(first.payloadHash, signed.payloadHash);
  if (!isSame) return { kind: 'conflict' };
  await store.countAttempt(tx, first.id);
  return { kind: 'again', bundle: first };
}

/** Kept with its first answer: neither its nonce nor its numbers are taken. */
async function reject(tx: Tx, ask: Pushed & Looked, code: BundleRefusal): Promise<Kept> {
  const said = { ...saidBy(ask), verdict: 'rejected', code, score: undefined } as const;
  const id = await store.insertBundle(tx, { ...said, review: undefined });
  await tell(tx, ask, { verdict: 'rejected', outcome: code });
  return { taken: { kind: 'first', bundle: { ...said, id } } };
}

interface Accepting extends Pushed, Looked {
  readonly policy: OfflinePolicy;
  readonly planned: readonly Planned[];
  /** Transactions that the till bundled before. */
  readonly numbers: ReadonlyMap<string, KnownTransaction>;
  /** New ones by UTC day. */
  readonly added: ReadonlyMap<string, number>;
  readonly bytes: Uint8Array;
}

const VERDICTS = {
  accept: 'accepted',
  review: 'pending_review',
  quarantine: 'quarantined',
} as const;

async function accept(tx: Tx, deps: IntakeDeps, ask: Accepting): Promise<Kept> {
  const { assessment, planned, bytes } = ask;
  const score = assessment?.score ?? 0;
  const isHeld = planned.some(({ holds }) => holds.length > 0);
  const byScore = assessment?.action ?? 'accept';
  const action = byScore === 'accept' && isHeld ? 'review' : byScore;
  // Without anything to decide there is nothing to look at either.
  const hasItems = planned.some(({ item }) => item !== undefined);
  const verdict = hasItems ? VERDICTS[action] : 'accepted';
  const review = verdict === 'accepted' ? undefined : await openBundleReview(tx, ask, score);
  const said = { ...saidBy(ask), verdict, code: undefined, score };
  const id = await store.insertBundle(tx, { ...said, review });
  await keepTransactions(tx, ask, id);
  await store.addCounts(tx, ask.till.no, ask.added);
  if (assessment !== undefined) await deps.risk.keep(tx, assessment);
  await tell(tx, ask, { verdict, outcome: 'ok' });
  // Last but for its own two rows: from the commit on it is decided, or held.
  const uploadId = hasItems ? await handIn(tx, deps, ask, review) : undefined;
  if (uploadId !== undefined) {
    await store.nameUpload(tx, id, uploadId);
    if (review !== undefined) await nameReviewedUpload(tx, review, uploadId);
  }
  const taken: TakenIn = { kind: 'first', bundle: { ...said, id } };
  const isDue = verdict === 'accepted' && uploadId !== undefined;
  return { taken, settle: isDue ? { id: uploadId, bytes } : undefined };
}

async function openBundleReview(tx: Tx, ask: Accepting, score: number): Promise<bigint> {
  const { bundle, planned, till, assessment, now } = ask;
  const held = planned.filter(({ item }) => item !== undefined);
  const amountMinor = held.reduce((sum, { transaction }) => sum + transaction.said.amountMinor, 0n);
  return openReview(tx, {
    kind: 'bundle',
    subject: `bundle:${bundle.bundleId}`,
    money: { amountMinor, currency: till.currency },
    reasons: reasonsOf(planned, assessment),
    ...{ score, at: now },
  });
}

async function keepTransactions(
  tx: Tx,
  { till, transactions, planned, numbers }: Accepting,
  bundle: bigint,
): Promise<void> {
  const places = placesOf(planned);
  const rows = planned.map((one) => newTransaction(one, places.get(one)));
  const added = await store.insertTransactions(tx, { till: till.no, bundle }, rows);
  const listed = transactions.map(({ ordinal, said, content }) => {
    const known = numbers.get(said.localId);
    const transaction = known?.id ?? added.get(said.localId);
    if (transaction === undefined) throw new Error('A transaction without a row.');
    return {
      ordinal,
      transaction,
      same: known === undefined || equalBytes(known.content, content),
    };
  });
  await store.insertListed(tx, bundle, listed);
}

function newTransaction(
  { transaction, own, documentId, payeeWallet, refused }: Planned,
  item: number | undefined,
): NewTransaction {
  const { ordinal, said, content, initiatedAt } = transaction;
  if (initiatedAt === undefined) throw new Error('A transaction without a time was let through.');
  const { localId, type, amountMinor, currency, sender, receiver } = said;
  const what = { localId, ordinal, content, type, amountMinor, currency, sender, receiver };
  return { ...what, payeeWallet, own, documentId, item, refused, initiatedAt };
}

async function handIn(
  tx: Tx,
  { settlement }: IntakeDeps,
  { till, planned, bytes }: Accepting,
  review: bigint | undefined,
): Promise<bigint> {
  const allowances = planned.flatMap(({ allowanceId }) => allowanceId ?? []);
  const hold =
    review === undefined
      ? undefined
      : { review, allowanceNos: await allowanceNosOf(tx, allowances) };
  const received = await settlement.receiveIn(tx, bytes, {
    uploader: `till:${till.deviceId}`,
    hold,
  });
  if (!received.ok) throw new Error(`A bundle that was read is no batch: ${received.code}.`);
  return received.value.uploadId;
}

/** Whatever fails here is done by the worker: the upload is stored. */
async function settleUpload(
  { settlement, log }: IntakeDeps,
  upload: Upload,
  read: ReadBefore,
): Promise<void> {
  try {
    await settlement.settleNow(upload.id, { held: upload.bytes, read });
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
    log.error('settlement.postponed', { upload: String(upload.id), reason });
  }
}

function batchOf({ bundle }: Pushed, planned: readonly Planned[]): Uint8Array {
  const items = planned.flatMap(({ item }): BundleItem[] => (item === undefined ? [] : [item]));
  return bundleBatch(bundle.carrier.carrier, items);
}

/** Behind the carrier, which is item 0. */
function placesOf(planned: readonly Planned[]): ReadonlyMap<Planned, number> {
  const framed = planned.filter(({ item }) => item !== undefined);
  return new Map(framed.map((one, index) => [one, index + 1]));
}

function saidBy({ till, signed, bundle, clock, transactions, policy, now: at }: Pushed & Looked) {
  const totals = new Map<string, bigint>();
  for (const { said } of transactions) {
    const code = currencyOf(said.currency)?.alpha ?? '';
    totals.set(code, (totals.get(code) ?? 0n) + said.amountMinor);
  }
  return {
    ...{ bundleId: bundle.bundleId, till: till.no, payloadHash: signed.payloadHash },
    ...{ nonce: bundle.nonce, clock, at, count: transactions.length },
    policy: policy && { country: till.country, version: policy.version },
    totals: Object.fromEntries([...totals].map(([code, sum]) => [code, sum.toString()])),
  };
}

async function tell(
  tx: Tx,
  { bundle, signed, transactions, now }: Pushed,
  what: { readonly verdict: string; readonly outcome: string },
): Promise<void> {
  const event = {
    actor: `till:${bundle.deviceId}`,
    action: `bundle.${what.verdict}`,
    subject: `bundle:${bundle.bundleId}`,
    outcome: what.outcome,
    details: {
      payload: Buffer.from(signed.payloadHash).toString('hex'),
      transactions: transactions.length,
    },
  };
  await record(tx, [event], now);
}

function localIdsOf(transactions: readonly BundledTransaction[]): readonly string[] {
  return transactions.map(({ said }) => said.localId);
}
