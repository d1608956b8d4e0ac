import {
  bundleMessage,
  bundleUri,
  derSignature,
  encodeBase64,
  hex,
  qrText,
  utf8,
  webCryptoVerifier,
} from '../../src/index.ts';
import type { BundleCode } from '../../src/index.ts';
import { answerVector } from '../../src/vectors/index.ts';
import {
  bundleEnvelope,
  CONTENT,
  p256Der,
  pemOf,
  pushed,
  pushOf,
  rsaPushOf,
  TILL,
  TRANSACTION,
} from '../support/bundles.ts';
import type { Content } from '../support/bundles.ts';
import { highS } from '../support/high-s.ts';
import { family, refused } from './case.ts';
import type { JsonObject, VectorCase, VectorRow } from './case.ts';
import { badContents, badIds, badTransactions } from './device-bundle-contents.ts';
import { badCarried, badEnvelopes, badKeys, badSignatures } from './device-bundle-pushes.ts';

type Good = readonly [name: string, about: string, input: JsonObject];

/** A case that is refused. */
export interface BadBundle {
  readonly name: string;
  readonly about: string;
  readonly code: BundleCode;
  readonly input: JsonObject;
}

const withTransactions = async (...transactions: readonly Content[]) =>
  pushOf(await bundleEnvelope({ ...CONTENT, transactions }));

async function good(): Promise<readonly Good[]> {
  const envelope = await bundleEnvelope(CONTENT);
  const push = await pushOf(envelope);
  const payment = Uint8Array.of(1, 2, 3);
  const shown = { ...TRANSACTION, meta: { payment: qrText(payment), till: 4 } };
  const base64 = { ...TRANSACTION, meta: { payment: encodeBase64(payment) } };
  const nulls = { ...TRANSACTION, merchant_id: null, meta: null };
  const rupees = { ...TRANSACTION, currency: 'PKR', amount: '50.50', type: 'p2p' };
  const second = { ...TRANSACTION, local_id: 'second', type: 'cashin' };
  const oneLine = pemOf(p256Der(TILL)).replaceAll('\n', '');
  return [
    ['p256', 'A bundle of one transaction.', push],
    ['p256-high-s', 'The device’s s is high.', await pushOf(envelope, highS(TILL))],
    ['pem-one-line', 'The same key in one line.', { ...push, publicKey: oneLine }],
    ['rsa', 'Signed by an RSA key.', rsaPushOf(envelope)],
    ['two', 'Two transactions.', await withTransactions(TRANSACTION, second)],
    ['payment-shown', 'With the payer’s payment.', await withTransactions(shown)],
    ['payment-base64', 'The same in base64.', await withTransactions(base64)],
    ['nulls', 'A null is what is not there.', await withTransactions(nulls)],
    ['amount-text', 'A decimal text.', await withTransactions(rupees)],
    ...(await counted()),
    ['uri', 'The older code.', { uri: bundleUri(carriedOf(push)) }],
    ['message', 'Ours, out of its frames.', { message: hex(bundleMessage(carriedOf(push))) }],
  ];
}

const PINS: readonly (readonly [name: string, about: string, metadata: unknown])[] = [
  ['pins', 'Three wrong PINs.', { failed_pins: 3, sdk_version: '1.0.0' }],
  ['pins-many', 'More than 1,000 says no more.', { failed_pins: 9_007_199_254_740_991 }],
  ['pins-text', 'No number.', { failed_pins: '3' }],
  ['pins-negative', 'Less than none.', { failed_pins: -3 }],
  ['pins-fraction', 'No count.', { failed_pins: 2.5 }],
  ['pins-list', 'No object.', [{ failed_pins: 3 }]],
];

/** What a device says of itself costs it no bundle, whatever it is. */
async function counted(): Promise<readonly Good[]> {
  const rows: Good[] = [];
  for (const [name, about, metadata] of PINS) {
    rows.push([name, about, await pushOf(await bundleEnvelope({ ...CONTENT, metadata }))]);
  }
  return rows;
}

/** What a code of a push carries. */
export function carriedOf(push: JsonObject) {
  const text = (key: string) => {
    const value = push[key];
    return typeof value === 'string' ? value : '';
  };
  return {
    deviceId: text('deviceId'),
    bundleId: text('bundleId'),
    encryptedPayload: text('encryptedPayload'),
    signature: text('signature'),
    deviceClock: '2026-11-21T03:05:00.000Z',
  };
}

/** Of good ones the reference's answer is expected; the tests say what that has to be. */
async function accepted([name, about, input]: Good): Promise<VectorRow> {
  const expect = await answerVector('device-bundle', input, webCryptoVerifier);
  return { case: name, spec: 'device-bundle.md', about, input, expect };
}

export async function deviceBundleVectors(): Promise<readonly VectorCase[]> {
  const payload = utf8(JSON.stringify(await bundleEnvelope(CONTENT)));
  const signature = derSignature('ES256', await TILL.sign(payload));
  const push = pushed(payload, signature);
  const bad = [
    ...badKeys(push),
    ...(await badSignatures(payload, signature)),
    ...(await badEnvelopes()),
    ...(await badContents()),
    ...(await badIds()),
    ...(await badTransactions()),
    ...badCarried(carriedOf(push)),
  ];
  const refusals = bad.map(({ name, about, code, input }): VectorRow => {
    return { case: name, spec: 'device-bundle.md', about, input, expect: refused(code) };
  });
  return family('device-bundle', [
    ...(await Promise.all((await good()).map(accepted))),
    ...refusals,
  ]);
}
