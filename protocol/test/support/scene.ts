import {
  documentId,
  encodePacket,
  signDocument,
  walletNumberWithCheckDigit,
} from '../../src/index.ts';
import type {
  Allowance,
  Bulletin,
  Checkpoint,
  Credential,
  IssuerKey,
  IssuerKeys,
  Payment,
  PaymentRequest,
  Receipt,
  Refund,
  Return,
  SettlementReceipt,
  SikkaDocument,
  Signed,
  Signer,
  Suite,
} from '../../src/index.ts';
import { generateNodeSigningKey, nodeSigner } from '../../src/node.ts';
import { bytesOf, ecdhKeyOf, signerOf } from './keys.ts';

/** 2027-01-15T08:00:00Z: the now of every story. */
export const NOW = 1_800_000_000;
export const DAY = 86_400;
export const PKR = 586;
export const USD = 840;

/** A name in the script of the first market. */
export const NAME = 'رحمان جنرل اسٹور';
export const TOWN = 'Rahim Yar Khan, Punjab';

type Changes<T> = Partial<Omit<T, 'type'>>;

/** One bank, one payer and one payee, with keys of one suite each. */
export interface Scene {
  readonly issuer: Signer;
  readonly payer: Signer;
  readonly payee: Signer;
  readonly issuers: IssuerKeys;
}

export interface SceneOptions {
  readonly suite?: Suite;
  readonly issuerSuite?: Suite;
}

export const ISSUER_NUMBER = 7;
export const PAYEE_WALLET = walletNumberWithCheckDigit(48_205_531_907);
export const OTHER_WALLET = walletNumberWithCheckDigit(73_114_906_225);

export function createScene({ suite = 'ES256', issuerSuite = suite }: SceneOptions = {}): Scene {
  const issuer = signerOf(issuerSuite, 'issuer');
  return {
    issuer,
    payer: signerOf(suite, 'payer'),
    payee: signerOf(suite, 'payee'),
    issuers: issuerKeys({ number: ISSUER_NUMBER, ...keyOf(issuer) }),
  };
}

/** A scene of fresh keys held by OpenSSL: fast, and other in each run. */
export async function freshScene(suite: Suite = 'ES256'): Promise<Scene> {
  const [issuer, payer, payee] = await Promise.all([
    freshSigner(suite),
    freshSigner(suite),
    freshSigner(suite),
  ]);
  return { issuer, payer, payee, issuers: issuerKeys({ number: ISSUER_NUMBER, ...keyOf(issuer) }) };
}

export async function freshSigner(suite: Suite): Promise<Signer> {
  return nodeSigner(suite, (await generateNodeSigningKey(suite)).privateKey);
}

export function issuerKeys(...keys: readonly IssuerKey[]): IssuerKeys {
  return new Map(keys.map((key) => [key.number, key]));
}

export function keyOf({ suite, publicKey }: Signer): Pick<IssuerKey, 'suite' | 'publicKey'> {
  return { suite, publicKey };
}

/** The id of a signed document; its parent's where it has one. */
export function idOf({ suite, payload, fields }: Signed, parentId?: Uint8Array): Uint8Array {
  return documentId({ type: fields.type, suite, parentId }, payload);
}

export function allowance(
  { issuer, payer }: Scene,
  changes: Changes<Allowance> = {},
): Promise<Signed<Allowance>> {
  return signDocument({ ...allowanceFields(payer), ...changes }, issuer);
}

export function allowanceFields({ suite, publicKey }: Signer): Allowance {
  return {
    type: 'allowance',
    issuerKey: ISSUER_NUMBER,
    serial: 41_027,
    suite,
    publicKey,
    journalNonce: bytesOf('journal', 8),
    currency: PKR,
    limitMinor: 2_000_000n,
    perPaymentMinor: 500_000n,
    count: 20,
    firstSequence: 1,
    from: NOW - 2 * DAY,
    until: NOW + 12 * DAY,
    claimUntil: NOW + 26 * DAY,
    policyEpoch: 3,
    minVersion: 1,
  };
}

export function credential(
  { issuer, payee }: Scene,
  changes: Changes<Credential> = {},
): Promise<Signed<Credential>> {
  const fields: Credential = {
    type: 'credential',
    issuerKey: ISSUER_NUMBER,
    serial: 9_313,
    wallet: PAYEE_WALLET,
    name: NAME,
    town: TOWN,
    ...keyOf(payee),
    mode: 'dynamic',
    till: 118,
    ecdhKey: undefined,
    currency: PKR,
    from: NOW - 90 * DAY,
    until: NOW + 275 * DAY,
    minVersion: 1,
  };
  return signDocument({ ...fields, ...changes }, issuer);
}

/** A printed code's credential. */
export function printedCredential(
  scene: Scene,
  changes: Changes<Credential> = {},
): Promise<Signed<Credential>> {
  const { point } = ecdhKeyOf('printed code');
  return credential(scene, {
    serial: 9_314,
    mode: 'static',
    till: 119,
    ecdhKey: point,
    ...changes,
  });
}

export function request(
  { payee }: Scene,
  under: Signed<Credential>,
  changes: Changes<PaymentRequest> = {},
): Promise<Signed<PaymentRequest>> {
  const fields: PaymentRequest = {
    type: 'request',
    currency: PKR,
    amountMinor: 45_000n,
    ecdhKey: ecdhKeyOf('request').point,
    until: NOW + 600,
    mode: 'dynamic',
    bulletinVersion: 52,
  };
  return signDocument({ ...fields, ...changes }, payee, idOf(under));
}

/** The first payment under an allowance, unless changed. */
export function payment(
  { payer }: Scene,
  under: Signed<Allowance>,
  changes: Changes<Payment> = {},
): Promise<Signed<Payment>> {
  const fields = { ...paymentFields(under), ...changes };
  return signDocument(fields, payer, idOf(under));
}

export function paymentFields(under: Signed<Allowance>): Payment {
  const amountMinor = 45_000n;
  return {
    type: 'payment',
    sequence: 1,
    amountMinor,
    currency: PKR,
    spentMinor: amountMinor,
    previous: idOf(under),
    payeeWallet: PAYEE_WALLET,
    mode: 'dynamic',
    bind: bytesOf('a request'),
    salt: bytesOf('salt', 16),
    claimedAt: NOW - 30,
  };
}

export function receipt(
  { payee }: Scene,
  under: Signed<Credential>,
  changes: Changes<Receipt> = {},
): Promise<Signed<Receipt>> {
  const fields: Receipt = {
    type: 'receipt',
    paymentId: bytesOf('a payment'),
    amountMinor: 45_000n,
    verdict: 'accepted',
    time: NOW,
    bulletinVersion: 52,
  };
  return signDocument({ ...fields, ...changes }, payee, idOf(under));
}

export function refund(
  { payee }: Scene,
  under: Signed<Credential>,
  changes: Changes<Refund> = {},
): Promise<Signed<Refund>> {
  const paymentId = changes.paymentId ?? bytesOf('a payment');
  const fields: Refund = {
    type: 'refund',
    paymentId,
    number: 1,
    amountMinor: 5_000n,
    currency: PKR,
    cumulativeMinor: 5_000n,
    previous: paymentId,
  };
  return signDocument({ ...fields, ...changes }, payee, idOf(under));
}

export function returned(
  { payer }: Scene,
  under: Signed<Allowance>,
  changes: Changes<Return> = {},
): Promise<Signed<Return>> {
  const { firstSequence, journalNonce } = under.fields;
  const fields: Return = {
    type: 'return',
    lastSequence: firstSequence - 1,
    totalMinor: 0n,
    head: idOf(under),
    journalNonce,
  };
  return signDocument({ ...fields, ...changes }, payer, idOf(under));
}

export function bulletinFields(changes: Changes<Bulletin> = {}): Bulletin {
  return {
    type: 'bulletin',
    issuerKey: ISSUER_NUMBER,
    version: 52,
    previous: bytesOf('bulletin 51'),
    bankTime: NOW - 3_600,
    nextDue: NOW + DAY,
    revokedAllowances: [],
    revokedDevices: [],
    revokedCredentials: [],
    issuerKeys: [
      { number: ISSUER_NUMBER, ...keyOf(signerOf('ES256', 'issuer')), from: 0, until: NOW * 2 },
    ],
    policyEpochs: [{ currency: PKR, epoch: 3 }],
    minVersion: 1,
    suites: ['ES256', 'EdDSA', 'PS256'],
    ...changes,
  };
}

export function checkpointFields(changes: Changes<Checkpoint> = {}): Checkpoint {
  return {
    type: 'checkpoint',
    issuerKey: ISSUER_NUMBER,
    logId: bytesOf('log'),
    logSize: 1,
    logRoot: bytesOf('root'),
    auditSize: 12,
    auditHead: bytesOf('audit head'),
    time: NOW,
    previous: new Uint8Array(32),
    ...changes,
  };
}

export function settlementReceiptFields(
  changes: Changes<SettlementReceipt> = {},
): SettlementReceipt {
  return {
    type: 'settlement-receipt',
    issuerKey: ISSUER_NUMBER,
    paymentId: bytesOf('a payment'),
    allowanceId: bytesOf('an allowance'),
    amountMinor: 45_000n,
    currency: PKR,
    payeeWallet: PAYEE_WALLET,
    settledAt: NOW,
    logId: bytesOf('log'),
    position: 0,
    ...changes,
  };
}

/** A payment packet. */
export function paymentPacket(under: Signed<Allowance>, paid: Signed<Payment>): Uint8Array {
  return encodePacket({ kind: 'payment', allowance: under, payment: paid });
}

/** The same document with one thing about it changed after it was signed. */
export function tampered<T extends SikkaDocument>(
  document: Signed<T>,
  changes: Partial<Signed<T>>,
): Signed<T> {
  return { ...document, ...changes };
}

/** A signature with its last byte changed. */
export function broken(signature: Uint8Array): Uint8Array {
  const other = Uint8Array.from(signature);
  other[other.length - 1]! ^= 1;
  return other;
}
