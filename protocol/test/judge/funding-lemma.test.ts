import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildProof,
  contradicts,
  createIssuedCache,
  judgeVerified,
  knownPayment,
  knownReturn,
  provePayment,
  verifyProof,
} from '../../src/index.ts';
import type {
  Allowance,
  KnownReturn,
  Neighbours,
  Payment,
  Signed,
  VerifiedPayment,
} from '../../src/index.ts';
import { nodeVerifier } from '../../src/node.ts';
import { bytesOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { NOW, PKR } from '../support/scene.ts';

/** Spec/judge.md §3 with real signatures: what the bank and every till rely on. */
const verifier = nodeVerifier();
const scene = await scenery.freshScene();
const trust = { issuers: scene.issuers, verifier, allowances: createIssuedCache(4) };

const LIMIT = 10n;
const COUNT = 6;
const under = await scenery.allowance(scene, {
  limitMinor: LIMIT,
  perPaymentMinor: LIMIT,
  count: COUNT,
});
const allowanceId = scenery.idOf(under);

async function prove(document: Signed<Payment>): Promise<VerifiedPayment> {
  const proved = await provePayment(scenery.paymentPacket(under, document), trust);
  if (!proved.ok) throw new Error(proved.detail);
  return proved.value;
}

const knownOf = ({ payment, paymentId }: VerifiedPayment) => knownPayment(payment, paymentId);

/** What somebody who keeps all he accepted knows around one payment. */
function neighbours(
  accepted: readonly VerifiedPayment[],
  { payment: { sequence }, paymentId }: VerifiedPayment,
): Neighbours {
  const ordered = accepted.map(knownOf).sort((a, b) => a.sequence - b.sequence);
  const again = accepted.some((each) => Buffer.from(each.paymentId).equals(paymentId));
  return {
    firstAnswer: again ? 'settled' : undefined,
    same: ordered.find((each) => each.sequence === sequence),
    before: ordered.findLast((each) => each.sequence < sequence),
    after: ordered.find((each) => each.sequence > sequence),
  };
}

function judgeAtBank(verified: VerifiedPayment, known: Neighbours) {
  return judgeVerified(verified, {
    as: 'bank',
    allowanceKnown: true,
    payee: { currency: PKR },
    receivedAt: NOW,
    known,
  });
}

const sumOf = (payments: readonly VerifiedPayment[]): bigint =>
  payments.reduce((sum, { payment }) => sum + payment.amountMinor, 0n);

/** A document by a payer with clones: any numbers, naming any document before it or none. */
const forgery = fc.record({
  sequence: fc.integer({ min: 1, max: COUNT }),
  amount: fc.integer({ min: 0, max: 6 }),
  more: fc.integer({ min: 0, max: 8 }),
  previous: fc.integer({ min: -1, max: 8 }),
  salt: fc.integer({ min: 0, max: 2 }),
});

type Forgery = typeof forgery extends fc.Arbitrary<infer T> ? T : never;

async function signAll(forgeries: readonly Forgery[]): Promise<readonly VerifiedPayment[]> {
  const ids: Uint8Array[] = [allowanceId];
  const proved: VerifiedPayment[] = [];
  for (const { sequence, amount, more, previous, salt } of forgeries) {
    const document = await scenery.payment(scene, under, {
      sequence,
      amountMinor: BigInt(amount),
      spentMinor: BigInt(amount + more),
      previous: ids[previous] ?? allowanceId,
      salt: bytesOf(`salt ${salt}`, 16),
    });
    const verified = await prove(document);
    ids.push(verified.paymentId);
    proved.push(verified);
  }
  return proved;
}

/** A proof of each pair that contradicts, and that anybody accepts it. */
async function proofBetween(a: VerifiedPayment, b: VerifiedPayment): Promise<string | undefined> {
  const proof = buildProof(under, a.packet.payment, b.packet.payment);
  const verified = await verifyProof(proof, trust);
  return verified.ok ? verified.value.verdict : undefined;
}

describe('the funding lemma, with signatures', () => {
  it('first wins: what is accepted is funded, and every refusal has its proof', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(forgery, { maxLength: 9 }), async (forgeries) => {
        const accepted: VerifiedPayment[] = [];
        for (const verified of await signAll(forgeries)) {
          const verdict = judgeAtBank(verified, neighbours(accepted, verified));
          const against = accepted.filter((each) => contradicts(knownOf(each), knownOf(verified)));
          if (verdict.ok) accepted.push(verified);
          const accused = verdict.code === 'double_spend' || verdict.code === 'contradiction';
          // The nearest neighbours speak for all that was accepted.
          if (verdict.code !== 'duplicate') expect(accused).toBe(against.length > 0);
          if (!verdict.ok && accused) {
            const { against: id } = verdict;
            const other = accepted.find((each) => each.paymentId === id);
            expect(await proofBetween(verified, other!)).toBe(verdict.code);
          }
          expect(sumOf(accepted) <= LIMIT).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('whenever honest-looking payments exceed the limit, two of them prove it', async () => {
    let exceeding = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(forgery, { minLength: 3, maxLength: 8 }), async (forgeries) => {
        const all = await signAll(forgeries);
        const distinct = all.filter(
          (each, i) => !all.slice(0, i).some((other) => idText(other) === idText(each)),
        );
        const offered = distinct.filter((each) => judgeAtBank(each, {}).ok);
        if (sumOf(offered) <= LIMIT) return;
        exceeding += 1;
        const proofs = await Promise.all(pairsOf(offered).map(([a, b]) => proofBetween(a, b)));
        expect(proofs.some((verdict) => verdict !== undefined)).toBe(true);
      }),
      { numRuns: 150 },
    );
    expect(exceeding).toBeGreaterThan(10);
  });
});

const idText = ({ paymentId }: VerifiedPayment): string => Buffer.from(paymentId).toString('hex');

function pairsOf<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b) => [a, b] as const));
}

describe('an honest journal', () => {
  const journal = fc.record({
    amounts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: COUNT }),
    kept: fc.array(fc.boolean(), { minLength: COUNT, maxLength: COUNT }),
    order: fc.array(fc.nat(), { minLength: COUNT, maxLength: COUNT }),
  });

  async function sign(amounts: readonly number[], terms: Signed<Allowance>) {
    const signed: Signed<Payment>[] = [];
    let spentMinor = 0n;
    let previous = scenery.idOf(terms);
    for (const [i, amount] of amounts.entries()) {
      spentMinor += BigInt(amount);
      const numbers = { sequence: i + 1, amountMinor: BigInt(amount), spentMinor, previous };
      const document = await scenery.payment(scene, terms, numbers);
      previous = scenery.idOf(document, scenery.idOf(terms));
      signed.push(document);
    }
    return signed;
  }

  it('in any order, with any gaps and a Return, is accepted and never accused', async () => {
    await fc.assert(
      fc.asyncProperty(journal, async ({ amounts, kept, order }) => {
        const affordable = amounts.filter(
          (_, i) => amounts.slice(0, i + 1).reduce((sum, amount) => sum + amount, 0) <= LIMIT,
        );
        const signed = await sign(affordable, under);
        const all = await Promise.all(signed.map(prove));
        const last = all.at(-1);
        const returned = await returnOf(last);
        const seen = all
          .filter((_, i) => kept[i])
          .map((each, i) => ({ each, at: order[i] ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each);
        const accepted: VerifiedPayment[] = [];
        for (const verified of seen) {
          const known = { ...neighbours(accepted, verified), returned };
          const verdict = judgeVerified(verified, { as: 'observer', known });
          expect(verdict.code).toBe('acceptable');
          accepted.push(verified);
        }
        for (const [a, b] of pairsOf(all))
          expect(contradicts(knownOf(a), knownOf(b))).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  async function returnOf(last: VerifiedPayment | undefined): Promise<KnownReturn> {
    const document = await scenery.returned(
      scene,
      under,
      last === undefined
        ? {}
        : {
            lastSequence: last.payment.sequence,
            totalMinor: last.payment.spentMinor,
            head: last.paymentId,
          },
    );
    return knownReturn(document.fields, scenery.idOf(document, allowanceId));
  }
});
