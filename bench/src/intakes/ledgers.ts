import { randomUUID } from 'node:crypto';
import { ledgerEntryText, sealLedger, signLedgerTransaction, utf8 } from '@sikka/protocol';
import type { LedgerHead, Signer } from '@sikka/protocol';
import type { Reply } from '../http.ts';
import { jsonOf } from '../http.ts';
import type { Lane } from '../town/payments.ts';
import type { Owner } from '../town/store.ts';
import { freshEnvelope } from './hand-in.ts';
import type { IntakeWork } from './hand-in.ts';
import { insertLedgerPeople } from './store.ts';

/** Somebody of an older page: registered, approved, with a limit. */
interface LedgerPerson {
  readonly account: string;
  readonly userId: string;
  readonly walletId: string;
  readonly signer: Signer;
}

/** People of one lane, who pay each other and nobody else. */
export interface LedgerCircle {
  readonly people: readonly LedgerPerson[];
  /** Whose ledger is next: each person has one, or a second one would fork the first. */
  turn: number;
}

/** As many as a ledger of 1000 has entries: one of them receives, the others pay. */
const PEOPLE = 1_000;

/** Registers the first people of each lane, with the keys of their devices. */
export async function openLedgerCircles(
  owner: Owner,
  lanes: readonly Lane[],
): Promise<readonly LedgerCircle[]> {
  const circles: LedgerCircle[] = [];
  for (const { payers } of lanes) {
    const people = payers.slice(0, PEOPLE).map(({ account, signer }) => {
      return { account, signer, userId: randomUUID(), walletId: randomUUID() };
    });
    await insertLedgerPeople(
      owner,
      people.map(({ signer, ...person }) => ({ ...person, publicKey: signer.publicKey })),
    );
    circles.push({ people, turn: 0 });
  }
  return circles;
}

/** A ledger as its receiver hands it in twice: its first entries, and all of them. */
export interface Ledgers {
  /** Sealed bodies, by lane. */
  readonly first: readonly (readonly Uint8Array[])[];
  readonly whole: readonly (readonly Uint8Array[])[];
}

/** Signs and seals that many ledgers a lane; `old` 0: nothing is handed in before. */
export async function sealLedgers(
  circles: readonly LedgerCircle[],
  peer: Uint8Array,
  {
    count,
    entries,
    old = 0,
  }: {
    readonly count: number;
    readonly entries: number;
    readonly old?: number;
  },
): Promise<Ledgers> {
  const first: Uint8Array[][] = [];
  const whole: Uint8Array[][] = [];
  for (const circle of circles) {
    const begun: Uint8Array[] = [];
    const grown: Uint8Array[] = [];
    for (let i = 0; i < count; i += 1) {
      const { receiver, texts } = await writeLedger(circle, entries);
      const seal = async (some: readonly string[]) =>
        utf8(await sealLedger(some, { signer: receiver.signer, peer, ...(await freshEnvelope()) }));
      if (old > 0) begun.push(await seal(texts.slice(0, old)));
      grown.push(await seal(texts));
    }
    first.push(begun);
    whole.push(grown);
  }
  return { first, whole };
}

async function writeLedger(circle: LedgerCircle, entries: number) {
  const { people, turn } = circle;
  circle.turn += 1;
  const receiver = people[turn];
  if (receiver === undefined) throw new Error('Everybody has a ledger.');
  const senders = people.filter((person) => person !== receiver);
  const transactions = await Promise.all(
    Array.from({ length: entries }, (_, place) => {
      const sender = senders[place % senders.length];
      if (sender === undefined) throw new Error('Nobody pays.');
      return signEntry(sender, receiver);
    }),
  );
  let head: LedgerHead | undefined;
  const texts = transactions.map((text) => {
    const { hash } = JSON.parse(text) as { readonly hash: string };
    const entry = ledgerEntryText(head, { text, hash });
    head = entry.head;
    return entry.text;
  });
  return { receiver, texts };
}

function signEntry(from: LedgerPerson, to: LedgerPerson): Promise<string> {
  const fields = { fromId: from.userId, toId: to.userId, walletId: from.walletId, prevHash: '' };
  const named = { txnId: randomUUID(), timestamp: new Date().toISOString() };
  return signLedgerTransaction({ ...fields, ...named, amount: '1.5' }, from.signer);
}

export function ledgerWork(
  lanes: IntakeWork['lanes'],
  sizes: Pick<IntakeWork, 'each' | 'fresh'>,
): IntakeWork {
  return { path: '/settle-ledger', lanes, ...sizes, taken: countSettled };
}

function countSettled(reply: Reply): number {
  const answer = jsonOf<{ readonly settled_transactions: readonly string[] }>(reply, 200);
  return answer.settled_transactions.length;
}
