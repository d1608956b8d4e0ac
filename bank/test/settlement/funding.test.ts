import { contradicts, judge, knownPayment, verifyProof, decodePacketOfKind } from '@sikka/protocol';
import type { KnownDocument } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Outcome } from '../../src/settlement/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import type { Device, IssuedAllowance, Person, Town } from './town.ts';
import { createTown, issuersOf, journal, said, signReturn } from './town.ts';

/**
 * The funding lemma (spec/judge.md §3) on the real settlement: real signatures, real PostgreSQL,
 * documents of an adversary who signs anything, handed in in any order, several at once.
 */

let db: TestDatabase;
let town: Town;
let payer: Person;
let device: Device;
let shops: readonly Person[];
const verifier = nodeVerifier();

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person({ offline: 1_000_000 });
  device = await town.device(payer);
  shops = await Promise.all([town.person({ offline: 0 }), town.person({ offline: 0 })]);
});
afterAll(() => db.drop());

const LIMIT = 5;
const COUNT = 4;

interface Drawn {
  readonly sequence: number;
  readonly amount: number;
  readonly spent: number;
  /** Which document before it is named, by index; out of range is the allowance. */
  readonly follows: number;
}

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    sequence: fc.integer({ min: 1, max: COUNT + 1 }),
    amount: fc.integer({ min: 0, max: LIMIT }),
    spent: fc.integer({ min: 0, max: LIMIT + 2 }),
    follows: fc.integer({ min: -1, max: 8 }),
  })
  // Less spent than paid is not even a document.
  .map((fields) => ({ ...fields, spent: Math.max(fields.spent, fields.amount) }));

interface Handed {
  readonly id: Uint8Array;
  readonly packet: Uint8Array;
  readonly known: KnownDocument;
}

async function sign(allowance: IssuedAllowance, all: readonly Drawn[]): Promise<Handed[]> {
  const signed: Handed[] = [];
  for (const { sequence, amount, spent, follows } of all) {
    const previous = signed[follows]?.id ?? allowance.id;
    const payee = shops[sequence % 2]!.current.number;
    const fields = { sequence, amount, spent, previous, payee };
    const { id, packet } = await town.sign(allowance, fields);
    const decoded = decodePacketOfKind('payment', packet);
    if (!decoded.ok) throw new Error(decoded.code);
    signed.push({ id, packet, known: knownPayment(decoded.value.payment.fields, id) });
  }
  return signed;
}

test('whatever a cheat signs: never over the limit, and every refusal has its proof', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawn, { minLength: 2, maxLength: 9 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 9, maxLength: 9 }),
      fc.boolean(),
      async (all, sizes, together) => {
        const allowance = await town.allowance(device, { limit: LIMIT, count: COUNT });
        const documents = await sign(allowance, all);
        const batches = cut(documents, sizes);
        const outcomes = together
          ? await Promise.all(batches.map((batch) => town.hand(packetsOf(batch))))
          : await inTurn(batches);
        await town.checkMoney();
        await check(documents, outcomes.flat());
        expect(await town.balance(allowance.reservation)).toBeGreaterThanOrEqual(0n);
      },
    ),
    { numRuns: 40 },
  );
});

const packetsOf = (batch: readonly Handed[]) => batch.map(({ packet }) => packet);

function cut(documents: readonly Handed[], sizes: readonly number[]): Handed[][] {
  const batches: Handed[][] = [];
  let next = 0;
  for (const size of sizes) {
    if (next >= documents.length) break;
    batches.push(documents.slice(next, next + size));
    next += size;
  }
  return batches;
}

async function inTurn(batches: readonly (readonly Handed[])[]): Promise<(readonly Outcome[])[]> {
  const outcomes: (readonly Outcome[])[] = [];
  for (const batch of batches) {
    outcomes.push(await town.hand(packetsOf(batch)));
    await town.checkMoney();
  }
  return outcomes;
}

async function check(documents: readonly Handed[], outcomes: readonly Outcome[]): Promise<void> {
  const settled = documents.filter((_, index) => outcomes[index]!.result === 'settled');
  const total = settled.reduce((sum, { known }) => sum + known.amountMinor, 0n);
  expect(total).toBeLessThanOrEqual(BigInt(LIMIT));
  for (const one of settled) {
    for (const other of settled) expect(contradicts(one.known, other.known)).toBeUndefined();
  }
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.result === 'settled') continue;
    if (outcome.proofId === undefined) await expectOwnFault(documents[index]!, outcome);
    else await expectProof(outcome, documents[index]!, settled);
  }
}

/** Two documents, one of them settled, that anyone can see contradict. */
async function expectProof(
  { proofId, code }: Outcome,
  refused: Handed,
  settled: readonly Handed[],
): Promise<void> {
  const kept = await town.settlement.findProof(proofId!);
  const proof = await verifyProof(kept!.packet, { issuers: issuersOf(town), verifier });
  if (!proof.ok) throw new Error(proof.code);
  expect(proof.value.verdict).toBe(code);
  const ids = [proof.value.first.id, proof.value.second.id].map(hexOf);
  expect(ids).toContain(hexOf(refused.id));
  expect(settled.map(({ id }) => hexOf(id)).some((id) => ids.includes(id))).toBe(true);
}

/** What nobody would accept: a judge who knows nothing else gives the same code. */
async function expectOwnFault({ packet }: Handed, { code }: Outcome): Promise<void> {
  const verdict = await judge(packet, {
    as: 'bank',
    allowanceKnown: true,
    payee: { currency: 586 },
    receivedAt: town.now,
    known: {},
    issuers: issuersOf(town),
    verifier,
  });
  expect(verdict.code).toBe(code);
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('an honest journal with its Return, in any order with gaps, is never accused', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0, max: 1_000 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 9, maxLength: 9 }),
      async (amounts, seed, sizes) => {
        const limit = amounts.reduce((sum, amount) => sum + amount, 0);
        const allowance = await town.allowance(device, { limit, count: amounts.length });
        const payments = await journal(
          town,
          allowance,
          amounts.map((amount, i) => ({ amount, payee: shops[i % 2]!.current.number })),
        );
        const last = payments.at(-1)!;
        const { sequence: lastSequence, spent: total, id: head } = last;
        const returned = await signReturn(allowance, { lastSequence, total, head });
        const packets = shuffle([...payments.map(({ packet }) => packet), returned.packet], seed);
        const kept = seed % 3 === 0 ? packets.slice(1) : packets;
        for (let next = 0, i = 0; next < kept.length; next += sizes[i++ % 9]!) {
          const outcomes = await town.hand(kept.slice(next, next + sizes[i % 9]!));
          for (const outcome of outcomes) expect(['settled', 'recorded']).toContain(said(outcome));
          await town.checkMoney();
        }
        expect(await town.count(`proofs where allowance_no = ${allowance.no}`)).toBe(0);
      },
    ),
    { numRuns: 25 },
  );
});

function shuffle<T>(list: readonly T[], seed: number): T[] {
  const shuffled = [...list];
  for (let i = shuffled.length - 1, x = seed + 1; i > 0; i--) {
    x = (x * 48_271) % 2_147_483_647;
    const j = x % (i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}
