import { openTransaction, sealTransaction } from '@sikka/protocol';
import type { Act } from '../acts/act.ts';
import { pickPayee } from '../acts/act.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { racing } from './compare.ts';
import { chained, ownWriting, sealTexts, secretsOf, signEntry } from './entries.ts';
import { handEntriesIn, handLedgerIn, pushBundle, wordsOf } from './hand-in.ts';
import { orderKey } from './records.ts';
import { makeBundle } from './sales.ts';
import type { Entry, OrderTown, Person, Sale, Till } from './town.ts';
import { townOf } from './town.ts';

/** Somebody pays by his ledger: signed, sealed to its receiver, opened and kept by him. */
export const payByLedger: Act = async (world, random) => {
  const town = await townOf(world);
  if (town === undefined) return 'no orders here';
  const lines: string[] = [];
  for (let left = random.between(1, 3); left > 0; left -= 1) {
    lines.push(await payOnce(world, random, town));
  }
  return lines.join(', ');
};

async function payOnce(world: World, random: Random, town: OrderTown): Promise<string> {
  const registered = town.people.filter(({ wallet }) => wallet !== 0);
  const from = random.pick(registered);
  // Now and then to himself, or to somebody whom the bank does not know.
  const others = registered.filter((each) => each !== from);
  const to = random.pick(random.chance(0.06) ? [from, ...town.people] : others);
  const minor = BigInt(random.between(1, random.chance(0.1) ? 200_000 : 6_000));
  const plain = ownWriting(random, { from, toId: to.userId, minor });
  const amount = random.chance(0.04) ? `${plain.amount.split('.')[0] ?? ''}.125` : plain.amount;
  const walletId = random.chance(0.04) ? 'limit-of-nobody' : plain.walletId;
  const entry = await signEntry(world, town, { ...plain, amount, walletId });
  const kept = await receive(random, { from, to, entry });
  if (kept) to.ledger = [...to.ledger, entry];
  world.counters.count(`order.ledger.${kept ? 'received' : 'not-received'}`);
  return `${entry.number} to ${to.userId}`;
}

/** Over the table, as a file: his page verifies it by the key that it names. */
async function receive(
  random: Random,
  { from, to, entry }: { readonly from: Person; readonly to: Person; readonly entry: Entry },
): Promise<boolean> {
  const { signer, agreement } = from;
  const envelope = { signer, agreement, peer: to.agreement.publicKey, secrets: secretsOf(random) };
  const file = await sealTransaction(entry.text, envelope);
  const opened = await openTransaction(file, { agreements: [to.agreement], verifier: NOBODY });
  if (opened.ok && opened.value.text !== entry.text) throw new Error('Another transaction.');
  return opened.ok;
}

/** Receivers of the simulation look at nobody's signature; what is not right, the bank refuses. */
const NOBODY = { verify: async () => true };

/** A receiver hands his ledger in: sealed, or as it is, perhaps twice, or entries alone. */
export const handInLedger: Act = async (world, random) => {
  const town = await townOf(world);
  if (town === undefined) return 'no orders here';
  const to = pickReceiver(random, town);
  if (to === undefined) return 'nobody was paid';
  const line = await handIn(world, random, { town, to });
  // The reply was lost, or so he thinks.
  if (line !== undefined && !random.chance(0.25)) return line;
  return `${wordsOf(line)}; again: ${wordsOf(await handIn(world, random, { town, to }))}`;
};

export function pickReceiver(random: Random, { people }: OrderTown): Person | undefined {
  const paid = people.filter(({ ledger, wallet }) => ledger.length > 0 && wallet !== 0);
  return paid.length === 0 ? undefined : random.pick(paid);
}

export interface Handing {
  readonly town: OrderTown;
  readonly to: Person;
  /** Another list than his whole ledger. */
  readonly entries?: readonly Entry[];
}

/** In a form that is drawn. */
export async function handIn(
  world: World,
  random: Random,
  handing: Handing,
): Promise<string | undefined> {
  const { town, to, entries = to.ledger } = handing;
  const form = random.weighted({ sealed: 60, array: 15, ledger: 10, entry: 10, native: 15 });
  if (form === 'sealed') return handSealed(world, random, handing);
  if (form === 'native') return handEntriesIn(world, random, entries);
  if (form === 'entry') {
    const entry = random.pick(entries);
    const [body = ''] = chained([entry]);
    return handLedgerIn(world, town, { body, entries: [entry] });
  }
  const list = `[${chained(entries).join(',')}]`;
  const named = `{"ledger":{"receiver_id":"${to.userId}","entries":${list}}}`;
  return handLedgerIn(world, town, { body: form === 'array' ? list : named, entries });
}

export interface Sealed extends Handing {
  /** What its maker knows to be wrong with it. */
  readonly flaws?: readonly string[];
  /** Another chain than that of its entries. */
  readonly texts?: readonly string[];
  /** Another key than the bank's. */
  readonly peer?: Uint8Array;
}

/** As its receiver signs and seals it. */
export async function handSealed(
  world: World,
  random: Random,
  { town, to, entries = to.ledger, flaws = [], ...sealed }: Sealed,
): Promise<string | undefined> {
  const { texts = chained(entries), peer = town.desk.sealingKey } = sealed;
  const { signer, agreement } = to;
  const body = await sealTexts(random, texts, { signer, agreement, peer });
  return handLedgerIn(world, town, { body, entries, flaws, receiver: to });
}

/** One entry every way at once: its receiver's ledger, by itself, natively, and by a till. */
export const everyWay: Act = async (world, random) => {
  const town = await townOf(world);
  const to = town && pickReceiver(random, town);
  if (town === undefined || to === undefined) return 'nobody was paid';
  const entry = random.pick(to.ledger);
  const till = random.pick(town.tills);
  const ways: readonly (() => Promise<string | undefined>)[] = [
    () => handSealed(world, random.fork('sealed'), { town, to }),
    () => handIn(world, random.fork('alone'), { town, to, entries: [entry] }),
    () => bringByTill(world, random.fork('till'), { town, till, entry, to }),
    () => handEntriesIn(world, random.fork('native'), [entry, entry]),
  ];
  const order = shuffled(random, ways.length);
  const isRace = random.chance(0.5);
  world.counters.count(`order.every-way.${isRace ? 'at-once' : 'in-turn'}`);
  const go = async (at: number) => wordsOf(await ways[at]?.());
  if (isRace) {
    return (await racing(world, () => Promise.all(order.map(go)))).join('; ');
  }
  const lines: string[] = [];
  for (const at of order) lines.push(await go(at));
  return lines.join('; ');
};

function shuffled(random: Random, length: number): readonly number[] {
  const left = Array.from({ length }, (_, at) => at);
  return Array.from({ length }, () => left.splice(random.below(left.length), 1)[0] ?? 0);
}

interface Bringing {
  readonly town: OrderTown;
  readonly till: Till;
  readonly entry: Entry;
  readonly to: Person;
}

async function bringByTill(
  world: World,
  random: Random,
  { town, till, entry, to }: Bringing,
): Promise<string> {
  const signed = world.recorder.orders.truth.signed.get(orderKey(entry));
  if (signed?.amountMinor === undefined) return 'a till sees no amount';
  const sale = saleOf(world, till, {
    ...{ type: 'p2p', sender: entry.fromId, receiver: String(to.wallet) },
    ...{ amountMinor: signed.amountMinor, payment: entry.item },
  });
  const bundle = await makeBundle(world, random, { town, making: { till, sales: [sale] } });
  return (await pushBundle(world, town, { till, bundle, flaw: undefined })).line;
}

/** Under the till's next number. */
export function saleOf(
  { time }: World,
  till: Till,
  said: Omit<Sale, 'initiatedAt' | 'localId'>,
): Sale {
  till.numbered += 1;
  const initiatedAt = new Date(time.now * 1000).toISOString();
  return { localId: `${till.deviceId}-${till.numbered}`, initiatedAt, ...said };
}

/** What payees of phones are paid to: a till may pay it too. */
export function pickPartyWallet(world: World, random: Random): number {
  const { account } = pickPayee(world, random);
  return world.recorder.truth.parties.get(account)?.wallet ?? 0;
}
