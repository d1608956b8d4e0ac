import {
  decodeCbor,
  encodeCbor,
  equalBytes,
  hex,
  isDeviceOrder,
  MAX_BATCH_BYTES,
  readDeviceOrder,
} from '@sikka/protocol';
import type { IntakeAnswer } from '../bank/order-port.ts';
import type { Random } from '../random.ts';
import { firstOf } from '../reference/order-model.ts';
import type { World } from '../world.ts';
import { compareHeld, compareOrders } from './compare.ts';
import type { Answered, HandedOrder } from './compare.ts';
import { openedOf } from './sales.ts';
import type { Bundle, Entry, OrderTown, Person, Till } from './town.ts';

/** By their places; undefined for what is no order. */
type Orders = Answered['orders'];

export function handedEntry({ id, content, fromId, number, genuine }: Entry): HandedOrder {
  const of = { kind: 'ledger_entry', signer: fromId, payloadHash: undefined } as const;
  return { ...of, id, content, number, genuine };
}

/** The orders of a bundle by their places; undefined for payments that others signed. */
export async function handedSales(
  { deviceId }: Till,
  bundle: Bundle,
  genuine: boolean,
): Promise<Orders> {
  const { transactions } = await openedOf(bundle);
  return transactions.map(({ transaction, documentId, content }) => {
    if (transaction.payment !== undefined) return undefined;
    const of = { kind: 'device_transaction', signer: deviceId, genuine } as const;
    const named = { id: hex(documentId), content: hex(content), number: transaction.localId };
    return { ...of, ...named, payloadHash: bundle.payloadHash };
  });
}

export interface LedgerHandedIn {
  readonly body: string;
  readonly entries: readonly Entry[];
  /** What its maker knows to be wrong with it. */
  readonly flaws?: readonly string[];
  /** Who signed the whole of it; a thief may have signed another one that the bank has. */
  readonly receiver?: Person;
}

/**
 * Hands a ledger in, and compares what is said of the whole and of each entry; answers the words,
 * undefined where the bank died.
 */
export async function handLedgerIn(
  world: World,
  town: OrderTown,
  ledger: LedgerHandedIn,
): Promise<string | undefined> {
  const { body, entries, flaws: known = [], receiver } = ledger;
  const before = await world.bank.observe();
  const answer = await ask(world, () => town.desk.settleLedger(body));
  if (answer === undefined) return undefined;
  const flaws = new Set([...known, ...entries.flatMap(({ flaw }) => flaw ?? [])]);
  if (receiver !== undefined && before.orders?.approved.has(receiver.userId) !== true) {
    flaws.add('ledger/receiver_unknown');
  }
  const expected = firstOf(flaws);
  const said = answer.state === 'refused' ? answer.code : undefined;
  world.counters.count(`ledger.${said ?? answer.state}`);
  if (said !== expected) {
    report(world, { what: 'a ledger', said: said ?? answer.state, expected });
  }
  const isHeld = answer.state === 'held' || answer.state === 'rejected';
  if (isHeld && receiver?.thief !== true && expected === undefined) {
    world.report({ invariant: 'order-intake', detail: `an honest ledger is ${answer.state}` });
  }
  const { batch, outcomes } = answer;
  if (batch === undefined || outcomes === undefined) return said ?? answer.state;
  const orders = entries.map(handedEntry);
  return compareOrders(world, { orders, outcomes, before, batch });
}

/** Of what was handed in. */
export function wordsOf(line: string | undefined): string {
  return line ?? 'the bank died';
}

interface Different {
  readonly what: string;
  readonly said: string;
  readonly expected: string | undefined;
}

function report(world: World, { what, said, expected = 'taken' }: Different): void {
  const detail = `${what} was answered ${said} instead of ${expected}`;
  world.report({ invariant: 'order-intake', detail });
}

export interface BundleHandedIn {
  readonly till: Till;
  readonly bundle: Bundle;
  /** The code that its flaw has. */
  readonly flaw: string | undefined;
}

export interface Pushed {
  /** What was said, in words. */
  readonly line: string;
  /** The bank has it, and its nonce and numbers with it. */
  readonly isTaken: boolean;
}

/** Pushes a bundle, and compares what is said of the whole and of each order. */
export async function pushBundle(
  world: World,
  town: OrderTown,
  { till, bundle, flaw }: BundleHandedIn,
): Promise<Pushed> {
  const before = await world.bank.observe();
  const answer = await ask(world, () => town.desk.pushBundle(bundle.push));
  if (answer === undefined) return { line: wordsOf(undefined), isTaken: false };
  const isActive = before.orders?.tills.get(till.deviceId) === 'active';
  const expected = isActive ? flaw : 'not_active';
  const said = answer.state === 'refused' ? answer.code : undefined;
  world.counters.count(`bundle.${said ?? answer.state}`);
  if (said !== expected) {
    report(world, { what: 'a bundle', said: said ?? answer.state, expected });
  }
  const { batch, outcomes } = answer;
  const isTaken = answer.state !== 'refused';
  if (batch === undefined || outcomes === undefined) return { line: said ?? answer.state, isTaken };
  const sales = await handedSales(till, bundle, flaw === undefined);
  const opened = new Map([[bundle.payloadHash, sales]]);
  const orders = await ordersOf(town, itemsIn(batch).slice(1), opened);
  // What this very push brings is let in with it.
  const during = await world.bank.observe();
  const books = before.orders && { ...before.orders, brought: during.orders?.brought ?? new Map() };
  const known = books === undefined ? before : { ...before, orders: books };
  return { line: compareOrders(world, { orders, outcomes, before: known, batch }), isTaken };
}

export function itemsIn(batch: Uint8Array): readonly Uint8Array[] {
  const decoded = decodeCbor(batch, { maxBytes: MAX_BATCH_BYTES });
  return decoded.ok ? (decoded.value as readonly Uint8Array[]) : [];
}

/**
 * Items by their bytes, of which everybody in the world has all; `opened` is what bundles say by
 * the hash of their payload, each read once.
 */
export async function ordersOf(
  town: OrderTown,
  items: readonly Uint8Array[],
  opened: Map<string, Orders> = new Map(),
): Promise<Orders> {
  const orders: (HandedOrder | undefined)[] = [];
  for (const bytes of items) {
    const order = isDeviceOrder(bytes) ? readDeviceOrder(bytes) : undefined;
    if (order?.ok !== true) {
      const entry = town.entries.find(({ item }) => equalBytes(item, bytes));
      orders.push(entry && handedEntry(entry));
      continue;
    }
    const hash = hex(order.value.payloadHash);
    const sales = opened.get(hash) ?? (await salesBehind(town, hash));
    opened.set(hash, sales);
    orders.push(sales[order.value.ordinal]);
  }
  return orders;
}

/** Nothing where nobody pushed it. */
async function salesBehind({ tills }: OrderTown, hash: string): Promise<Orders> {
  for (const till of tills) {
    const bundle = till.bundles.find(({ payloadHash }) => payloadHash === hash);
    if (bundle !== undefined) return handedSales(till, bundle, true);
  }
  return [];
}

/** Entries natively, as anybody can who has them. */
export function handEntriesIn(
  world: World,
  random: Random,
  entries: readonly Entry[],
): Promise<string> {
  const items = entries.map(({ item }) => item);
  return handItemsIn(world, random, { items, orders: entries.map(handedEntry) });
}

/** Items handed in natively, as any account can. */
export async function handItemsIn(
  world: World,
  random: Random,
  given: {
    readonly items: readonly Uint8Array[];
    readonly orders: Orders;
    /** A review holds these bytes. */
    readonly isHeld?: boolean;
  },
): Promise<string> {
  const { account } = random.pick(world.parties);
  const before = await world.bank.observe();
  const outcomes = await world.handIn(account, given.items);
  if (outcomes === undefined) return 'no answer';
  const batch = encodeCbor(given.items);
  const answered = { orders: given.orders, outcomes, before, batch };
  return given.isHeld === true ? compareHeld(world, answered) : compareOrders(world, answered);
}

/** Undefined where the bank died: whether it had taken it in, nobody was told. */
async function ask(
  world: World,
  call: () => Promise<IntakeAnswer>,
): Promise<IntakeAnswer | undefined> {
  let answer: IntakeAnswer | undefined;
  await world.bankDoes(async () => {
    answer = await call();
  });
  return answer;
}
