import { describe, expect, it } from 'vitest';
import {
  decodePacket,
  decodePayload,
  DOCUMENT_TYPES,
  encodePayload,
  provePayment,
  qrText,
  parseQr,
  signDocument,
  signedBytes,
  verifyDocument,
} from '../../src/index.ts';
import type { DocumentType, Signed, SikkaDocument } from '../../src/index.ts';
import { nodeVerifier } from '../../src/node.ts';
import { rawPacket, signRaw, valuesOf } from '../cases/raw.ts';
import { bytesOf, signerOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';

/** Rows of the design's formal check that end in "false" and concern a document's signature. */

const verifier = nodeVerifier();
const scene = scenery.createScene();
const { issuers, payer } = scene;

const withParent = (type: DocumentType): Uint8Array | undefined =>
  ['request', 'payment', 'receipt', 'refund', 'return'].includes(type)
    ? bytesOf('parent')
    : undefined;

describe('06a type confusion: a signature is of one type of document only', () => {
  const pairs = DOCUMENT_TYPES.flatMap((signed) =>
    DOCUMENT_TYPES.filter((read) => read !== signed).map((read) => [signed, read] as const),
  );

  it(`none of ${pairs.length} pairs of types shares what is signed, whatever the payload`, () => {
    const payload = encodePayload(scenery.checkpointFields());
    for (const [a, b] of pairs) {
      const ofA = signedBytes({ type: a, suite: 'ES256', parentId: withParent(a) }, payload);
      const ofB = signedBytes({ type: b, suite: 'ES256', parentId: withParent(b) }, payload);
      expect(Buffer.from(ofA).equals(Buffer.from(ofB)), `${a} as ${b}`).toBe(false);
    }
  });

  it('no document verifies as one of another type', async () => {
    const signer = signerOf('ES256', 'payer');
    const signed = await signDocument(scenery.checkpointFields(), signer);
    for (const type of DOCUMENT_TYPES) {
      const relabelled = { ...signed, fields: { type } } as Signed<SikkaDocument>;
      const valid = await verifyDocument(relabelled, signer, verifier, withParent(type));
      expect(valid, type).toBe(type === 'checkpoint');
    }
  });

  it('no payload is read as another type: the type is inside as well', () => {
    const payload = encodePayload(scenery.checkpointFields());
    for (const type of DOCUMENT_TYPES) {
      expect(decodePayload(type, payload).ok, type).toBe(type === 'checkpoint');
    }
  });

  it('a receipt (id, time) filed as a refund (id, amount) is not the payee’s word', async () => {
    const by = await scenery.credential(scene);
    const values = valuesOf(await scenery.refund(scene, by));
    const parentId = scenery.idOf(by);
    const asReceipt = await signRaw({ type: 'receipt', values, parentId }, scene.payee);
    const decoded = decodePacket(rawPacket(5, by, asReceipt));
    if (!decoded.ok || decoded.value.kind !== 'refund') throw new Error('a refund in form');
    const { refund } = decoded.value;
    expect(await verifyDocument(refund, by.fields, verifier, parentId)).toBe(false);
  });
});

describe('07a key substitution: a signature is under one key only', () => {
  it('a payment beside an allowance that names another key does not verify', async () => {
    const under = await scenery.allowance(scene);
    const paid = await scenery.payment(scene, under);
    const thief = signerOf('ES256', 'thief');
    const enrolled = await scenery.allowance({ ...scene, payer: thief });
    const proved = await provePayment(rawPacket(2, enrolled, paid), { issuers, verifier });
    expect(proved).toMatchObject({ ok: false, code: 'payer_signature_invalid' });
  });

  it('even where the signature would verify, the id of the record differs', async () => {
    // Duplicate-signature key selection: some other key and record under which the bytes verify.
    const under = await scenery.allowance(scene);
    const again = await scenery.allowance(scene, { serial: 41_028 });
    const paid = await scenery.payment(scene, under);
    const proved = await provePayment(rawPacket(2, again, paid), { issuers, verifier });
    expect(proved).toMatchObject({ ok: false, code: 'payer_signature_invalid' });
  });
});

describe('07c suite taken from the message: only the record that names the key says it', () => {
  it.each(['EdDSA', 'PS256'] as const)('a payment by a %s key of the thief', async (suite) => {
    const under = await scenery.allowance(scene);
    const values = valuesOf(await scenery.payment(scene, under));
    const thief = signerOf(suite, 'payer');
    const parentId = scenery.idOf(under);
    const forged = await signRaw({ type: 'payment', values, parentId }, thief);
    const proved = await provePayment(rawPacket(2, under, forged), { issuers, verifier });
    expect(proved).toMatchObject({ ok: false, code: 'payer_signature_invalid' });
  });

  it('a verifier is never even asked with the suite of the message', async () => {
    const under = await scenery.allowance(scene);
    const paid = await scenery.payment(scene, under);
    const asked: string[] = [];
    const listening = {
      verify: async (suite: string) => {
        asked.push(suite);
        return true;
      },
    };
    const packet = rawPacket(2, under, { ...paid, suite: 'EdDSA' });
    const proved = await provePayment(packet, { issuers, verifier: listening });
    expect(proved).toMatchObject({ ok: false, code: 'payer_signature_invalid' });
    expect(asked).toEqual(['ES256']);
  });
});

describe('11b challenge only: an enrolment names bank, account, key and role', () => {
  it.each([
    ['bank', 2],
    ['account', 3],
    ['challenge', 4],
    ['role', 8],
  ] as const)('relayed for another %s it does not verify', async (_, index) => {
    const { enrolmentFields } = await import('../cases/documents.ts');
    const fields = enrolmentFields(payer);
    const signed = await signDocument(fields, payer);
    const values = valuesOf(signed).map((value, i) => {
      if (i !== index) return value;
      if (value instanceof Uint8Array) return bytesOf('relayed');
      return typeof value === 'string' ? 'mallory' : 2;
    });
    const { payload } = await signRaw({ type: 'enrolment', values }, payer);
    const relayed = decodePayload('enrolment', payload);
    if (!relayed.ok) throw new Error(relayed.detail);
    const document = { ...signed, payload, fields: relayed.value };
    expect(await verifyDocument(signed, fields, verifier)).toBe(true);
    expect(await verifyDocument(document, relayed.value, verifier)).toBe(false);
  });
});

describe('12a version relabelled: the version is inside the signed bytes', () => {
  it('another prefix is another format, not another version', async () => {
    const under = await scenery.allowance(scene);
    const packet = scenery.paymentPacket(under, await scenery.payment(scene, under));
    const text = qrText(packet);
    expect(parseQr(text).ok).toBe(true);
    expect(parseQr(text.replace('SK1:', 'SK2:'))).toMatchObject({ code: 'malformed' });
    expect(parseQr(text.replace('SK1:', 'SK0:'))).toMatchObject({ code: 'malformed' });
  });

  it.each([0, 2, 255])(
    'a payload relabelled %i is refused before its fields are read',
    async (v) => {
      const under = await scenery.allowance(scene);
      const paid = await scenery.payment(scene, under);
      const [type = 0, , ...fields] = valuesOf(paid);
      const raw = await signRaw(
        { type: 'payment', values: [type, v, ...fields], parentId: scenery.idOf(under) },
        payer,
      );
      const proved = await provePayment(rawPacket(2, under, raw), { issuers, verifier });
      expect(proved).toMatchObject({ ok: false, code: 'unknown_version' });
    },
  );
});
