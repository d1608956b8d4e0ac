import { hex } from '@sikka/protocol';
import type { BankView } from '../bank/port.ts';
import type { PartyPlan } from '../parties.ts';
import type { Random } from '../random.ts';
import { answersOfKey } from '../reference/key-model.ts';
import { rsaKey } from '../rsa.ts';
import type { SignedKeyPayment } from '../truth.ts';
import { keyRingOf, NOBODYS_NUMBER, signByKey, signText } from '../wallet-keys.ts';
import type { KeyItem } from '../wallet-keys.ts';
import type { World } from '../world.ts';
import { pickHonest, pickPayee, pickPayer, short } from './act.ts';
import type { Act } from './act.ts';
import { drawAmount } from './trade.ts';

const MINUTE = 60;
const DAY = 86_400;
/** Keys of a wallet that the bank always asks: the live one, and the two replaced last. */
const ASKED = 3;

/** Somebody with an older client pays by his wallet's key (spec/wallet-key.md). */
export const payByKey: Act = async (world, random) => {
  const { account: payer } = pickPayer(world, random);
  const { account: payee } = pickPayee(world, random, payer);
  const item = await payWith(world, random, { payer, payee });
  if (item === undefined) return 'the bank died over a key';
  if (random.chance(0.5)) return `${payer} to ${payee}: ${await bring(world, random, [item])}`;
  world.later(random.between(MINUTE, 10 * DAY), 'a payment by a key is brought', () => {
    return bring(world, random.fork('late'), [item]);
  });
  return `${payer} to ${payee}: ${short(item.id)} kept`;
};

/** A new phone with another key: what the one before signs from now on counts no more. */
export const replaceKey: Act = async (world, random) => {
  const { account } = pickHonest(world, random);
  world.counters.count('key.replaced');
  return `${account}: ${(await keyRingOf(world).replace(account)) ? 'replaced' : 'the bank died'}`;
};

interface Between {
  readonly payer: string;
  readonly payee: string;
}

export async function payWith(
  world: World,
  random: Random,
  { payer, payee }: Between,
): Promise<KeyItem | undefined> {
  const ring = keyRingOf(world);
  const [key, own] = [await ring.keyOf(payer), await ring.keyOf(payee)];
  if (key === undefined || own === undefined) return undefined;
  // Now and then more than there is, or to a key that is nobody's.
  const amountMinor = drawAmount(world, random) * (random.chance(0.1) ? 100n : 1n);
  const address = random.chance(0.05)
    ? { account: '', key: NOBODYS }
    : { account: payee, key: own };
  const nonce = hex(random.randomBytes(16));
  const paying = { payer, payee: address, amountMinor, nonce };
  world.counters.count('key.signed');
  return signByKey(world, random, { key, by: payer, paying });
}

const NOBODYS = rsaKey(NOBODYS_NUMBER);

/** Hands items in, with some that were there before, perhaps in another form; answers the words. */
export async function bring(
  world: World,
  random: Random,
  items: readonly KeyItem[],
): Promise<string> {
  const { account }: PartyPlan = random.pick(world.parties);
  const batch = [...items, ...again(world, random)];
  const packets = [...world.recorder.truth.signed.values()].map(({ packet }) => packet);
  const beside = packets.length > 0 && random.chance(0.2) ? [random.pick(packets)] : [];
  const before = await world.bank.observe();
  const said = await world.handIn(account, [...batch.map(({ bytes }) => bytes), ...beside]);
  if (said === undefined) return 'no answer';
  // What waited may have been decided in between, and have accused somebody.
  const { proofs } = await world.bank.observe();
  const words = batch.map((item, at) => {
    const answer = said[at];
    const word = answer?.result === 'rejected' ? (answer.code ?? '') : (answer?.result ?? '');
    world.counters.count(`key.${word}`);
    if (word !== 'pending') compare(world, { item, batch, before, proofs, word });
    return `${short(item.id)} ${word}`;
  });
  return words.join(', ');
}

function again(world: World, random: Random): readonly KeyItem[] {
  const ring = keyRingOf(world);
  if (ring.items.length === 0) return [];
  return Array.from({ length: random.below(3) }, () => {
    const item = random.pick(ring.items);
    const own = world.recorder.truth.keyPayments.get(item.id);
    const key = ring.keysOf(own?.payer ?? '').find(({ id }) => hex(id) === item.keyId);
    if (key === undefined || !random.chance(0.3)) return item;
    return signText(random, key, item.text);
  });
}

interface Comparing {
  readonly item: KeyItem;
  readonly batch: readonly KeyItem[];
  /** The books before the batch came. */
  readonly before: BankView;
  readonly proofs: BankView['proofs'];
  readonly word: string;
}

/** With the reference model, which knows who signed what. */
function compare(world: World, { item, batch, before, proofs, word }: Comparing): void {
  const { keyPayments } = world.recorder.truth;
  const payment = keyPayments.get(item.id);
  const own = keyRingOf(world).keysOf(payment?.payer ?? '');
  const place = own.findIndex(({ id }) => hex(id) === item.keyId);
  const offline = [...before.offlineWallets.values()];
  const isOurs = (number: number) => number === payment?.payerWallet;
  const rivals = [...keyPayments.values()].filter(({ id, payerWallet, nonce }) => {
    return id !== item.id && isOurs(payerWallet) && nonce === payment?.nonce;
  });
  const stand = new Set(before.keyPayments.map(({ id }) => id));
  const beside = new Set(batch.map(({ id }) => id).filter((id) => id !== item.id));
  const others = [...beside].flatMap((id) => keyPayments.get(id) ?? []);
  const may = answersOfKey({
    signed: place < 0 ? 'no' : place >= own.length - ASKED ? 'asked' : 'older',
    stands: stand.has(item.id),
    nonce: rivals.some(({ id }) => stand.has(id))
      ? 'taken'
      : rivals.length > 0
        ? 'contested'
        : 'free',
    replaced: replacedOf(world, item, payment),
    accused: proofs.some(({ account }) => account === payment?.payer),
    payeeKnown: payment?.payeeWallet !== 0,
    amountMinor: payment?.amountMinor ?? 0n,
    fundsMinor: offline.find(({ number }) => isOurs(number))?.balanceMinor ?? 0n,
    besideMinor: others.reduce((sum, { amountMinor, payerWallet }) => {
      return isOurs(payerWallet) ? sum + amountMinor : sum;
    }, 0n),
    others: before.uploads.some(({ decided }) => !decided),
  });
  if (may.has(word)) return;
  const detail = `${item.id} was answered ${word} instead of ${[...may].join(' or ')}`;
  world.report({ invariant: 'key-reference', detail });
}

function replacedOf(
  { recorder: { truth } }: World,
  { keyId }: KeyItem,
  payment: SignedKeyPayment | undefined,
): 'never' | 'after' | 'before' {
  const own = truth.walletKeys.filter(({ account }) => account === payment?.payer);
  const next = own[own.findIndex(({ id }) => id === keyId) + 1];
  if (next === undefined || payment === undefined) return 'never';
  return payment.at > next.from ? 'before' : 'after';
}
