import {
  currencyOf,
  encodeWalletKeyItem,
  formatAmount,
  hex,
  parseJsonText,
  pythonJson,
  readWalletKeyItem,
  SIX_FIELDS,
  utf8,
} from '@sikka/protocol';
import { rsaKey } from './rsa.ts';
import type { RsaKey } from './rsa.ts';
import type { Random } from './random.ts';
import type { SignedKeyPayment } from './truth.ts';
import type { World } from './world.ts';

/** A text and its signature, as older clients keep what they paid and were paid. */
export interface KeyItem {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Of the payment that it says it is. */
  readonly id: string;
  /** Of the key that signed just this text; undefined where somebody made it up. */
  readonly keyId: string | undefined;
}

/** Who has which keys, and every item there is: what people with older clients have. */
export interface KeyRing {
  /** The account's live key, registered where it has none; undefined where the bank died. */
  keyOf(account: string): Promise<RsaKey | undefined>;
  /** Another key from now on; the one before stays what it was. */
  replace(account: string): Promise<boolean>;
  /** Every key that it has had, in their order. */
  keysOf(account: string): readonly RsaKey[];
  /** The offline wallet, from which keys pay. */
  walletOf(account: string): Promise<number>;
  readonly items: KeyItem[];
}

/** Of a key that no account has, however many there are. */
export const NOBODYS_NUMBER = 15;

const rings = new WeakMap<World, KeyRing>();

/** Of a world in which nobody pays by a key it costs nothing. */
export function keyRingOf(world: World): KeyRing {
  const known = rings.get(world);
  if (known !== undefined) return known;
  const ring = createKeyRing(world);
  rings.set(world, ring);
  return ring;
}

function createKeyRing(world: World): KeyRing {
  const held = new Map<string, RsaKey[]>();
  const wallets = new Map<string, number>();
  let given = 0;
  async function register(account: string): Promise<RsaKey | undefined> {
    if (given === NOBODYS_NUMBER) given += 1;
    const key = rsaKey(given);
    given += 1;
    const done = await world.bankDoes((bank) => bank.registerKey(account, key));
    if (!done) return undefined;
    held.set(account, [...(held.get(account) ?? []), key]);
    world.recorder.walletKey({ id: hex(key.id), account, from: world.time.now });
    return key;
  }
  return {
    keyOf: async (account) => held.get(account)?.at(-1) ?? register(account),
    replace: async (account) => (await register(account)) !== undefined,
    keysOf: (account) => held.get(account) ?? [],
    async walletOf(account) {
      if (!wallets.has(account)) {
        const { offlineWallets } = await world.bank.observe();
        for (const [owner, { number }] of offlineWallets) wallets.set(owner, number);
      }
      return wallets.get(account) ?? 0;
    },
    items: [],
  };
}

export interface KeyPaying {
  /** Whose wallet pays. */
  readonly payer: string;
  /** Whose key is the address. */
  readonly payee: { readonly account: string; readonly key: RsaKey };
  readonly amountMinor: bigint;
  readonly nonce: string;
}

/** What an older client signs: a dict of Python's, in one of its forms (spec/wallet-key.md §2). */
export async function signByKey(
  world: World,
  random: Random,
  { key, by, paying }: { readonly key: RsaKey; readonly by: string; readonly paying: KeyPaying },
): Promise<KeyItem> {
  const { payer, payee, amountMinor, nonce } = paying;
  const wallet = await keyRingOf(world).walletOf(payer);
  const text = JSON.stringify({
    amount: formatAmount(amountMinor, PKR),
    currency: currencyOf(PKR)?.alpha,
    nonce,
    receiver_public_key: payee.key.pem,
    sender_wallet_id: wallet,
    timestamp: new Date(world.time.now * 1000).toISOString(),
    ...(random.chance(0.3) ? { note: 'chai' } : {}),
  });
  const item = signText(random, key, text);
  const payment: SignedKeyPayment = {
    ...{ id: item.id, keyId: hex(key.id), by, payer, payerWallet: wallet, nonce, amountMinor },
    ...{ payeeWallet: await keyRingOf(world).walletOf(payee.account), at: world.time.now },
  };
  world.recorder.signedByKey(payment);
  keyRingOf(world).items.push(item);
  return item;
}

/** The same text in a form that is drawn, signed anew: the same payment. */
export function signText(random: Random, key: RsaKey, text: string): KeyItem {
  const node = parseJsonText(text, { depth: 4, nodes: 100 });
  if (!node.ok) throw new Error(node.detail);
  const form = { spaced: random.chance(0.5), stringified: random.chance(0.3) };
  const covered = random.chance(0.5) ? { ...form, keys: SIX_FIELDS } : form;
  const signed = pythonJson(node.value, covered);
  if (signed === undefined) throw new Error('A text without this form.');
  return itemOf(text, { signature: key.sign(utf8(signed)), keyId: hex(key.id) });
}

export function itemOf(
  text: string,
  { signature, keyId }: { readonly signature: Uint8Array; readonly keyId: string | undefined },
): KeyItem {
  const bytes = encodeWalletKeyItem(utf8(text), signature);
  const read = readWalletKeyItem(bytes);
  if (!read.ok) throw new Error(`${read.code}: ${read.detail}`);
  return { bytes, text, id: hex(read.value.paymentId), keyId };
}

const PKR = 586;
