import {
  encodeLedgerItem,
  hex,
  ledgerEntryText,
  ledgerPaymentId,
  openLedgerUpload,
  sealLedger,
  signLedgerTransaction,
  transactionHash,
} from '@sikka/protocol';
import type { KeyAgreement, LedgerHead, Signer } from '@sikka/protocol';
import { walletIdOf } from '../bank/order-port.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import type { Entry, OrderTown, Person } from './town.ts';
import { personOf } from './town.ts';

export interface Writing {
  /** Whose key signs, and whose money it is. */
  readonly by: Person;
  readonly fromId: string;
  readonly toId: string;
  /** In the major unit, as JavaScript prints it. */
  readonly amount: string;
  readonly number: string;
  /** The limit that it names; undefined in the older form. */
  readonly walletId: string | undefined;
  /** The key that it names, where that is not the one that signs. */
  readonly names?: Uint8Array;
}

/** Signs a transaction, and writes down what its signer truly said. */
export async function signEntry(world: World, town: OrderTown, writing: Writing): Promise<Entry> {
  const { by, fromId, toId, amount, number: txnId, walletId, names } = writing;
  const timestamp = new Date(world.time.now * 1000).toISOString();
  const named = { txnId, fromId, toId, walletId, amount, timestamp };
  const { signer } = by;
  const showing: Signer = { ...signer, publicKey: names ?? signer.publicKey };
  const text = await signLedgerTransaction({ ...named, prevHash: by.lastHash }, showing);
  const owner = personOf(town, fromId);
  const isHis = owner === by && names === undefined;
  const flaw = isHis ? undefined : flawOf(town, writing);
  const entry = await entryOf(text, { genuine: isHis, flaw });
  if (isHis) {
    by.lastHash = entry.hash;
    noteSigned(world, town, { entry, writing });
  }
  town.entries.push(entry);
  return entry;
}

/** By which code a bank says that his registered key did not sign. */
function flawOf(town: OrderTown, { fromId, names }: Writing): string {
  const owner = personOf(town, fromId);
  if (owner === undefined) return 'ledger/sender_unknown';
  return names === undefined ? 'ledger/sender_key_mismatch' : 'ledger/sender_signature_invalid';
}

function noteSigned(
  { recorder }: World,
  town: OrderTown,
  { entry, writing }: { readonly entry: Entry; readonly writing: Writing },
): void {
  const { id, content, fromId: signer, toId, number } = entry;
  const minor = Math.round(Number(writing.amount) * 100);
  const isExact = /^[0-9]+(?:\.[0-9]{1,2})?$/.test(writing.amount) && minor > 0;
  recorder.orders.signed({
    ...{ kind: 'ledger_entry', id, content, signer, debits: signer, number, toId, own: true },
    amountMinor: isExact ? BigInt(minor) : undefined,
    payeeWallet: personOf(town, toId)?.wallet ?? 0,
    walletId: writing.walletId ?? '',
  });
}

/** A transaction's text as everybody reads it. */
export async function entryOf(text: string, said: Pick<Entry, 'flaw' | 'genuine'>): Promise<Entry> {
  const { hash } = JSON.parse(text) as { readonly hash: string };
  const placed = ledgerEntryText(undefined, { text, hash });
  const read = await openLedgerUpload(`[${placed.text}]`, []);
  const transaction = read.ok ? read.value.entries[0]?.transaction : undefined;
  if (transaction === undefined) throw new Error('A transaction that nobody reads.');
  const { fromId, toId, txnId: number } = transaction;
  return {
    ...{ text, hash, fromId, toId, number, ...said },
    item: encodeLedgerItem(transaction),
    id: hex(ledgerPaymentId(transaction)),
    content: hex(transactionHash(transaction)),
  };
}

/** As a wallet pays: his own limit, the next number. */
export function ownWriting(
  random: Random,
  { from, toId, minor }: { readonly from: Person; readonly toId: string; readonly minor: bigint },
): Writing {
  from.numbered += 1;
  const number = `${from.userId}-${from.numbered}`;
  const named = random.chance(0.5) ? walletIdOf(from.userId) : '';
  const walletId = random.chance(0.2) ? undefined : named;
  const amount = String(Number(minor) / 100);
  return { by: from, fromId: from.userId, toId, amount, number, walletId };
}

/** The entries of a ledger as JSON texts, each at its place in the chain. */
export function chained(entries: readonly Pick<Entry, 'hash' | 'text'>[]): readonly string[] {
  let head: LedgerHead | undefined;
  return entries.map((entry) => {
    const next = ledgerEntryText(head, entry);
    head = next.head;
    return next.text;
  });
}

export interface Sealing {
  readonly signer: Signer;
  readonly peer: Uint8Array;
  readonly agreement: KeyAgreement;
}

export function sealTexts(
  random: Random,
  texts: readonly string[],
  { signer, peer, agreement }: Sealing,
): Promise<string> {
  return sealLedger(texts, { signer, peer, agreement, secrets: secretsOf(random) });
}

/** Fresh for each envelope, and the same in each run. */
export function secretsOf(random: Random) {
  return {
    contentKey: random.randomBytes(32),
    iv: random.randomBytes(12),
    wrapIv: random.randomBytes(12),
  };
}
