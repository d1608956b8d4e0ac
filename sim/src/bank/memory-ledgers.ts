import { ledgerBatch, ledgerClaims, settlementLimits } from '@sikka/bank/deciding';
import {
  checkLedger,
  encodeLedgerItem,
  equalBytes,
  ledgerPaymentId,
  openLedgerUpload,
  proveLedger,
  proveLedgerEntry,
  sha256,
} from '@sikka/protocol';
import type { LedgerUpload, VerifiedLedgerPayment } from '@sikka/protocol';
import { isExpected } from './hand-in.ts';
import type { OrderParts } from './memory-order-desk.ts';
import type { PersonRow } from './memory-orders.ts';
import { storeUpload } from './memory-store.ts';
import type { IntakeAnswer } from './order-port.ts';
import type { ItemOutcome } from './port.ts';
import { keyOf } from './tables.ts';
import type { Tables } from './tables.ts';

/** The intake of sealed ledgers (decisions/0028): all of it holds, or nothing is handed in. */
export function ledgerIntake(parts: OrderParts): (body: string) => Promise<IntakeAnswer> {
  const { agreement, tables } = parts;
  return async (body) => {
    const opened = await openLedgerUpload(body, [agreement]);
    if (!opened.ok) return refused(opened.code);
    const upload = opened.value;
    const receiver = await receiverOf(parts, upload);
    if (typeof receiver === 'string') return refused(receiver);
    const broken = checkLedger(upload.entries).find(({ code }) => {
      return upload.form !== 'entry' || code !== 'ledger/chain_broken';
    });
    if (broken !== undefined) return refused(broken.code);
    const isOther = upload.entries.some(({ transaction }) => {
      return receiver !== undefined && transaction.toId !== receiver.userId;
    });
    if (isOther) return refused('ledger/receiver_mismatch');
    const proved = await proveEntries(parts, upload);
    if (typeof proved === 'string') return refused(proved);
    const batch = ledgerBatch(upload);
    const signer = upload.signed === undefined ? undefined : receiver;
    const stored = await tables.log.transaction(() => {
      return handIn(tables, { upload, batch, signer, now: parts.parts.now() });
    });
    if (stored.uploadId === undefined) return { state: stored.state, batch };
    const { uploadId } = stored;
    return settleBatch(parts, { uploadId, upload, batch, proved });
  };
}

interface Settling {
  readonly uploadId: bigint;
  readonly upload: LedgerUpload;
  readonly batch: Uint8Array;
  readonly proved: readonly VerifiedLedgerPayment[];
}

async function settleBatch(
  { settling }: OrderParts,
  { uploadId, upload, batch, proved: entries }: Settling,
): Promise<IntakeAnswer> {
  const named = upload.entries.map(({ transaction }) => {
    return { transaction, documentId: ledgerPaymentId(transaction) };
  });
  const read = { claims: ledgerClaims(batch, named) };
  const given = { held: batch, proofs: { entries }, read };
  const outcomes = await answeredBy(settling.settleNow(uploadId, given));
  return { state: 'taken', batch, outcomes: outcomes?.slice(-upload.entries.length) };
}

export async function answeredBy(
  settling: ReturnType<OrderParts['settling']['settleNow']>,
): Promise<readonly ItemOutcome[] | undefined> {
  try {
    return (await settling).outcomes.map(({ result, code }) => ({ result, code }));
  } catch (error) {
    if (!isExpected(error)) throw error;
    return undefined;
  }
}

function refused(code: string): IntakeAnswer {
  return { state: 'refused', code };
}

/** Whoever signed the whole, or says to be its receiver; the plain lists name nobody. */
async function receiverOf(
  { tables: { orders }, verifier }: OrderParts,
  upload: LedgerUpload,
): Promise<PersonRow | string | undefined> {
  const { form, signed, receiverId } = upload;
  if (form === 'ledger') return orders.people.get(receiverId ?? '') ?? 'ledger/receiver_unknown';
  if (signed === undefined) return undefined;
  const person = [...orders.people.values()].find(({ publicKey }) => {
    return equalBytes(publicKey, signed.receiverKey);
  });
  if (person?.approved !== true) return 'ledger/receiver_unknown';
  const proved = await proveLedger(upload, person.publicKey, verifier);
  return proved.ok ? person : proved.code;
}

/** By the registered keys; what these very bytes settled was proved then. */
async function proveEntries(
  { tables: { orders }, verifier }: OrderParts,
  { entries }: LedgerUpload,
): Promise<readonly VerifiedLedgerPayment[] | string> {
  const proved: VerifiedLedgerPayment[] = [];
  for (const { transaction } of entries) {
    const sender = orders.people.get(transaction.fromId);
    if (sender === undefined) return 'ledger/sender_unknown';
    const settled = orders.settled.get(keyOf(ledgerPaymentId(transaction)));
    const item = encodeLedgerItem(transaction);
    if (settled !== undefined && equalBytes(settled.sha256, sha256(item))) continue;
    const one = await proveLedgerEntry(transaction, sender.publicKey, verifier);
    if (!one.ok) return one.code;
    proved.push(one.value);
  }
  return proved;
}

interface HandingIn {
  readonly upload: LedgerUpload;
  readonly batch: Uint8Array;
  /** Whose registered key signed the whole. */
  readonly signer: PersonRow | undefined;
  readonly now: number;
}

interface Stored {
  readonly state: 'held' | 'rejected' | 'taken';
  /** What may be decided at once. */
  readonly uploadId?: bigint;
}

/** In one transaction with what it says of its receiver. */
function handIn(tables: Tables, { upload, batch, signer, now }: HandingIn): Stored {
  const { log, orders } = tables;
  const hashes = upload.entries.map(({ hash }) => hash);
  const forked = signer && forkOf(tables, signer, hashes);
  if (forked === 'rejected' || forked === 'held') return { state: forked };
  const no = BigInt(orders.reviews.size + 1);
  const hold = forked === undefined ? undefined : { review: no, allowanceNos: [] };
  const uploader = `ledger:${signer?.userId ?? 'open'}`;
  const items = upload.entries.length + (upload.signed === undefined ? 0 : 1);
  const leaveMs = settlementLimits.waitingCallerMs;
  const received = { bytes: batch, sha256: sha256(batch), uploader, items, leaveMs, hold };
  const { id: uploadId } = storeUpload(tables, received, { now, within: log });
  hashes.forEach((hash, position) => {
    const name = entryName(signer, hash);
    if (signer === undefined || orders.entries.has(name)) return;
    log.set(orders.entries, name, { previous: hashes[position - 1] ?? '', uploadId });
  });
  if (forked === undefined) return { state: 'taken', uploadId };
  const pairs = forked.pairs;
  const row = { no, uploadId, bundleId: undefined, pairs, outcome: undefined };
  log.set(orders.reviews, no, row);
  // Somebody may have handed these bytes in natively, and they were decided then.
  const isHeld = tables.inbox.get(uploadId)?.heldBy !== undefined;
  return isHeld ? { state: 'held' } : { state: 'taken', uploadId };
}

type Forked = { readonly pairs: readonly string[] } | 'held' | 'rejected' | undefined;

/** Where it leaves a ledger that the same receiver signed, and nobody has let that go on. */
function forkOf({ orders }: Tables, signer: PersonRow, hashes: readonly string[]): Forked {
  const reviews = [...orders.reviews.values()];
  const mine = [...orders.entries].filter(([name]) => name.startsWith(`${signer.userId}:`));
  const pairs = hashes.flatMap((hash, position) => {
    const previous = hashes[position - 1];
    const others = mine.filter(([name, row]) => {
      return previous !== undefined && row.previous === previous && !name.endsWith(hash);
    });
    return others.map(([name]) => [name.split(':')[1], hash].sort().join(':'));
  });
  const open = pairs.filter((pair) => {
    return !reviews.some((row) => row.outcome === 'released' && row.pairs.includes(pair));
  });
  if (open.length === 0) return undefined;
  const head = orders.entries.get(entryName(signer, hashes.at(-1) ?? ''));
  const review = head && reviews.find(({ uploadId }) => uploadId === head.uploadId);
  if (review?.outcome === 'rejected') return 'rejected';
  if (review !== undefined && review.outcome === undefined) return 'held';
  return head === undefined ? { pairs: open } : undefined;
}

function entryName(signer: PersonRow | undefined, hash: string): string {
  return `${signer?.userId ?? ''}:${hash}`;
}
