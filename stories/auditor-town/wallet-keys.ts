import { createHash, randomBytes } from 'node:crypto';
import type { Client } from '@sikka/api';
import { encodeWalletKeyItem, parseJsonText, publicKeyPem, pythonJson } from '@sikka/protocol';
import { SIX_FIELDS, utf8 } from '@sikka/protocol';
import type { PythonForm, Signer } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import { ok } from './phone.ts';

/** An older client: its wallet and the RSA key of it. */
export interface KeyHolder {
  readonly client: Client;
  readonly offline: number;
  readonly signer: Signer;
  readonly pem: string;
}

/** Gives the wallet a key of its own, as `PUT …/offline-signing-key` does. */
export async function holdKey(client: Client, offline: number): Promise<KeyHolder> {
  const { privateKey } = await generateNodeSigningKey('PS256');
  const signer = nodeSigner('PS256', privateKey);
  const pem = publicKeyPem('PS256', signer.publicKey);
  const params = { wallet_id: String(offline) };
  ok(await client.setSigningKey({ params, body: { public_key_pem: pem } }));
  return { client, offline, signer, pem };
}

export interface KeySpend {
  /** Of PKR; default 1.00. */
  readonly amount?: string;
  readonly nonce?: string;
  readonly currency?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** What an older client hands in of a payment. */
export interface KeyPaid {
  readonly nonce: string;
  /** For the route of older clients. */
  readonly element: { readonly transaction_data: unknown; readonly signature: string };
  /** For a batch of documents. */
  readonly item: Uint8Array;
}

/** The two spellings: six members minified, and everything spaced in quotes. */
const FORMS: readonly PythonForm[] = [
  { spaced: false, stringified: false, keys: SIX_FIELDS },
  { spaced: true, stringified: true },
];

/** Signs a payment; which of the two spellings, its nonce says. */
export async function payByKey(
  payer: KeyHolder,
  payee: Pick<KeyHolder, 'pem'>,
  spend: KeySpend = {},
): Promise<KeyPaid> {
  const { amount = '1.00', nonce = randomBytes(16).toString('hex'), currency = 'PKR' } = spend;
  const data = {
    ...{ amount, currency, nonce, receiver_public_key: payee.pem },
    ...{ sender_wallet_id: payer.offline, timestamp: '2026-11-20T15:00:00.123456' },
    ...spend.more,
  };
  const text = JSON.stringify(data);
  const parsed = parseJsonText(text, { depth: 2, nodes: 20 });
  const digest = createHash('sha256').update(nonce).digest();
  const form = spend.more === undefined ? FORMS[digest.readUInt8(0) % 2] : FORMS[1];
  const signed = parsed.ok && form !== undefined ? pythonJson(parsed.value, form) : undefined;
  if (signed === undefined) throw new Error('A payment that has no such form.');
  const signature = await payer.signer.sign(utf8(signed));
  return {
    nonce,
    element: { transaction_data: data, signature: Buffer.from(signature).toString('base64') },
    item: encodeWalletKeyItem(utf8(text), signature),
  };
}
