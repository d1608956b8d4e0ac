import { randomBytes } from 'node:crypto';
import {
  encodeWalletKeyItem,
  formatAmount,
  parseJsonText,
  publicKeyPem,
  pythonJson,
  readWalletKeyItem,
  SIX_FIELDS,
  utf8,
  walletKeyOf,
} from '@sikka/protocol';
import type { JsonNode, PythonForm, Signer, WalletKey, WalletKeyItem } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import type { Person, Town } from './town.ts';
import { PKR, START } from './town.ts';

/** Keys of wallets and what they sign, in a town. */
export interface HeldKey extends WalletKey {
  readonly owner: Person;
  readonly signer: Signer;
  readonly pem: string;
}

/** A key that the bank has not heard of. */
export async function makeKey(owner: Person): Promise<HeldKey> {
  const made = await generateNodeSigningKey('PS256');
  const signer = nodeSigner('PS256', made.privateKey);
  const key = walletKeyOf(signer.publicKey);
  return { ...key, owner, signer, pem: publicKeyPem('PS256', signer.publicKey) };
}

/** Registers it for its owner's offline wallet, since then. Retires none. */
export async function registerKey({ db }: Town, key: HeldKey, from = START): Promise<void> {
  await db.ownerPool.query(
    `insert into wallet_keys (id, wallet, modulus, origin, proved_at, created_at)
      values ($1, $2, $3, 'device', $4, $4)`,
    [key.id, key.owner.offline.number, key.modulus, new Date(from * 1000)],
  );
}

export async function keyOf(town: Town, owner: Person): Promise<HeldKey> {
  const key = await makeKey(owner);
  await registerKey(town, key);
  return key;
}

/** As its owner's PUT does. */
export async function retireKey({ db }: Town, key: HeldKey, at: number): Promise<void> {
  await db.ownerPool.query(
    `update wallet_keys set retired_at = $2, retired_reason = 'replaced' where id = $1`,
    [key.id, new Date(at * 1000)],
  );
}

export interface KeyPaymentFields {
  readonly amount?: number;
  readonly currency?: string;
  readonly nonce?: string;
  readonly payeePem?: string;
  readonly wallet?: number;
  readonly timestamp?: string;
  /** Members beside the six. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export const COVERS = { spaced: false, stringified: false } as const;

/** Of the six members, as minified Python writes them. */
export const SIX_MINIFIED: PythonForm = { ...COVERS, keys: SIX_FIELDS };

export interface SignedItem {
  readonly bytes: Uint8Array;
  readonly item: WalletKeyItem;
  readonly text: string;
  readonly nonce: string;
  readonly id: Uint8Array;
}

/** The dict that a client builds; the amount is a JSON number with one digit, as Python's float. */
export function dictOf(payer: HeldKey, payee: HeldKey, fields: KeyPaymentFields = {}): string {
  const { amount = 5_000, currency = 'PKR', nonce = randomBytes(16).toString('hex') } = fields;
  const { payeePem = payee.pem, wallet = payer.owner.offline.number } = fields;
  const { timestamp = '2026-11-21T03:00:00.123456', more = {} } = fields;
  const number = formatAmount(BigInt(amount), PKR).replace(/0$/, '');
  const rest = JSON.stringify({
    currency,
    nonce,
    receiver_public_key: payeePem,
    sender_wallet_id: wallet,
    timestamp,
    ...more,
  });
  return `{"amount": ${number}, ${rest.slice(1)}`;
}

/** A dict signed in some form, as an item of a batch. */
export async function signDict(
  payer: HeldKey,
  text: string,
  form: PythonForm = SIX_MINIFIED,
): Promise<SignedItem> {
  const signed = pythonJson(nodeOf(text), form);
  if (signed === undefined) throw new Error('That form does not exist.');
  const signature = await payer.signer.sign(utf8(signed));
  const bytes = encodeWalletKeyItem(utf8(text), signature);
  const read = readWalletKeyItem(bytes);
  if (!read.ok) throw new Error(`${read.code}: ${read.detail}`);
  const item = read.value;
  return { bytes, item, text, nonce: item.claimed.nonce, id: item.paymentId };
}

export async function pay(
  payer: HeldKey,
  payee: HeldKey,
  fields: KeyPaymentFields = {},
): Promise<SignedItem> {
  return signDict(payer, dictOf(payer, payee, fields));
}

function nodeOf(text: string): JsonNode {
  const parsed = parseJsonText(text, { depth: 4, nodes: 100 });
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.value;
}

/** The eight forms, as pairs of a name and how to write it. */
export const FORMS: readonly (readonly [string, PythonForm])[] = [true, false].flatMap((six) =>
  [false, true].flatMap((spaced) =>
    [false, true].map((stringified): readonly [string, PythonForm] => [
      [
        six ? 'six' : 'whole',
        spaced ? 'spaced' : 'minified',
        stringified ? 'quoted' : 'given',
      ].join(),
      { spaced, stringified, ...(six ? { keys: SIX_FIELDS } : {}) },
    ]),
  ),
);
