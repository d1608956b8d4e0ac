import {
  encodePacket,
  generateSigningKeyPair,
  signDocument,
  webCryptoSigner,
} from '@sikka/protocol';
import type {
  Allowance,
  Bulletin,
  Credential,
  IssuerKey,
  Payment,
  Signer,
  Suite,
  UploadReceipt,
} from '@sikka/protocol';
import type { Payer } from '../../src/payer/index.ts';

/** A bank's key with its private half: signs real documents. */
export interface TestIssuer {
  readonly key: IssuerKey;
  readonly signer: Signer;
}

export async function createIssuer(number: number, suite: Suite = 'ES256'): Promise<TestIssuer> {
  const signer = await createDeviceSigner(suite);
  return { key: { number, suite, publicKey: signer.publicKey }, signer };
}

export async function createDeviceSigner(suite: Suite = 'ES256'): Promise<Signer> {
  const { keyPair, publicKey } = await generateSigningKeyPair(suite, { extractable: false });
  return webCryptoSigner(suite, keyPair, publicKey);
}

/** A packet of kind 9 with a document that the issuer signs. */
export async function issue<T extends Allowance | Bulletin | Credential | UploadReceipt>(
  { key, signer }: TestIssuer,
  fields: Omit<T, 'issuerKey'>,
): Promise<Uint8Array> {
  const document = await signDocument({ ...fields, issuerKey: key.number } as T, signer);
  return encodePacket({ kind: 'document', document });
}

/** A payment packet with any fields, as a cheat's phone would sign it. */
export async function signPayment(
  { wallet }: Payer,
  changes: Partial<Payment> & Pick<Payment, 'payeeWallet' | 'bind' | 'amountMinor'>,
): Promise<Uint8Array> {
  const [held] = (await wallet.journal.read()).allowances.values();
  const signer = await wallet.keystore.signer();
  if (held === undefined || signer === undefined) throw new Error('no allowance');
  const { allowance, allowanceId } = held;
  const payment: Payment = {
    type: 'payment',
    sequence: allowance.fields.firstSequence,
    currency: allowance.fields.currency,
    spentMinor: changes.amountMinor,
    previous: allowanceId,
    mode: 'dynamic',
    salt: crypto.getRandomValues(new Uint8Array(16)),
    claimedAt: wallet.clock.now(),
    ...changes,
  };
  const signed = await signDocument(payment, signer, allowanceId);
  return encodePacket({ kind: 'payment', allowance, payment: signed });
}
