import { randomBytes } from 'node:crypto';
import {
  encodeWalletKeyItem,
  parseJsonText,
  publicKeyPem,
  pythonJson,
  SIX_FIELDS,
  utf8,
  walletKeyOf,
} from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import type { Lane } from './payments.ts';
import { insertWalletKeys } from './store.ts';
import type { Owner } from './store.ts';

/** A wallet that pays by an RSA key, as those of older clients do (spec/wallet-key.md). */
export interface KeyPayer {
  readonly wallet: number;
  readonly signer: Signer;
  readonly pem: string;
}

/** Of one lane; making an RSA key takes a tenth of a second. */
export const KEYS_PER_LANE = 10;

/** Makes and registers keys for the first people of each lane. */
export async function openKeyPayers(
  owner: Owner,
  lanes: readonly Lane[],
): Promise<readonly (readonly KeyPayer[])[]> {
  const all: KeyPayer[][] = [];
  for (const { payers } of lanes) {
    const own = await Promise.all(payers.slice(0, KEYS_PER_LANE).map(makeKey));
    await insertWalletKeys(
      owner,
      own.map(({ wallet, signer }) => ({ wallet, ...walletKeyOf(signer.publicKey) })),
    );
    all.push(own);
  }
  return all;
}

async function makeKey({ offline }: { readonly offline: number }): Promise<KeyPayer> {
  const { privateKey } = await generateNodeSigningKey('PS256');
  const signer = nodeSigner('PS256', privateKey);
  return { wallet: offline, signer, pem: publicKeyPem('PS256', signer.publicKey) };
}

/** Items of an upload: the payers of a lane pay each other in turn, 1.5 rupees each time. */
export async function signKeyPayments(
  payers: readonly KeyPayer[],
  count: number,
): Promise<readonly Uint8Array[]> {
  return Promise.all(
    Array.from({ length: count }, (_, place) => {
      const payer = payers[place % payers.length];
      const payee = payers[(place + 1) % payers.length];
      if (payer === undefined || payee === undefined) throw new Error('Nobody pays.');
      return signKeyPayment(payer, payee);
    }),
  );
}

async function signKeyPayment(payer: KeyPayer, payee: KeyPayer): Promise<Uint8Array> {
  const text = JSON.stringify({
    amount: 1.5,
    currency: 'PKR',
    nonce: randomBytes(16).toString('hex'),
    receiver_public_key: payee.pem,
    sender_wallet_id: payer.wallet,
    timestamp: new Date().toISOString().replace('Z', '000'),
  });
  const parsed = parseJsonText(text, { depth: 2, nodes: 20 });
  if (!parsed.ok) throw new Error(parsed.detail);
  // Sorted, without spaces: what minifying clients sign.
  const form = { spaced: false, stringified: false, keys: SIX_FIELDS };
  const signed = pythonJson(parsed.value, form);
  if (signed === undefined) throw new Error('That form does not exist.');
  return encodeWalletKeyItem(utf8(text), await payer.signer.sign(utf8(signed)));
}
