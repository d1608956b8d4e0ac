import { verifyProof } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/settlement/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { closeAt } from './close-at.ts';
import { createTown, DAY, issuersOf, receiveAt, said, START } from './town.ts';
import type { IssuedAllowance, Person, SignedPayment, Town } from './town.ts';

/** Rows of the threat list that need two shops, or a long time, and nothing else. */

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;
let cafe: Person;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
});
beforeEach(async () => {
  town.now = START;
  payer = await town.person({ offline: 10_000 });
  shop = await town.person({ offline: 0 });
  cafe = await town.person({ offline: 0 });
});
afterAll(() => db.drop());

const moneyOf = async (people: readonly Person[]) =>
  Promise.all(people.map(({ current }) => town.balance(current.ledgerAccount)));

describe('one phone copied, the same sequence paid in two shops', () => {
  /** The payer's phone and its copy: one allowance, one sequence, two payees. */
  async function clones(): Promise<readonly [IssuedAllowance, SignedPayment, SignedPayment]> {
    const allowance = await town.allowance(await town.device(payer), { limit: 300 });
    const at = (payee: Person) =>
      town.sign(allowance, {
        sequence: 1,
        amount: 300,
        spent: 300,
        previous: allowance.id,
        payee: payee.current.number,
      });
    return [allowance, await at(shop), await at(cafe)];
  }

  async function expectOnePaid(
    { no }: IssuedAllowance,
    outcomes: readonly Outcome[],
  ): Promise<void> {
    expect(outcomes.map(said).sort()).toEqual(['double_spend', 'settled']);
    expect((await moneyOf([shop, cafe])).toSorted()).toEqual([0n, 300n]);
    expect(await town.status(no)).toBe('revoked');
    const { rows } = await db.ownerPool.query<{ packet: Uint8Array }>(
      'select packet from proofs where allowance_no = $1',
      [no],
    );
    expect(rows).toHaveLength(1);
    const trust = { issuers: issuersOf(town), verifier: nodeVerifier() };
    expect(await verifyProof(new Uint8Array(rows[0]!.packet), trust)).toMatchObject({
      ok: true,
      value: { verdict: 'double_spend' },
    });
    await town.checkMoney();
  }

  test.each([
    ['the shop first', 0],
    ['the café first', 1],
  ] as const)('handed in %s: the first is paid, the other has the proof', async (_, first) => {
    const [allowance, ...payments] = await clones();
    const outcomes = [
      ...(await town.hand([payments[first].packet])),
      ...(await town.hand([payments[1 - first]!.packet])),
    ];
    expect(outcomes.map(said)).toEqual(['settled', 'double_spend']);
    await expectOnePaid(allowance, outcomes);
  });

  test('handed in by both at once, ten times: one is paid, the other has the proof', async () => {
    const another = town.anotherNode();
    for (let i = 0; i < 10; i++) {
      payer = await town.person({ offline: 10_000 });
      shop = await town.person({ offline: 0 });
      cafe = await town.person({ offline: 0 });
      const [allowance, one, two] = await clones();
      const outcomes = await Promise.all([
        town.hand([one.packet]),
        town.hand([two.packet], another),
      ]);
      await expectOnePaid(allowance, outcomes.flat());
    }
  });
});

test('a settled payment handed in after 25 hours, 31 days, 400 days: paid once', async () => {
  const claimUntil = START + 2 * DAY;
  const allowance = await town.allowance(await town.device(payer), {
    limit: 300,
    until: START + DAY,
    claimUntil,
  });
  const signed = () =>
    town.sign(allowance, {
      sequence: 1,
      amount: 100,
      spent: 100,
      previous: allowance.id,
      payee: shop.current.number,
      bind: new Uint8Array(32).fill(7),
      salt: new Uint8Array(16).fill(9),
    });
  const one = await signed();
  const [first] = await town.settlement.settle(await receiveAt(town, START + 60, [one.packet]));
  expect(said(first!)).toBe('settled');
  // A batch is the same only byte for byte: rubbish beside the payment makes each a new one.
  for (const [round, later] of [25 * 3_600, 31 * DAY, 400 * DAY].entries()) {
    town.now = START + later;
    await closeAt(town, town.now);
    // And ECDSA gives other bytes for the same payment.
    const resigned = await signed();
    const again = await town.hand([one.packet, new Uint8Array([round]), resigned.packet]);
    expect([again[0], again[2]]).toEqual([first, first]);
    expect(await moneyOf([shop])).toEqual([100n]);
  }
  expect(await town.status(allowance.no)).toBe('closed');
  await town.checkMoney();
});
