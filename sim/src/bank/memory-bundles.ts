import { bundleBatch, readClaims, settlementLimits } from '@sikka/bank/deciding';
import type { BundleItem, Claim } from '@sikka/bank/deciding';
import {
  equalBytes,
  hex,
  openBundle,
  parseLooseAmount,
  proveBundle,
  sha256,
} from '@sikka/protocol';
import type { BundlePush, CarriedTransaction, OpenedBundle, OpenedCarrier } from '@sikka/protocol';
import { answeredBy } from './memory-ledgers.ts';
import type { OrderParts } from './memory-order-desk.ts';
import type { BundleRow, TillRow, TransactionRow } from './memory-orders.ts';
import { storeUpload } from './memory-store.ts';
import type { IntakeAnswer } from './order-port.ts';
import { keyOf } from './tables.ts';
import type { Tables } from './tables.ts';

/** How often the score says that somebody has to look first. */
const HELD_SHARE = 0.15;

/** The intake of tills' bundles (decisions/0026), without policies and clocks. */
export function bundleIntake(parts: OrderParts): (push: BundlePush) => Promise<IntakeAnswer> {
  const { agreement, tables, verifier } = parts;
  const score = parts.parts.random.fork('score');
  return async (push) => {
    const { deviceId, bundleId } = push;
    const till = tables.orders.tills.get(deviceId);
    if (till?.status !== 'active') return refused('not_active');
    const signed = await proveBundle(push, till.key, verifier);
    if (!signed.ok) return refused(signed.code);
    const known = tables.orders.bundles.get(bundleId);
    if (known !== undefined) return answerKnown(known, deviceId, signed.value.payloadHash);
    const named = { deviceId, bundleId };
    const opened = await openBundle(signed.value, named, { agreements: [agreement] });
    if (!opened.ok) return refused(opened.code);
    const bundle = opened.value;
    const payments = await readPayments(bundle.carrier);
    const isHeld = score.chance(HELD_SHARE);
    const taking = { till, bundle, payments, isHeld, now: parts.parts.now() };
    const stored = await tables.log.transaction(() => takeIn(tables, taking));
    if (stored.uploadId === undefined) return stored.answer;
    const given = { held: stored.batch, read: { carrier: bundle.carrier } };
    const outcomes = await answeredBy(parts.settling.settleNow(stored.uploadId, given));
    return { ...stored.answer, outcomes: outcomes?.slice(1) };
  };
}

function refused(code: string): IntakeAnswer {
  return { state: 'refused', code };
}

function answerKnown(known: BundleRow, deviceId: string, payloadHash: Uint8Array): IntakeAnswer {
  const isSame = known.deviceId === deviceId && equalBytes(known.payloadHash, payloadHash);
  return isSame ? { state: 'again' } : refused('bundle_conflict');
}

type PaymentClaim = Extract<Claim, { readonly kind: 'payment' | 'ledger_entry' }>;

/** What payers signed, by the place of the transaction that brings it. */
async function readPayments({
  transactions,
}: OpenedCarrier): Promise<ReadonlyMap<number, PaymentClaim>> {
  const found = new Map<number, PaymentClaim>();
  for (const [ordinal, { transaction }] of transactions.entries()) {
    if (transaction.payment === undefined) continue;
    const [claim] = await readClaims([{ place: 0, at: 0, bytes: transaction.payment }]);
    if (claim?.kind === 'payment' || claim?.kind === 'ledger_entry') found.set(ordinal, claim);
  }
  return found;
}

interface Taking {
  readonly till: TillRow;
  readonly bundle: OpenedBundle;
  readonly payments: ReadonlyMap<number, PaymentClaim>;
  /** By the score. */
  readonly isHeld: boolean;
  readonly now: number;
}

interface Stored {
  readonly answer: IntakeAnswer;
  readonly batch?: Uint8Array;
  readonly uploadId?: bigint;
}

/** Bundle, transactions, review and upload, in one transaction. */
function takeIn(tables: Tables, taking: Taking): Stored {
  const { log, orders } = tables;
  const { till, bundle, now } = taking;
  const { bundleId, carrier } = bundle;
  const nonce = `${till.no}:${bundle.nonce}`;
  if (orders.nonces.has(nonce)) return { answer: refused('nonce_used') };
  log.set(orders.nonces, nonce, true);
  const planned = carrier.transactions.flatMap((carried, ordinal) => {
    return planOne(tables, taking, { ...carried, ordinal }) ?? [];
  });
  const items = planned.map(({ item }) => item);
  // Which allowances a hold keeps open is SQL of the bank: a bundle with their payments has none.
  const isNative = [...taking.payments.values()].some(({ kind }) => kind === 'payment');
  const asks = planned.some(({ holds }) => holds) || taking.isHeld;
  const isHeld = items.length > 0 && asks && !isNative;
  const review = isHeld ? BigInt(orders.reviews.size + 1) : undefined;
  const { payloadHash } = carrier;
  const no = BigInt(orders.bundles.size + 1);
  const { deviceId } = till;
  log.set(orders.bundles, bundleId, { no, deviceId, payloadHash, cleared: !isHeld });
  if (items.length === 0) return { answer: { state: 'taken', outcomes: [] } };
  const batch = bundleBatch(carrier.carrier, items);
  const hold = review === undefined ? undefined : { review, allowanceNos: [] };
  const of = { uploader: `till:${deviceId}`, items: items.length + 1, hold };
  const leaveMs = settlementLimits.waitingCallerMs;
  const received = { bytes: batch, sha256: sha256(batch), leaveMs, ...of };
  const { id: uploadId } = storeUpload(tables, received, { now, within: log });
  if (review === undefined) return { answer: { state: 'taken', batch }, batch, uploadId };
  const row = { no: review, uploadId, bundleId, pairs: [], outcome: undefined };
  log.set(orders.reviews, review, row);
  return { answer: { state: 'held', batch } };
}

interface Planned {
  readonly item: BundleItem;
  /** Whether somebody has to look first. */
  readonly holds: boolean;
}

type Carried = CarriedTransaction & { readonly ordinal: number };

/** What one new transaction is to the bank; undefined where nothing of it is handed in. */
function planOne(tables: Tables, taking: Taking, carried: Carried): Planned | undefined {
  const { log, orders } = tables;
  const { till, payments } = taking;
  const { transaction: said, documentId, content, ordinal } = carried;
  const local = `${till.no}:${said.localId}`;
  if (orders.locals.has(local)) return undefined;
  log.set(orders.locals, local, content);
  const receiver = receiverOf(tables, said.receiver);
  if (said.payment === undefined) {
    const own = said.type !== 'cashout' && (said.type === 'cashin' || said.sender === till.tenant);
    const { bundleId } = taking.bundle;
    const payeeWallet = receiver?.number;
    const row: TransactionRow = { documentId, bundleId, content, own, payeeWallet };
    log.set(orders.transactions, keyOf(documentId), row);
    return { item: { ordinal }, holds: !own || receiver === undefined };
  }
  const claim = payments.get(ordinal);
  if (claim === undefined) return undefined;
  const brought = `${till.no}:${hex(claim.documentId)}`;
  const { amountMinor, accountId } = saidIn(tables, claim, said.currency);
  const isSame = amountMinor === said.amountMinor && accountId === receiver?.accountId;
  if (!isSame || orders.payments.has(brought)) return undefined;
  log.set(orders.payments, brought, true);
  return { item: { payment: said.payment }, holds: false };
}

function receiverOf({ wallets }: Tables, text: string) {
  return wallets.get(Number(text));
}

function saidIn({ wallets, orders }: Tables, claim: PaymentClaim, currency: number) {
  if (claim.kind === 'payment') {
    const { amountMinor, payeeWallet } = claim.packet.payment.fields;
    return { amountMinor, accountId: wallets.get(payeeWallet)?.accountId };
  }
  const amount = parseLooseAmount(claim.transaction.amount, currency);
  const accountId = orders.people.get(claim.transaction.toId)?.accountId;
  return { amountMinor: amount.ok ? amount.value : undefined, accountId };
}
