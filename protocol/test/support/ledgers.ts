import {
  encodeBase64,
  hex,
  importEcdhPrivateKey,
  publicJwk,
  sealContent,
  sha256,
  utf8,
  webCryptoAgreement,
  wrapKey,
} from '../../src/index.ts';
import type { KeyAgreement, Signer } from '../../src/index.ts';
import { bytesOf, ecdhKeyOf, signerOf } from './keys.ts';

/** Ledgers as the older pages make them: by JSON.stringify, with none of the code under test. */
export const SENDER = signerOf('ES256', 'ledger/sender');
export const RECEIVER = signerOf('ES256', 'ledger/receiver');

export type Core = Readonly<Record<string, unknown>>;
/** A transaction with its hash, signature and key. */
export type Signed = Core & { readonly hash: string };

export const CORE: Core = {
  txn_id: 'b8a7c2de-4f2a-4c1e-9d55-0c9d3a7e6f10',
  from_id: 'MEEZAN-001',
  to_id: 'shop-17',
  amount: 150.5,
  timestamp: '2026-11-21T03:00:00.123Z',
  prev_hash: '',
  wallet_id: '4b8e0c52-7d0f-4a7e-8a21-55c1f2f4a9d3',
};

/** The six keys of the older pages. */
export const OLDER_CORE: Core = Object.fromEntries(
  Object.entries(CORE).filter(([key]) => key !== 'wallet_id'),
);

/** The text that the pages hash. */
export function pageCanonical(core: Core): string {
  return JSON.stringify({
    txn_id: core['txn_id'],
    from_id: core['from_id'],
    to_id: core['to_id'],
    amount: Number(core['amount']),
    timestamp: core['timestamp'],
    prev_hash: core['prev_hash'] ?? '',
    ...('wallet_id' in core ? { wallet_id: core['wallet_id'] ?? '' } : {}),
  });
}

/** A transaction as its sender exports it. */
export async function signed(core: Core = CORE, signer: Signer = SENDER): Promise<Signed> {
  const hash = sha256(utf8(pageCanonical(core)));
  return {
    ...core,
    hash: hex(hash),
    signature: encodeBase64(await signer.sign(hash)),
    sender_public_key: publicJwk(signer.publicKey),
  };
}

/** The entries of a ledger, chained as the receiver's page does. */
export function entriesOf(transactions: readonly Signed[]): readonly Core[] {
  let before = 'GENESIS';
  return transactions.map((transaction, ledger_index) => {
    before = hex(sha256(utf8(before + transaction.hash)));
    return { ledger_index, transaction, hash: before, status: 'verified' };
  });
}

/** A payload as the receiver's page signs it. */
export async function payloadOf(entries: unknown, signer: Signer = RECEIVER): Promise<Core> {
  const hash = sha256(utf8(JSON.stringify(entries)));
  return {
    ledger: entries,
    hash: hex(hash),
    signature: encodeBase64(await signer.sign(hash)),
    receiver_public_key: publicJwk(signer.publicKey),
  };
}

export async function agreementOf(name: string): Promise<KeyAgreement> {
  const { secret, point } = ecdhKeyOf(name);
  return webCryptoAgreement(await importEcdhPrivateKey(secret), point);
}

/** An envelope from the receiver to the bank, as its page writes it. */
export async function envelopeOf(text: string | Uint8Array, to = 'ledger/bank'): Promise<Core> {
  const { receiver_public_key, parts } = await sealedParts(text, 'ledger/receiver', to);
  return { ...parts, receiver_public_key };
}

/** An envelope from the sender to the receiver, as the sender's page writes it. */
export async function sentOf(text: string, to = 'ledger/receiver'): Promise<Core> {
  const { receiver_public_key, parts } = await sealedParts(text, 'ledger/sender', to);
  return {
    ...parts,
    sender_public_key: publicJwk(SENDER.publicKey),
    sender_ecdh_public_key: receiver_public_key,
  };
}

async function sealedParts(text: string | Uint8Array, from: string, to: string) {
  const agreement = await agreementOf(from);
  const key = bytesOf(`${from} content key`);
  const iv = bytesOf(`${from} iv`, 12);
  const plaintext = typeof text === 'string' ? utf8(text) : text;
  const wrapped = await wrapKey(key, {
    peer: ecdhKeyOf(to).point,
    agreement,
    iv: bytesOf(`${from} wrap iv`, 12),
  });
  return {
    receiver_public_key: publicJwk(agreement.publicKey),
    parts: {
      encrypted_payload: encodeBase64(await sealContent(plaintext, { key, iv })),
      encrypted_aes_key: encodeBase64(wrapped),
      iv: encodeBase64(iv),
    },
  };
}
