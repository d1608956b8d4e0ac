import {
  checkLedger,
  encodeLedgerItem,
  equalBytes,
  keyHash,
  ledgerPaymentId,
  proveLedger,
  proveLedgerEntry,
  sha256,
} from '@sikka/protocol';
import type {
  LedgerEntry,
  LedgerTransaction,
  LedgerUpload,
  VerifiedLedgerPayment,
  Verifier,
} from '@sikka/protocol';
import type { Db } from '../../db/index.ts';
import { findingOf } from './sentences.ts';
import type { Finding } from './sentences.ts';
import { readNumbers, readPeople } from './store/people.ts';
import type { KnownNumber, LedgerPerson } from './store/people.ts';

/** A ledger that is in order as a whole: chain, receiver, senders' signatures. */
export interface Examined {
  readonly upload: LedgerUpload;
  /** Whose registered key signed all of it; of the other forms nobody. */
  readonly signer: LedgerPerson | undefined;
  readonly entries: readonly ExaminedEntry[];
  /** Everybody whom it names and the bank knows, by id. */
  readonly people: ReadonlyMap<string, LedgerPerson>;
}

export interface ExaminedEntry {
  readonly transaction: LedgerTransaction;
  readonly documentId: Uint8Array;
  readonly sender: LedgerPerson;
  /** Of this transaction; `taken`: its number is another one’s. */
  readonly state: 'new' | 'settled' | 'taken';
  /** Undefined where it was settled before: its signature was verified then. */
  readonly verified: VerifiedLedgerPayment | undefined;
}

export type Examination =
  | { readonly ok: true; readonly value: Examined }
  | {
      readonly ok: false;
      readonly findings: readonly Finding[];
      /** As far as somebody's registered key signed the whole of it. */
      readonly signer?: LedgerPerson | undefined;
    };

/**
 * Everything that must hold of a ledger before any of it is handed in, in the order of
 * decisions/0028. What may be wrong with one transaction alone is not looked at here.
 */
export async function examineLedger(
  { db, verifier }: { readonly db: Db; readonly verifier: Verifier },
  upload: LedgerUpload,
): Promise<Examination> {
  const { entries, signed } = upload;
  const found = await readPeople(db, {
    userIds: [...new Set(namedIn(upload))],
    keyIds: signed === undefined ? [] : [keyHash('ES256', signed.receiverKey)],
  });
  const people = new Map(found.map((person) => [person.userId, person]));
  const receiver = await receiverOf(upload, found, verifier);
  if (!receiver.ok) return receiver;
  const signer = signed === undefined ? undefined : receiver.person;
  const broken = brokenIn(upload);
  if (broken.length > 0) return { ok: false, findings: broken, signer };
  const strangers = receiver.person === undefined ? [] : notFor(receiver.person, entries);
  if (strangers.length > 0) return { ok: false, findings: strangers, signer };
  const sent = await proveEntries(db, { entries, people, verifier });
  if (!sent.ok) return { ...sent, signer };
  return { ok: true, value: { upload, signer, entries: sent.value, people } };
}

function namedIn({ entries, receiverId }: LedgerUpload): readonly string[] {
  const ids = entries.flatMap(({ transaction: { fromId, toId } }) => [fromId, toId]);
  return receiverId === undefined ? ids : [...ids, receiverId];
}

/** Whoever signed the whole, or says to be its receiver; the plain lists name nobody. */
async function receiverOf(
  upload: LedgerUpload,
  found: readonly LedgerPerson[],
  verifier: Verifier,
): Promise<
  | { readonly ok: true; readonly person: LedgerPerson | undefined }
  | { readonly ok: false; readonly findings: readonly Finding[] }
> {
  const { form, signed, receiverId } = upload;
  const refuse = (code: Finding['code']) => ({ ok: false, findings: [findingOf(code)] }) as const;
  if (form === 'ledger') {
    const person = found.find(({ userId }) => userId === receiverId);
    return person === undefined ? refuse('ledger/receiver_unknown') : { ok: true, person };
  }
  if (signed === undefined) return { ok: true, person: undefined };
  const person = found.find(({ publicKey }) => equalBytes(publicKey, signed.receiverKey));
  if (person?.approved !== true) return refuse('ledger/receiver_unknown');
  const proved = await proveLedger(upload, person.publicKey, verifier);
  return proved.ok ? { ok: true, person } : refuse(proved.code);
}

/** A single entry is not the whole chain: its place in it is not judged. */
function brokenIn({ form, entries }: LedgerUpload): readonly Finding[] {
  return checkLedger(entries)
    .filter(({ code }) => form !== 'entry' || code !== 'ledger/chain_broken')
    .map(({ code, entry, txnId }) =>
      code === 'ledger/chain_broken' ? findingOf(code, { entry }) : findingOf(code, { txnId }),
    );
}

function notFor({ userId }: LedgerPerson, entries: readonly LedgerEntry[]): readonly Finding[] {
  return entries
    .filter(({ transaction }) => transaction.toId !== userId)
    .map(({ transaction: { txnId } }) => findingOf('ledger/receiver_mismatch', { txnId }));
}

interface Proving {
  readonly entries: readonly LedgerEntry[];
  readonly people: ReadonlyMap<string, LedgerPerson>;
  readonly verifier: Verifier;
}

/** By the keys that are registered, whatever keys the transactions name. */
async function proveEntries(
  db: Db,
  { entries, people, verifier }: Proving,
): Promise<
  | { readonly ok: true; readonly value: readonly ExaminedEntry[] }
  | { readonly ok: false; readonly findings: readonly Finding[] }
> {
  const sent = entries.map(({ transaction }) => {
    const sender = people.get(transaction.fromId);
    return sender === undefined ? undefined : { transaction, sender };
  });
  const numbers = await readNumbers(
    db,
    sent.flatMap((entry) =>
      entry === undefined ? [] : [{ signer: entry.sender.no, txnId: entry.transaction.txnId }],
    ),
  );
  const known = new Map(numbers.map((number) => [nameOf(number), number]));
  const proved = await Promise.all(
    entries.map(async ({ transaction: { txnId } }, index) => {
      const entry = sent[index];
      if (entry === undefined) return findingOf('ledger/sender_unknown', { txnId });
      const number = known.get(nameOf({ signer: entry.sender.no, txnId }));
      return proveEntry(entry, number, verifier);
    }),
  );
  const findings = proved.filter((entry) => 'code' in entry);
  if (findings.length > 0) return { ok: false, findings };
  return { ok: true, value: proved.flatMap((entry) => ('code' in entry ? [] : [entry])) };
}

async function proveEntry(
  { transaction, sender }: Pick<ExaminedEntry, 'transaction' | 'sender'>,
  number: KnownNumber | undefined,
  verifier: Verifier,
): Promise<ExaminedEntry | Finding> {
  const { txnId } = transaction;
  const documentId = ledgerPaymentId(transaction);
  const entry = { transaction, documentId, sender };
  const settled = number?.settledItem;
  const isFirst = number !== undefined && equalBytes(number.documentId, documentId);
  if (settled !== undefined && equalBytes(settled, sha256(encodeLedgerItem(transaction)))) {
    return { ...entry, state: 'settled', verified: undefined };
  }
  const proved = await proveLedgerEntry(transaction, sender.publicKey, verifier);
  if (!proved.ok) return findingOf(proved.code, { txnId });
  const verified = proved.value;
  if (number !== undefined && !isFirst) return { ...entry, state: 'taken', verified };
  return { ...entry, state: settled === undefined ? 'new' : 'settled', verified };
}

function nameOf({ signer, txnId }: Pick<KnownNumber, 'signer' | 'txnId'>): string {
  return `${signer}:${txnId}`;
}
