import { verifyProof } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Outcome } from '../../src/settlement/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import type { IssuedAllowance, Person, SignedPayment, Town } from './town.ts';
import { createTown, DAY, issuersOf, journal, receiveAt, said, signReturn, START } from './town.ts';

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person({ offline: 1_000_000 });
  shop = await town.person({ offline: 0 });
});
afterAll(() => db.drop());

interface Scene {
  readonly allowance: IssuedAllowance;
  readonly payments: readonly SignedPayment[];
}

async function scene(): Promise<Scene> {
  const allowance = await town.allowance(await town.device(payer), { limit: 1_000, count: 10 });
  const payee = shop.current.number;
  const payments = await journal(town, allowance, [
    { amount: 100, payee },
    { amount: 100, payee },
    { amount: 100, payee },
  ]);
  return { allowance, payments };
}

const packets = (payments: readonly SignedPayment[]) => payments.map(({ packet }) => packet);

async function expectProof(outcome: Outcome | undefined): Promise<void> {
  const proof = await town.settlement.findProof(outcome!.proofId!);
  const trust = { issuers: issuersOf(town), verifier: nodeVerifier() };
  const verified = await verifyProof(proof!.packet, trust);
  expect(verified).toMatchObject({ ok: true, value: { verdict: 'contradiction' } });
}

async function expectProofs(allowance: IssuedAllowance, count: number): Promise<void> {
  expect(await town.count(`proofs where allowance_no = ${allowance.no}`)).toBe(count);
}

test('a true Return is recorded, moves nothing, and is answered the same for ever', async () => {
  const { allowance, payments } = await scene();
  const head = payments[2]!.id;
  const returned = await signReturn(allowance, { lastSequence: 3, total: 300, head });
  // Before what it speaks of has come, between, and after.
  const [, first] = await town.hand([payments[1]!.packet, returned.packet]);
  expect(first).toMatchObject({ result: 'recorded', documentId: returned.id, proofId: undefined });
  const all = await town.hand([...packets(payments), returned.packet]);
  expect(all.map(said)).toEqual(['settled', 'settled', 'settled', 'recorded']);
  expect(all[3]).toEqual(first);
  expect(await town.status(allowance.no)).toBe('returned');
  expect(await town.balance(allowance.reservation)).toBe(700n);
  expect(await town.count(`proofs where allowance_no = ${allowance.no}`)).toBe(0);
  await town.checkMoney();
});

test('a Return refuses no payment: what contradicts it settles and is a proof', async () => {
  const { allowance, payments } = await scene();
  const empty = await signReturn(allowance, { lastSequence: 0, total: 0, head: allowance.id });
  const [recorded] = await town.hand([empty.packet]);
  expect(said(recorded!)).toBe('recorded');
  // Any payment at all contradicts a Return of an allowance never used.
  expect((await town.hand([payments[0]!.packet])).map(said)).toEqual(['settled']);
  await expectProofs(allowance, 1);
  expect(await town.status(allowance.no)).toBe('revoked');
  expect((await town.hand([payments[1]!.packet])).map(said)).toEqual(['settled']);
  await expectProofs(allowance, 2);
  expect(await town.hand([empty.packet, payments[0]!.packet])).toMatchObject([
    recorded!,
    { result: 'settled' },
  ]);
  await town.checkMoney();
});

test('in a batch a Return is compared after the payments, wherever it stands', async () => {
  const { allowance, payments } = await scene();
  const { id: head } = payments[0]!;
  const early = await signReturn(allowance, { lastSequence: 1, total: 100, head });
  const outcomes = await town.hand([early.packet, ...packets(payments)]);
  expect(outcomes.map(said)).toEqual(['recorded', 'settled', 'settled', 'settled']);
  await expectProof(outcomes[0]);
  await expectProofs(allowance, 1);
});

test('a Return of another journal is refused and is evidence of nothing', async () => {
  const { allowance, payments } = await scene();
  await town.hand(packets(payments));
  const journalNonce = new Uint8Array(8).fill(1);
  const fields = { lastSequence: 1, total: 1, head: allowance.id, journalNonce };
  const { packet } = await signReturn(allowance, fields);
  expect((await town.hand([packet])).map(said)).toEqual(['return_conflict']);
  await expectProofs(allowance, 0);
  expect(await town.status(allowance.no)).toBe('active');
});

const lies: readonly {
  readonly about: string;
  readonly fields: (payments: readonly SignedPayment[]) => {
    readonly lastSequence: number;
    readonly total: number;
    readonly head: Uint8Array;
  };
}[] = [
  {
    about: 'ends before the last settled one',
    fields: ([, two]) => ({ lastSequence: 2, total: 200, head: two!.id }),
  },
  {
    about: 'names another total',
    fields: ([, , three]) => ({ lastSequence: 3, total: 299, head: three!.id }),
  },
  {
    about: 'names another head',
    fields: ([, two]) => ({ lastSequence: 3, total: 300, head: two!.id }),
  },
  {
    about: 'ends later with less spent',
    fields: ([, , three]) => ({ lastSequence: 5, total: 299, head: three!.id }),
  },
];

test.each(lies)(
  'a Return that $about is recorded with its proof and blocks nothing',
  async ({ fields }) => {
    const { allowance, payments } = await scene();
    await town.hand(packets(payments));
    const returned = await signReturn(allowance, fields(payments));
    const [outcome] = await town.hand([returned.packet]);
    expect(said(outcome!)).toBe('recorded');
    await expectProof(outcome);
    expect(await town.status(allowance.no)).toBe('revoked');
    expect(await town.hand([returned.packet, packets(payments)[0]!])).toMatchObject([
      outcome!,
      { result: 'settled' },
    ]);
    // What was signed before it and comes after it is not refused for a Return that lost.
    const fourth = await town.sign(allowance, {
      sequence: 4,
      amount: 10,
      spent: 310,
      previous: payments[2]!.id,
      payee: shop.current.number,
    });
    expect((await town.hand([fourth.packet])).map(said)).toEqual(['settled']);
    await town.checkMoney();
  },
);

test('two Returns that differ: the second is refused with proof, also in one batch', async () => {
  const { allowance, payments } = await scene();
  const [one, two] = payments;
  const first = await signReturn(allowance, { lastSequence: 2, total: 200, head: two!.id });
  const second = await signReturn(allowance, { lastSequence: 1, total: 100, head: one!.id });
  const outcomes = await town.hand([first.packet, second.packet]);
  expect(outcomes.map(said)).toEqual(['recorded', 'return_conflict']);
  await expectProof(outcomes[1]);
  const again = await town.hand([second.packet, first.packet]);
  expect(again).toEqual([outcomes[1], outcomes[0]]);
  // What comes after is compared with the first.
  expect((await town.hand([one!.packet, two!.packet])).map(said)).toEqual(['settled', 'settled']);
  await expectProofs(allowance, 1);
  expect((await town.hand([payments[2]!.packet])).map(said)).toEqual(['settled']);
  await expectProofs(allowance, 2);
});

test('a late Return that contradicts is evidence too', async () => {
  const terms = { until: START + DAY, claimUntil: START + 2 * DAY };
  const allowance = await town.allowance(await town.device(payer), terms);
  const payments = await journal(town, allowance, [
    { amount: 100, payee: shop.current.number },
    { amount: 100, payee: shop.current.number },
  ]);
  await town.settlement.settle(await receiveAt(town, START + 60, packets(payments)));
  await town.settlement.closeAllowances();
  expect(await town.status(allowance.no)).toBe('closed');
  const { id: head } = payments[0]!;
  const returned = await signReturn(allowance, { lastSequence: 1, total: 100, head });
  const [outcome] = await town.hand([returned.packet]);
  expect(said(outcome!)).toBe('recorded');
  await expectProof(outcome);
  expect(await town.status(allowance.no)).toBe('closed');
  await town.checkMoney();
});

test('a Return with a signature that does not verify records nothing', async () => {
  const { allowance, payments } = await scene();
  const { packet } = await signReturn(allowance, {
    lastSequence: 1,
    total: 100,
    head: payments[0]!.id,
  });
  const forged = packet.map((byte, index) => (index === packet.length - 1 ? byte ^ 1 : byte));
  expect((await town.hand([forged])).map(said)).toEqual(['payer_signature_invalid']);
  expect(await town.count(`allowance_returns where allowance_no = ${allowance.no}`)).toBe(0);
});
