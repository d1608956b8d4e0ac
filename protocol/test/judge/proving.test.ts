import { describe, expect, it } from 'vitest';
import {
  createIssuedCache,
  decodePacketOfKind,
  decodePayment,
  encodePacket,
  issuersOf,
  judgeDraft,
  judgeReceipt,
  provePayment,
  proveReturn,
  proveRun,
} from '../../src/index.ts';
import type { PaymentPacket, Suite, Target, Verifier } from '../../src/index.ts';
import { nodeVerifier } from '../../src/node.ts';
import { honestRun } from '../cases/honest-run.ts';
import { rawPacket } from '../cases/raw.ts';
import { bytesOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { DAY, NOW, PAYEE_WALLET, PKR } from '../support/scene.ts';

const scene = await scenery.freshScene();
const { issuers } = scene;
const under = await scenery.allowance(scene);
const paid = await scenery.payment(scene, under);
const bytes = scenery.paymentPacket(under, paid);

/** A verifier that counts what it is asked. */
function counting(): Verifier & { asked: number } {
  const verifier = nodeVerifier();
  return {
    asked: 0,
    verify(suite: Suite, publicKey, message, signature) {
      this.asked += 1;
      return verifier.verify(suite, publicKey, message, signature);
    },
  };
}

function decoded(packet: Uint8Array): PaymentPacket {
  const result = decodePayment(packet);
  if (!result.ok) throw new Error(result.detail);
  return result.value;
}

describe('what is proved', () => {
  it('keeps the bytes as they came, whatever becomes of the buffer', async () => {
    const buffer = Uint8Array.from(bytes);
    const proved = await provePayment(buffer, { issuers, verifier: nodeVerifier() });
    buffer.fill(0);
    if (!proved.ok) throw new Error(proved.detail);
    expect(proved.value.bytes).toEqual(bytes);
    expect(proved.value.packet.payment.payload).toEqual(paid.payload);
    expect(proved.value.payment).toEqual(paid.fields);
  });

  it('is not a copy of a packet with other fields', async () => {
    const packet = decoded(bytes);
    const copy = { ...packet, payment: { ...packet.payment, fields: { amountMinor: 1n } } };
    const trust = { issuers, verifier: nodeVerifier() };
    await expect(provePayment(copy as unknown as PaymentPacket, trust)).rejects.toThrow('a copy');
    await expect(proveRun([copy as unknown as PaymentPacket], trust)).rejects.toThrow('a copy');
  });

  it('is a Return as well, of the allowance’s own journal', async () => {
    const verifier = nodeVerifier();
    const own = await scenery.returned(scene, under);
    const other = await scenery.returned(scene, under, { journalNonce: bytesOf('other', 8) });
    expect(await proveReturn(rawPacket(6, under, own), { issuers, verifier })).toMatchObject({
      ok: true,
      value: { returnId: scenery.idOf(own, scenery.idOf(under)) },
    });
    expect(await proveReturn(rawPacket(6, under, other), { issuers, verifier })).toMatchObject({
      ok: false,
      code: 'return_conflict',
    });
  });
});

describe('an allowance proved before', () => {
  it('is not verified again', async () => {
    const verifier = counting();
    const allowances = createIssuedCache(10);
    for (let i = 0; i < 3; i++) await provePayment(bytes, { issuers, verifier, allowances });
    expect(verifier.asked).toBe(4);
  });

  it('with another signature beside it is: same id, other bytes', async () => {
    const verifier = counting();
    const allowances = createIssuedCache(10);
    await provePayment(bytes, { issuers, verifier, allowances });
    const forged = { ...under, signature: scenery.broken(under.signature) };
    const again = await provePayment(rawPacket(2, forged, paid), { issuers, verifier, allowances });
    expect(again).toMatchObject({ ok: false, code: 'issuer_signature_invalid' });
  });

  it('is unknown once its issuer key is, and proved anew under another key', async () => {
    const verifier = counting();
    const allowances = createIssuedCache(10);
    await provePayment(bytes, { issuers, verifier, allowances });
    const none = await provePayment(bytes, { issuers: new Map(), verifier, allowances });
    expect(none).toMatchObject({ ok: false, code: 'issuer_unknown' });
    const stranger = await scenery.freshSigner('ES256');
    const number = scenery.ISSUER_NUMBER;
    const swapped = scenery.issuerKeys({ number, ...scenery.keyOf(stranger) });
    const other = await provePayment(bytes, { issuers: swapped, verifier, allowances });
    expect(other).toMatchObject({ ok: false, code: 'issuer_signature_invalid' });
  });

  it('is forgotten when the cache is full, and then verified again', async () => {
    const verifier = counting();
    const allowances = createIssuedCache(1);
    const second = await scenery.allowance(scene, { serial: 2 });
    const other = scenery.paymentPacket(second, await scenery.payment(scene, second));
    for (const packet of [bytes, other, bytes]) {
      await provePayment(packet, { issuers, verifier, allowances });
    }
    expect(verifier.asked).toBe(6);
  });
});

describe('a run', () => {
  it('of 20 payments costs two verifications: the allowance and the last payment', async () => {
    const verifier = counting();
    const run = await honestRun(scene, under, 20);
    const packets = run.map((each) => decoded(scenery.paymentPacket(under, each)));
    const proved = await proveRun(packets, { issuers, verifier });
    expect(proved.every(({ ok }) => ok)).toBe(true);
    expect(verifier.asked).toBe(2);
  });
});

describe('before it signs, a payer judges what it is about to sign', () => {
  const target: Target = {
    wallet: PAYEE_WALLET,
    credentialId: bytesOf('credential'),
    currency: PKR,
    mode: 'dynamic',
    bind: paid.fields.bind,
    amountMinor: 45_000n,
    until: NOW + 600,
  };
  const draft = { allowance: under.fields, allowanceId: scenery.idOf(under) };
  const context = { as: 'payer', target, bankTime: NOW, known: {} } as const;

  it('and names the id that the signed payment will have', () => {
    const verdict = judgeDraft({ ...draft, payment: paid.fields }, context);
    const paymentId = scenery.idOf(paid, scenery.idOf(under));
    expect(verdict).toEqual({ ok: true, code: 'acceptable', paymentId });
  });

  it.each([
    [
      'over_per_payment',
      { amountMinor: 500_001n, spentMinor: 500_001n },
      { amountMinor: undefined },
    ],
    ['wrong_amount', { amountMinor: 44_999n, spentMinor: 44_999n }, {}],
    ['over_count', { sequence: 21, spentMinor: 90_000n }, {}],
    ['request_already_paid', {}, { paidBy: bytesOf('another') }],
  ] as const)('%s is refused with nothing signed', (code, changes, asked) => {
    const payment = { ...paid.fields, ...changes };
    const verdict = judgeDraft(
      { ...draft, payment },
      { ...context, target: { ...target, ...asked } },
    );
    expect(verdict.code).toBe(code);
  });
});

describe('a receipt counts for a payment', async () => {
  const trust = { issuers, verifier: nodeVerifier() };
  const by = await scenery.credential(scene);
  const given = {
    paymentId: bytesOf('a payment'),
    amountMinor: 45_000n,
    payeeWallet: PAYEE_WALLET,
  };
  const receipt = await scenery.receipt(scene, by);
  const good = rawPacket(4, by, receipt);
  const request = rawPacket(1, by, await scenery.request(scene, by));
  const forged = rawPacket(4, by, { ...receipt, signature: scenery.broken(receipt.signature) });

  it('of that payee, payment and amount', async () => {
    expect(await judgeReceipt(good, given, trust)).toMatchObject({ ok: true });
  });

  it.each([
    ['wrong_payee', good, { ...given, payeeWallet: scenery.OTHER_WALLET }],
    ['wrong_bind', good, { ...given, paymentId: bytesOf('another') }],
    ['wrong_amount', good, { ...given, amountMinor: 44_999n }],
    ['payee_signature_invalid', forged, given],
    ['malformed', request, given],
  ] as const)('else %s', async (code, packet, of) => {
    expect(await judgeReceipt(packet, of, trust)).toMatchObject({ ok: false, code });
  });
});

describe('the issuer keys of a phone', () => {
  const key = { number: 3, suite: 'ES256', publicKey: scene.issuer.publicKey } as const;
  const bulletin = scenery.bulletinFields({
    issuerKeys: [{ ...key, from: NOW, until: NOW + DAY }],
  });

  it.each([
    ['a second early', NOW - 1, false],
    ['from its first second', NOW, true],
    ['to its last second', NOW + DAY, true],
    ['a second late', NOW + DAY + 1, false],
  ])('holds a key of the bulletin %s: %s', (_, bankTime, live) => {
    expect(issuersOf(bulletin, bankTime).has(3)).toBe(live);
  });
});

describe('decoding a packet of one kind', () => {
  it('refuses the others', () => {
    const document = encodePacket({ kind: 'document', document: under });
    expect(decodePacketOfKind('payment', document)).toMatchObject({ code: 'malformed' });
    expect(decodePacketOfKind('document', bytes)).toMatchObject({ code: 'malformed' });
    expect(decodePacketOfKind('document', document)).toMatchObject({ ok: true });
  });

  it('gives what encodes to the same bytes', () => {
    expect(encodePacket(decoded(bytes))).toEqual(bytes);
  });
});
