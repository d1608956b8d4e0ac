import { hex } from '@sikka/protocol';
import { pickPayee, pickThief } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import { bring } from '../acts/by-key.ts';
import type { Random } from '../random.ts';
import type { RsaKey } from '../rsa.ts';
import { itemOf, keyRingOf, signByKey } from '../wallet-keys.ts';
import type { KeyItem, KeyPaying } from '../wallet-keys.ts';
import type { World } from '../world.ts';

/** What thieves try with keys of wallets: others' texts altered, others' wallets, nonces twice. */
export const stealByKey: Act = async (world, random) => {
  const thief = pickThief(world, random);
  if (thief === undefined) return 'no thief';
  const victim = pickPayee(world, random, thief.account);
  const name = random.pick(Object.keys(TRICKS));
  const items = await TRICKS[name]?.({
    world,
    random,
    thief: thief.account,
    victim: victim.account,
  });
  world.counters.count(`thief.by-key.${name}`);
  if (items === undefined || items.length === 0) return `${thief.account}: ${name}`;
  return `${thief.account}: ${name}, ${await bring(world, random, items)}`;
};

interface Trying {
  readonly world: World;
  readonly random: Random;
  readonly thief: string;
  /** Somebody who is paid, too. */
  readonly victim: string;
}

type Trick = (trying: Trying) => Promise<readonly KeyItem[]>;

const TRICKS: Readonly<Record<string, Trick>> = {
  /** The same words under another nonce would be paid once more. */
  anotherNonce: async (trying) => altered(trying, 'nonce', hex(trying.random.randomBytes(16))),
  anotherAmount: async (trying) => altered(trying, 'amount', '999.00'),
  anotherPayee: async (trying) => {
    const own = await keyRingOf(trying.world).keyOf(trying.thief);
    return own === undefined ? [] : altered(trying, 'receiver_public_key', own.pem);
  },
  /** Somebody else's wallet, signed by the thief's key. */
  anothersWallet: async ({ world, random, thief, victim }) => {
    await keyRingOf(world).keyOf(victim);
    return sign(world, random, { thief, paying: { payer: victim, nonce: drawNonce(random) } });
  },
  /** One nonce, two payments: the first that is proved holds it. */
  oneNonceTwice: async ({ world, random, thief }) => {
    const nonce = drawNonce(random);
    const one = await sign(world, random, { thief, paying: { payer: thief, nonce } });
    return [...one, ...(await sign(world, random, { thief, paying: { payer: thief, nonce } }))];
  },
  /** Nobody burns another's nonce: it is of his own wallet. */
  anothersNonce: async ({ world, random, thief }) => {
    const known = [...world.recorder.truth.keyPayments.values()];
    if (known.length === 0) return [];
    const { nonce } = random.pick(known);
    return sign(world, random, { thief, paying: { payer: thief, nonce } });
  },
  /** A key that was replaced goes on signing, a while later. */
  replacedKey: async ({ world, random, thief }) => {
    const ring = keyRingOf(world);
    if ((await ring.keyOf(thief)) === undefined || !(await ring.replace(thief))) return [];
    const [key] = ring.keysOf(thief).slice(-2);
    world.later(random.between(60, 86_400), 'a replaced key signs', async () => {
      const paying = { payer: thief, nonce: drawNonce(random) };
      const made = await sign(world, random, { thief, paying, ...(key ? { key } : {}) });
      return bring(world, random.fork('replaced'), made);
    });
    return [];
  },
  /** Too much money, then another key: the very bytes again are no older key's word any more. */
  replacedMeanwhile: async ({ world, random, thief }) => {
    const ring = keyRingOf(world);
    const paying = { payer: thief, nonce: drawNonce(random) };
    const [made] = await sign(world, random, { thief, paying, amountMinor: 99_999_900n });
    if (made === undefined) return [];
    const word = async () => {
      const [said] = (await world.handIn(thief, [made.bytes])) ?? [];
      return said?.code ?? said?.result ?? 'no answer';
    };
    const first = await word();
    world.later(random.between(60, 86_400), 'a key is replaced', async () => {
      if (!(await ring.replace(thief))) return 'the bank died';
      world.later(random.between(60, 86_400), 'a refusal is asked again', async () => {
        const then = await word();
        world.counters.count(`key.again.${then}`);
        if (first === 'insufficient_funds' && !KEYLESS.has(then)) {
          const detail = `${made.id} was answered ${then} by a key that was replaced`;
          world.report({ invariant: 'key-reference', detail });
        }
        return `${thief}: ${first}, then ${then}`;
      });
      return thief;
    });
    return [];
  },
};

/** Answers to what a replaced key signed; and none, where the bank is at it. */
const KEYLESS: ReadonlySet<string> = new Set([
  ...['payer_key_retired', 'payer_key_unknown', 'pending', 'no answer'],
]);

/** Somebody's text with one member changed, and the signature that it had. */
function altered({ world, random }: Trying, member: string, value: string): readonly KeyItem[] {
  const { items } = keyRingOf(world);
  if (items.length === 0) return [];
  const { text, bytes } = random.pick(items);
  const said = JSON.parse(text) as Record<string, unknown>;
  // It may say so already: then it is what its payer signed.
  if (said[member] === value) return [];
  const changed = JSON.stringify({ ...said, [member]: value });
  return [itemOf(changed, { signature: bytes.slice(-256), keyId: undefined })];
}

interface Signing {
  readonly thief: string;
  readonly paying: Pick<KeyPaying, 'nonce' | 'payer'>;
  /** Other than the live one. */
  readonly key?: RsaKey;
  readonly amountMinor?: bigint;
}

/** By the thief's key, to somebody who is paid. */
async function sign(
  world: World,
  random: Random,
  { thief, paying, key: other, amountMinor = BigInt(random.between(1, 900)) }: Signing,
): Promise<readonly KeyItem[]> {
  const ring = keyRingOf(world);
  const live = await ring.keyOf(thief);
  const key = other ?? live;
  const { account } = pickPayee(world, random, paying.payer);
  const address = await ring.keyOf(account);
  if (key === undefined || address === undefined) return [];
  const payee = { account, key: address };
  return [
    await signByKey(world, random, { key, by: thief, paying: { ...paying, payee, amountMinor } }),
  ];
}

function drawNonce(random: Random): string {
  return hex(random.randomBytes(16));
}
