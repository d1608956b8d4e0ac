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
  Signed,
  Signer,
  Suite,
  UploadReceipt,
} from '@sikka/protocol';

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
  allowance: Signed<Allowance>,
  allowanceId: Uint8Array,
  { signer, payment }: { readonly signer: Signer; readonly payment: Payment },
): Promise<Uint8Array> {
  const signed = await signDocument(payment, signer, allowanceId);
  return encodePacket({ kind: 'payment', allowance, payment: signed });
}
