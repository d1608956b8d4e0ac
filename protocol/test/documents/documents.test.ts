import { describe, expect, it } from 'vitest';
import {
  decodePayload,
  DOCUMENT_TYPES,
  documentId,
  encodeCbor,
  encodePayload,
  fromCoseSign1,
  protectedHeader,
  ProtocolError,
  sha256,
  signDocument,
  signedBytes,
  SUITES,
  toCoseSign1,
  utf8,
  verifyDocument,
} from '../../src/index.ts';
import type { DocumentType, SikkaDocument } from '../../src/index.ts';
import { nodeVerifier } from '../../src/node.ts';
import {
  allowanceRequestFields,
  enrolmentFields,
  uploadReceiptFields,
} from '../cases/documents.ts';
import { bytesOf, ecdhKeyOf, signerOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';

const verifier = nodeVerifier();
const PARENT = bytesOf('parent');
const HAS_PARENT: readonly DocumentType[] = ['request', 'payment', 'receipt', 'refund', 'return'];

const parentOf = (type: DocumentType): Uint8Array | undefined =>
  HAS_PARENT.includes(type) ? PARENT : undefined;

/** Every type with every field filled in, those that may be absent once present and once not. */
async function specimens(): Promise<readonly SikkaDocument[]> {
  const scene = scenery.createScene();
  const under = await scenery.allowance(scene);
  const by = await scenery.credential(scene);
  const printed = await scenery.printedCredential(scene);
  const request = await scenery.request(scene, by);
  const { point } = ecdhKeyOf('till');
  return [
    enrolmentFields(scene.payer),
    { ...enrolmentFields(scene.payer), ecdhKey: point, role: 'both' },
    by.fields,
    printed.fields,
    allowanceRequestFields(scene.payer),
    under.fields,
    request.fields,
    { ...request.fields, amountMinor: undefined },
    (await scenery.payment(scene, under)).fields,
    { ...(await scenery.payment(scene, under)).fields, mode: 'static', amountMinor: 0n },
    (await scenery.receipt(scene, by)).fields,
    uploadReceiptFields(),
    scenery.settlementReceiptFields({ position: 2 ** 53 - 1 }),
    (await scenery.refund(scene, by)).fields,
    (await scenery.returned(scene, under)).fields,
    scenery.bulletinFields({ revokedAllowances: [PARENT], revokedDevices: [PARENT, PARENT] }),
    scenery.checkpointFields(),
  ];
}

describe('every document', async () => {
  const all = await specimens();

  it('is among the specimens', () => {
    expect([...new Set(all.map(({ type }) => type))].sort()).toEqual([...DOCUMENT_TYPES].sort());
  });

  it.each(all.map((fields) => [fields.type, fields] as const))(
    '%s is read as it was written',
    (type, fields) => {
      expect(decodePayload(type, encodePayload(fields))).toEqual({ ok: true, value: fields });
    },
  );

  it.each(all.map((fields) => [fields.type, fields] as const))(
    '%s survives the full COSE_Sign1, and no byte of it may change',
    async (type, fields) => {
      const signed = await signDocument(fields, signerOf('EdDSA', 'any'), parentOf(type));
      const cose = toCoseSign1(signed);
      expect(fromCoseSign1(cose)).toEqual({ ok: true, value: signed });
      for (let i = 0; i < cose.length; i++) {
        const changed = fromCoseSign1(cose.with(i, cose[i]! ^ 0x80));
        if (!changed.ok) continue;
        const key = signerOf('EdDSA', 'any');
        const same = changed.value.fields.type === type;
        expect(same && (await verifyDocument(changed.value, key, verifier, parentOf(type)))).toBe(
          false,
        );
      }
    },
  );

  it.each(all.map((fields) => [fields.type, fields] as const))(
    '%s signs the Sig_structure of RFC 9052 §4.4',
    (type, fields) => {
      const payload = encodePayload(fields);
      for (const suite of SUITES) {
        const parentId = parentOf(type);
        const domain = [...utf8(`sikka/${type}/v1`), ...(parentId ?? [])];
        const whole = ['Signature1', protectedHeader(suite), Uint8Array.from(domain), payload];
        const context = { type, suite, parentId };
        expect(signedBytes(context, payload)).toEqual(encodeCbor(whole));
        expect(documentId(context, payload)).toEqual(sha256(encodeCbor(whole)));
      }
    },
  );
});

describe('COSE_Sign1', async () => {
  const scene = scenery.createScene();
  const signed = await scenery.allowance(scene);
  const cose = toCoseSign1(signed);
  const header = protectedHeader('ES256').length;

  it.each([
    ['a tag in front', Uint8Array.of(0xd2, ...cose), 'malformed'],
    ['a byte behind', Uint8Array.of(...cose, 0), 'malformed'],
    ['a byte short', cose.slice(0, -1), 'malformed'],
    ['an unprotected header', cose.with(2 + header, 0xa1), 'malformed'],
    ['another algorithm', cose.with(1 + header, 0x29), 'unknown_suite'],
    ['a detached payload', Uint8Array.of(...cose.slice(0, 3 + header), 0xf6), 'malformed'],
    ['nothing', new Uint8Array(0), 'malformed'],
    ['more than any document', new Uint8Array(270_337), 'too_large'],
  ])('with %s is refused', (_, bytes, code) => {
    expect(fromCoseSign1(bytes)).toMatchObject({ ok: false, code });
  });
});

describe('signing refuses what nobody would read', async () => {
  const scene = scenery.createScene();
  const under = await scenery.allowance(scene);
  const { payer } = scene;

  it.each([
    ['a negative amount', { amountMinor: -1n }],
    ['an amount of 2^53', { amountMinor: 2n ** 53n, spentMinor: 2n ** 53n }],
    ['a short salt', { salt: new Uint8Array(15) }],
    ['spent < amount', { spentMinor: 1n }],
    ['half a second', { claimedAt: 0.5 }],
    ['a wallet number with a wrong check digit', { payeeWallet: scenery.PAYEE_WALLET + 1 }],
  ])('%s', async (_, changes) => {
    await expect(scenery.payment(scene, under, changes)).rejects.toThrow(ProtocolError);
  });

  it('a payment without its allowance, and an allowance with a parent', async () => {
    const fields = scenery.paymentFields(under);
    await expect(signDocument(fields, payer)).rejects.toThrow(ProtocolError);
    await expect(signDocument(fields, payer, new Uint8Array(31))).rejects.toThrow(ProtocolError);
    await expect(signDocument(under.fields, payer, PARENT)).rejects.toThrow(ProtocolError);
  });
});
