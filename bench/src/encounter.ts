import {
  createWebCryptoVerifier,
  decodePacketOfKind,
  documentId,
  encodePacket,
  generateEcdhKeyPair,
  generateSigningKeyPair,
  MAX_COUNTER,
  signDocument,
  targetOf,
  walletNumberWithCheckDigit,
  webCryptoSigner,
} from '@sikka/protocol';
import type {
  Allowance,
  Credential,
  EcdhKeyPair,
  IssuerKeys,
  Payment,
  RequestPacket,
  Signed,
  Signer,
  Suite,
  Target,
} from '@sikka/protocol';

/**
 * One payer before one till, with the fields of every document at the greatest values for which
 * spec/packets.md §2 gives its limits: the sizes printed are the largest there are.
 */
export interface Encounter {
  readonly suite: Suite;
  readonly issuers: IssuerKeys;
  readonly payer: Signer;
  readonly payee: Signer;
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
  readonly credential: Signed<Credential>;
  readonly credentialId: Uint8Array;
  readonly request: RequestPacket;
  readonly target: Target;
  /** The request's own key pair. */
  readonly agreement: EcdhKeyPair;
  /** What the payer signs. */
  readonly payment: Payment;
}

export const NOW = 1_795_000_000;
const DAY = 86_400;
const PKR = 586;
/** 32 and 24 bytes, the most a credential carries, in the script of the first market. */
const NAME = 'رحمان جنرل اسٹورز';
const TOWN = 'ڈیرہ غازی خان';
const GREATEST_MINOR = 2n ** 32n - 1n;
/** What is left is what the payments before took. */
const AMOUNT_MINOR = GREATEST_MINOR - 255n;
const GREATEST_BYTE = 255;
const ISSUER_NUMBER = 200;
const WALLET = walletNumberWithCheckDigit(99_999_999_999);
/** A till meets most payers once: of the keys it imports only the bank's come back. */
const TILL_KEYS = 4;

/** Someone else's keys each time; `suite` is the payer's, the bank and the till use ES256. */
export async function createEncounter(suite: Suite): Promise<Encounter> {
  const issuer = await newSigner('ES256');
  const payer = await newSigner(suite);
  const payee = await newSigner('ES256');
  const issuers = new Map([[ISSUER_NUMBER, { ...issuer, number: ISSUER_NUMBER }]]);
  const allowance = await signDocument(allowanceFor(payer), issuer);
  const credential = await signDocument(credentialFor(payee), issuer);
  const allowanceId = documentId({ type: 'allowance', suite: 'ES256' }, allowance.payload);
  const credentialId = documentId({ type: 'credential', suite: 'ES256' }, credential.payload);
  const agreement = await generateEcdhKeyPair({ extractable: false });
  const request = await requestFrom(payee, { credential, credentialId, agreement });
  const target = targetOf(request);
  const parts = { allowance, allowanceId, credential, credentialId };
  const payment = paymentFor(target);
  return { suite, issuers, payer, payee, ...parts, request, target, agreement, payment };
}

export function tillVerifier() {
  return createWebCryptoVerifier({ cachedKeys: TILL_KEYS });
}

async function newSigner(suite: Suite): Promise<Signer> {
  const { keyPair, publicKey } = await generateSigningKeyPair(suite, { extractable: false });
  return webCryptoSigner(suite, keyPair, publicKey);
}

function allowanceFor({ suite, publicKey }: Signer): Allowance {
  return {
    type: 'allowance',
    issuerKey: ISSUER_NUMBER,
    serial: MAX_COUNTER,
    suite,
    publicKey,
    journalNonce: crypto.getRandomValues(new Uint8Array(8)),
    currency: PKR,
    limitMinor: GREATEST_MINOR,
    perPaymentMinor: GREATEST_MINOR,
    count: GREATEST_BYTE,
    firstSequence: 1,
    from: NOW,
    until: NOW + 14 * DAY,
    claimUntil: NOW + 28 * DAY,
    policyEpoch: GREATEST_BYTE,
    minVersion: 1,
  };
}

function credentialFor({ suite, publicKey }: Signer): Credential {
  return {
    type: 'credential',
    issuerKey: ISSUER_NUMBER,
    serial: MAX_COUNTER,
    wallet: WALLET,
    name: NAME,
    town: TOWN,
    suite,
    publicKey,
    mode: 'dynamic',
    till: MAX_COUNTER,
    ecdhKey: undefined,
    currency: PKR,
    from: NOW,
    until: NOW + 365 * DAY,
    minVersion: 1,
  };
}

async function requestFrom(
  payee: Signer,
  under: Pick<Encounter, 'agreement' | 'credential' | 'credentialId'>,
): Promise<RequestPacket> {
  const request = await signDocument(
    {
      type: 'request',
      currency: PKR,
      amountMinor: AMOUNT_MINOR,
      ecdhKey: under.agreement.publicKey,
      until: NOW + 300,
      mode: 'dynamic',
      bulletinVersion: MAX_COUNTER,
    },
    payee,
    under.credentialId,
  );
  const packet = encodePacket({ kind: 'request', credential: under.credential, request });
  const decoded = decodePacketOfKind('request', packet);
  if (!decoded.ok) throw new Error(decoded.detail);
  return decoded.value;
}

function paymentFor({ wallet, bind }: Target): Payment {
  return {
    type: 'payment',
    sequence: GREATEST_BYTE,
    amountMinor: AMOUNT_MINOR,
    currency: PKR,
    spentMinor: GREATEST_MINOR,
    previous: crypto.getRandomValues(new Uint8Array(32)),
    payeeWallet: wallet,
    mode: 'dynamic',
    bind,
    salt: crypto.getRandomValues(new Uint8Array(16)),
    claimedAt: NOW,
  };
}
