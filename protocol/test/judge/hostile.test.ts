import { describe, expect, it } from 'vitest';
import {
  buildProof,
  decodePayment,
  encodePacket,
  judge,
  judgeTarget,
  provePayeePacket,
  provePayment,
  proveRun,
  signDocument,
  targetOf,
  verifyProof,
} from '../../src/index.ts';
import type {
  JudgeContext,
  Payment,
  PaymentPacket,
  PrintedCodePacket,
  RequestPacket,
  Signed,
  Target,
} from '../../src/index.ts';
import { nodeVerifier } from '../../src/node.ts';
import { honestRun } from '../cases/honest-run.ts';
import { rawPacket, signRaw, valuesOf } from '../cases/raw.ts';
import { bytesOf, ecdhKeyOf, signerAgain, signerOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { NOW, OTHER_WALLET, PKR } from '../support/scene.ts';

/** Rows of the design's formal check that end in "false" and concern the judge or evidence. */

const verifier = nodeVerifier();
const scene = scenery.createScene();
const { issuers } = scene;
const trust = { issuers, verifier };
const under = await scenery.allowance(scene);
const parentId = scenery.idOf(under);

async function asks(changes: Parameters<typeof scenery.request>[2] = {}, name = 'payee') {
  const payee = signerOf('ES256', name);
  const { suite, publicKey } = payee;
  const by = await scenery.credential(scene, { suite, publicKey, wallet: WALLETS[name]! });
  const asked = await scenery.request({ ...scene, payee }, by, changes);
  const packet = encodePacket({ kind: 'request', credential: by, request: asked });
  const proved = await provePayeePacket(packet, trust);
  if (!proved.ok) throw new Error(proved.detail);
  return targetOf(proved.value as RequestPacket);
}

const WALLETS: Readonly<Record<string, number>> = {
  payee: scenery.PAYEE_WALLET,
  'other payee': OTHER_WALLET,
  'other till': scenery.PAYEE_WALLET,
};

async function printedCode(till: number): Promise<Target> {
  const credential = await scenery.printedCredential(scene, { till, serial: till });
  const packet = encodePacket({ kind: 'printed-code', credential });
  const proved = await provePayeePacket(packet, trust);
  if (!proved.ok) throw new Error(proved.detail);
  return targetOf(proved.value as PrintedCodePacket);
}

function pays(target: Target, changes: Partial<Payment> = {}): Promise<Signed<Payment>> {
  const { mode, bind, wallet } = target;
  return scenery.payment(scene, under, { mode, bind, payeeWallet: wallet, ...changes });
}

async function shown(document: Signed<Payment>, target: Target, more: object = {}) {
  const context: JudgeContext = { as: 'payee', target, bankTime: NOW, known: {}, ...more };
  const packet = scenery.paymentPacket(under, document);
  return (await judge(packet, { ...context, ...trust })).code;
}

describe('a payment shown to somebody else', () => {
  it('01c wrong payee: opened and shown to another, who asked the same', async () => {
    const mine = await asks();
    const theirs = await asks({}, 'other payee');
    const paid = await pays(mine);
    expect(await shown(paid, mine)).toBe('acceptable');
    expect(await shown(paid, theirs)).toBe('wrong_payee');
  });

  it('02b challenge only: another till of the wallet copied the challenge', async () => {
    // The request's ECDH key is its challenge: copied, the signed request is still another one.
    const honest = await asks();
    const stolen = await asks({ ecdhKey: ecdhKeyOf('request').point }, 'other till');
    expect(stolen.wallet).toBe(honest.wallet);
    const paid = await pays(stolen);
    expect(await shown(paid, stolen)).toBe('acceptable');
    expect(await shown(paid, honest)).toBe('wrong_bind');
  });

  it('02c other allowance beside: handed in beside another one of the key', async () => {
    const other = await scenery.allowance(scene, { serial: 41_028, limitMinor: 9_000_000n });
    const paid = await pays(await asks());
    const proved = await provePayment(rawPacket(2, other, paid), trust);
    expect(proved).toMatchObject({ ok: false, code: 'payer_signature_invalid' });
  });

  it('03a the same printed code twice: the seen-set gives the first answer', async () => {
    const till = await printedCode(119);
    const paid = await pays(till);
    expect(await shown(paid, till)).toBe('acceptable');
    expect(await shown(paid, till, { known: { firstAnswer: 'accepted' } })).toBe('duplicate');
  });

  it('03c static at another till: a printed code names one till', async () => {
    const [mine, theirs] = [await printedCode(119), await printedCode(120)];
    const paid = await pays(mine);
    expect(mine.wallet).toBe(theirs.wallet);
    expect(await shown(paid, theirs)).toBe('wrong_bind');
  });

  it('03e mode confusion: of a request, or of a printed code, never both', async () => {
    const [dynamic, fixed] = [await asks(), await printedCode(119)];
    expect(await shown(await pays(dynamic), fixed)).toBe('wrong_mode');
    expect(await shown(await pays(fixed), dynamic)).toBe('wrong_mode');
    // Relabelled, the mode fits and the bind does not: there is no absent mode.
    expect(await shown(await pays(dynamic, { mode: 'static' }), fixed)).toBe('wrong_bind');
    expect(await shown(await pays(fixed, { mode: 'dynamic' }), dynamic)).toBe('wrong_bind');
  });

  it('04a relayed request: the payer pays whom the credential names', async () => {
    const target = await asks({}, 'other payee');
    const paid = await pays(target);
    expect(paid.fields.payeeWallet).toBe(OTHER_WALLET);
    expect(await shown(paid, await asks())).toBe('wrong_payee');
  });

  it('11b relayed challenge: a request counts only under its own credential', async () => {
    const by = await scenery.credential(scene);
    const other = await scenery.credential(scene, { wallet: OTHER_WALLET });
    const asked = await scenery.request(scene, by);
    const relayed = rawPacket(1, other, asked);
    const judged = await judgeTarget(relayed, { ...trust, bankTime: NOW });
    expect(judged).toMatchObject({ ok: false, code: 'payee_signature_invalid' });
  });
});

describe('08a refund and Return without their parent', () => {
  it('a refund counts only under its own credential', async () => {
    const by = await scenery.credential(scene);
    const other = await scenery.credential(scene, { wallet: OTHER_WALLET });
    const refund = await scenery.refund(scene, by);
    expect(await provePayeePacket(rawPacket(5, by, refund), trust)).toMatchObject({ ok: true });
    expect(await provePayeePacket(rawPacket(5, other, refund), trust)).toMatchObject({
      ok: false,
      code: 'payee_signature_invalid',
    });
  });

  it('a small Return of one allowance proves nothing about another', async () => {
    const other = await scenery.allowance(scene, { serial: 41_028 });
    const paid = await scenery.payment(scene, under);
    const stopped = await scenery.returned(scene, other);
    expect(await verifyProof(rawPacket(7, under, stopped, paid), trust)).toMatchObject({
      ok: false,
      code: 'payer_signature_invalid',
    });
  });
});

describe('09 nobody is accused', () => {
  it('09a on device and sequence: two allowances have the same sequences', async () => {
    const other = await scenery.allowance(scene, { serial: 41_028 });
    const one = await scenery.payment(scene, under);
    const two = await scenery.payment(scene, other);
    for (const allowance of [under, other]) {
      const verified = await verifyProof(sortedProof(allowance, one, two), trust);
      expect(verified).toMatchObject({ ok: false, code: 'payer_signature_invalid' });
    }
  });

  function sortedProof(
    allowance: typeof under,
    a: Signed<Payment>,
    b: Signed<Payment>,
  ): Uint8Array {
    return buildProof(allowance, a, b);
  }

  it('09b on signature bytes: the same payment signed again is a duplicate', async () => {
    const target = await asks();
    const paid = await pays(target);
    const again = await signRaw(
      { type: 'payment', values: valuesOf(paid), parentId },
      signerAgain('payer'),
    );
    expect(again.signature).not.toEqual(paid.signature);
    const known = await provePayment(scenery.paymentPacket(under, paid), trust);
    if (!known.ok) throw new Error(known.detail);
    const { payment, paymentId } = known.value;
    const context: JudgeContext = {
      as: 'bank',
      allowanceKnown: true,
      payee: { currency: PKR },
      receivedAt: NOW,
      known: { same: { ...payment, id: paymentId } },
    };
    const verdict = await judge(rawPacket(2, under, again), { ...context, ...trust });
    expect(verdict).toMatchObject({ ok: false, code: 'duplicate', paymentId });
    const proof = rawPacket(7, under, paid, again);
    expect(await verifyProof(proof, trust)).toMatchObject({ code: 'proof/same_document' });
  });

  it('09c on a fake allowance over a copied key', async () => {
    const fake = await signDocument(under.fields, signerOf('ES256', 'stranger'));
    const one = await scenery.payment(scene, under);
    const two = await scenery.payment(scene, under, { bind: bytesOf('other') });
    expect(await verifyProof(buildProof(fake, one, two), trust)).toMatchObject({
      ok: false,
      code: 'issuer_signature_invalid',
    });
  });

  it('on a signature that nobody verified, though a chain vouched for the body', async () => {
    const [one, two] = (await honestRun(scene, under, 2)) as [Signed<Payment>, Signed<Payment>];
    const unread = { ...one, signature: scenery.broken(one.signature) };
    const packets = [unread, two].map((each) => packetOf(each));
    const [first] = await proveRun(packets, trust);
    if (!first?.ok) throw new Error('vouched for by the second');
    expect(first.value.provedBy).toBe('chain');
    const cheat = await scenery.payment(scene, under, { bind: bytesOf('other') });
    const proof = buildProof(under, first.value.packet.payment, cheat);
    expect(await verifyProof(proof, trust)).toMatchObject({ code: 'payer_signature_invalid' });
  });
});

function packetOf(document: Signed<Payment>): PaymentPacket {
  const decoded = decodePayment(scenery.paymentPacket(under, document));
  if (!decoded.ok) throw new Error(decoded.detail);
  return decoded.value;
}

describe('10c previous taken from outside: a link proves only what fits it', () => {
  it('naming a body of the payee’s making vouches for it only if all fits', async () => {
    const [one] = (await honestRun(scene, under, 1)) as [Signed<Payment>];
    const invented = await scenery.payment(
      { ...scene, payer: signerOf('ES256', 'stranger') },
      under,
      { ...one.fields, amountMinor: 500_000n, spentMinor: 500_000n },
    );
    const naming = (spentMinor: bigint): Promise<Signed<Payment>> =>
      scenery.payment(scene, under, {
        sequence: 2,
        amountMinor: 30_000n,
        spentMinor,
        previous: scenery.idOf(invented, parentId),
      });
    const honestTotal = await proveRun(
      [packetOf(invented), packetOf(await naming(60_000n))],
      trust,
    );
    expect(honestTotal[0]).toMatchObject({ ok: false, code: 'payer_signature_invalid' });
  });

  it.each([
    ['a number is missing', { sequence: 3 }],
    ['the totals do not add up', { spentMinor: 60_001n }],
    ['another predecessor is named', { previous: bytesOf('another') }],
  ])('nothing is vouched for where %s', async (_, changes) => {
    const [one, two] = (await honestRun(scene, under, 2)) as [Signed<Payment>, Signed<Payment>];
    const unread = { ...one, signature: scenery.broken(one.signature) };
    const link = await scenery.payment(scene, under, { ...two.fields, ...changes });
    const [first] = await proveRun([packetOf(unread), packetOf(link)], trust);
    expect(first).toMatchObject({ ok: false, code: 'payer_signature_invalid' });
  });

  it('payments of two allowances are no run', async () => {
    const other = await scenery.allowance(scene, { serial: 41_028 });
    const decoded = decodePayment(
      scenery.paymentPacket(other, await scenery.payment(scene, other)),
    );
    if (!decoded.ok) throw new Error(decoded.detail);
    const one = packetOf(await scenery.payment(scene, under));
    await expect(proveRun([one, decoded.value], trust)).rejects.toThrow(
      'a run is of one allowance',
    );
  });
});
