import { decodeBase64, encodeBase64 } from '@sikka/protocol';
import type { Act } from '../acts/act.ts';
import type { Random } from '../random.ts';
import { highS } from '../thieves/forgers.ts';
import type { World } from '../world.ts';
import { chained, entryOf, ownWriting, signEntry } from './entries.ts';
import { handEntriesIn, handLedgerIn, wordsOf } from './hand-in.ts';
import { handIn, handSealed, pickReceiver } from './ledger-acts.ts';
import type { Entry, OrderTown, Person } from './town.ts';
import { townOf } from './town.ts';

/** What thieves try with sealed ledgers, their own and others'. */
export const stealByLedger: Act = async (world, random) => {
  const town = await townOf(world);
  const thief = town?.people.find((each) => each.thief && each.wallet !== 0);
  const victim = town && pickReceiver(random, town);
  if (town === undefined || thief === undefined) return 'no thief';
  if (victim === undefined) return 'nobody was paid';
  const name = random.pick(Object.keys(TRICKS));
  const line = await TRICKS[name]?.({ world, random, town, thief, victim });
  world.counters.count(`thief.by-ledger.${name}`);
  return `${name}: ${wordsOf(line)}`;
};

interface Trying {
  readonly world: World;
  readonly random: Random;
  readonly town: OrderTown;
  readonly thief: Person;
  /** Has a ledger with something in it; perhaps the thief himself. */
  readonly victim: Person;
}

/** What came of it, in words; undefined where the bank died. */
type Trick = (trying: Trying) => Promise<string | undefined>;

const TRICKS: Readonly<Record<string, Trick>> = {
  /** Two histories after one entry, both signed by him. */
  fork: async ({ world, random, town, thief }) => {
    await lengthen(world, random, { town, to: thief });
    const { ledger } = thief;
    const [last, before] = [ledger.at(-1), ledger.at(-2)];
    if (last === undefined || before === undefined) return 'too short';
    const first = await handSealed(world, random.fork('first'), { town, to: thief });
    const handing = { town, to: thief, entries: [...ledger.slice(0, -2), last, before] };
    const second = await handSealed(world, random.fork('second'), handing);
    return `${wordsOf(first)}; ${wordsOf(second)}`;
  },
  /** An older copy, on which he goes on. */
  rolledBack: async ({ world, random, town, thief }) => {
    const copy = thief.copy;
    thief.copy = thief.ledger;
    if (copy.length === 0) return 'copied';
    thief.ledger = copy;
    return handSealed(world, random, { town, to: thief });
  },
  /** What was paid to somebody else stands in his ledger, too. */
  twoLedgers: async ({ world, random, town, thief, victim }) => {
    const entries = [...thief.ledger, random.pick(victim.ledger)];
    const isOther = entries.some(({ toId }) => toId !== thief.userId);
    const flaws = isOther ? ['ledger/receiver_mismatch'] : [];
    if (new Set(entries.map(({ id }) => id)).size < entries.length) {
      flaws.push('ledger/duplicate_transaction');
    }
    return handSealed(world, random, { town, to: thief, entries, flaws });
  },
  /** One entry stands twice, each at its place. */
  twiceInOne: async ({ world, random, town, victim }) => {
    const entry = random.pick(victim.ledger);
    const flaws = ['ledger/duplicate_transaction'];
    const entries = [...victim.ledger, entry];
    const body = `[${chained(entries).join(',')}]`;
    return handLedgerIn(world, town, { body, entries, flaws });
  },
  /** Another amount or receiver under the old hash, or under its own. */
  altered: async ({ world, random, town, victim, thief }) => {
    const entry = random.pick(victim.ledger);
    const toHim = entry.toId !== thief.userId && random.chance(0.5);
    const change = toHim ? { to_id: thief.userId } : { amount: 999.17 };
    const isHashed = random.chance(0.6);
    const forged = await alter(entry, change, isHashed);
    town.entries.push(forged);
    const flaw = isHashed ? 'ledger/sender_signature_invalid' : 'ledger/transaction_hash_mismatch';
    if (random.chance(0.5)) return handEntriesIn(world, random, [forged, entry]);
    const body = `[${chained([forged]).join('')}]`;
    return handLedgerIn(world, town, { body, entries: [forged], flaws: [flaw] });
  },
  /** An entry is left out, and the chain is as it was. */
  gap: async ({ world, random, town, victim }) => {
    const { ledger } = victim;
    if (ledger.length < 2) return 'too short';
    const at = random.below(ledger.length - 1);
    const texts = chained(ledger).filter((_, place) => place !== at);
    const entries = ledger.filter((_, place) => place !== at);
    const flaws = ['ledger/chain_broken'];
    if (random.chance(0.5)) {
      return handLedgerIn(world, town, { body: `[${texts.join(',')}]`, entries, flaws });
    }
    return handSealed(world, random, { town, to: victim, entries, texts, flaws });
  },
  /** One number, two orders: the first that is proved holds it. */
  numberTwice: async ({ world, random, town, thief, victim }) => {
    const minor = BigInt(random.between(1, 3_000));
    const writing = ownWriting(random, { from: thief, toId: victim.userId, minor });
    const other = { ...writing, amount: String(Number(minor + 1n) / 100) };
    const entries = [await signEntry(world, town, writing), await signEntry(world, town, other)];
    victim.ledger = [...victim.ledger, ...entries.slice(0, 1)];
    if (random.chance(0.5)) return handEntriesIn(world, random, entries);
    const lines: string[] = [];
    for (const entry of entries) {
      const way = { town, to: victim, entries: [entry] };
      lines.push(wordsOf(await handIn(world, random.fork(entry.id), way)));
    }
    return lines.join('; ');
  },
  /** In the name of somebody else, by his own key, which names itself or the other's. */
  signedByAnother: async ({ world, random, town, thief }) => {
    const others = town.people.filter(({ userId }) => userId !== thief.userId);
    const named = random.pick(others);
    const minor = BigInt(random.between(1, 3_000));
    const toId = thief.userId;
    const plain = ownWriting(random, { from: named, toId, minor });
    const names = random.chance(0.5) ? { names: named.signer.publicKey } : {};
    const entry = await signEntry(world, town, { ...plain, by: thief, ...names });
    if (random.chance(0.5)) return handEntriesIn(world, random, [entry]);
    const entries = [...thief.ledger, entry];
    return handSealed(world, random, { town, to: thief, entries });
  },
  /** What one who is not registered signed. */
  stranger: async ({ world, random, town, thief }) => {
    const from = town.people.find(({ wallet }) => wallet === 0);
    if (from === undefined) return 'nobody';
    const writing = ownWriting(random, { from, toId: thief.userId, minor: 500n });
    const entry = await signEntry(world, town, writing);
    if (random.chance(0.5)) return handEntriesIn(world, random, [entry]);
    const flaws = ['ledger/receiver_unknown'];
    return handSealed(world, random, { town, to: from, entries: [entry], flaws });
  },
  /** Sealed to a key that is not the bank's. */
  anotherBank: async ({ world, random, town, thief, victim }) => {
    const peer = thief.agreement.publicKey;
    const flaws = ['ledger/open_failed'];
    return handSealed(world, random, { town, to: victim, flaws, peer });
  },
  /** In the name of another receiver. */
  forgedReceiver: async ({ world, random, town, thief, victim }) => {
    if (thief === victim) return 'himself';
    const signer = { ...thief.signer, publicKey: victim.signer.publicKey };
    const flaws = ['ledger/receiver_signature_invalid'];
    return handSealed(world, random, { town, to: { ...victim, signer }, flaws });
  },
  /** The other half of a signature, which anybody can write: the same payment. */
  otherHalf: async ({ world, random, town }) => {
    const genuine = town.entries.filter((entry) => entry.genuine);
    if (genuine.length === 0) return 'nothing signed';
    const entry = random.pick(genuine);
    const said = JSON.parse(entry.text) as { readonly signature: string };
    const signature = encodeBase64(highS(decodeBase64(said.signature) ?? new Uint8Array()));
    const text = JSON.stringify({ ...said, signature });
    return handEntriesIn(world, random, [await entryOf(text, { genuine: true, flaw: undefined })]);
  },
  /** A signature that is another's, under what somebody signed. */
  borrowedSignature: async ({ world, random, town }) => {
    const genuine = town.entries.filter((entry) => entry.genuine);
    if (genuine.length < 2) return 'too few signed';
    const { orders } = await world.bank.observe();
    const stands = new Set(orders?.settled.map(({ id }) => id));
    const settled = genuine.filter(({ id }) => stands.has(id));
    const [one, other] = [
      random.pick(settled.length > 0 ? settled : genuine),
      random.pick(genuine),
    ];
    if (one.id === other.id) return 'the same';
    const { signature } = JSON.parse(other.text) as { readonly signature: string };
    const text = JSON.stringify({ ...(JSON.parse(one.text) as object), signature });
    const flaw = 'ledger/sender_signature_invalid';
    return handEntriesIn(world, random, [await entryOf(text, { genuine: false, flaw }), one]);
  },
};

/** Others pay him, honestly. */
async function lengthen(
  world: World,
  random: Random,
  { town, to }: { readonly town: OrderTown; readonly to: Person },
): Promise<void> {
  const others = town.people.filter(({ wallet }) => wallet !== 0 && wallet !== to.wallet);
  while (to.ledger.length < 3) {
    const from = random.pick(others);
    const minor = BigInt(random.between(1, 2_000));
    const writing = ownWriting(random, { from, toId: to.userId, minor });
    to.ledger = [...to.ledger, await signEntry(world, town, writing)];
  }
}

/** What it says is another's; the signature is what it was. */
async function alter(entry: Entry, change: object, isHashed: boolean): Promise<Entry> {
  const said = { ...(JSON.parse(entry.text) as object), ...change };
  const flaw = isHashed ? 'ledger/sender_signature_invalid' : undefined;
  const made = await entryOf(JSON.stringify(said), { genuine: false, flaw });
  if (!isHashed) return made;
  return entryOf(JSON.stringify({ ...said, hash: made.content }), { genuine: false, flaw });
}
