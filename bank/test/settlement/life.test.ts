import { setTimeout as pause } from 'node:timers/promises';
import { verifyProof } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { closeAt } from './close-at.ts';
import type { IssuedAllowance, Person, Town } from './town.ts';
import {
  batchOf,
  createTown,
  DAY,
  issuersOf,
  journal,
  receiveAt,
  said,
  signReturn,
  START,
} from './town.ts';
import type { Outcome } from '../../src/settlement/index.ts';

/**
 * The life of an allowance (spec/settlement.md §4). Each test below "breaks when" is an attack
 * that a weaker rule lets through; the formal models found them, here they run on the real bank.
 */

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

/** In the past: what is closed is closed by the database's clock. */
const UNTIL = START + DAY;
const CLAIM_UNTIL = START + 2 * DAY;
const CLOSED = CLAIM_UNTIL + 1;

async function allowanceOf(limit: number, count: number): Promise<IssuedAllowance> {
  const device = await town.device(payer);
  return town.allowance(device, { limit, count, until: UNTIL, claimUntil: CLAIM_UNTIL });
}

/** Handed in while the claim window is open. */
async function hand(packets: readonly Uint8Array[]): Promise<readonly Outcome[]> {
  return town.settlement.settle(await receiveAt(town, START + 60, packets));
}

const close = (now: number) => closeAt(town, now);
const payerMoney = () => town.balance(payer.offline.ledgerAccount);
const shopMoney = () => town.balance(shop.current.ledgerAccount);

describe('money goes back only when it is safe', () => {
  test('breaks when limit less highest spent is released early: a payment unseen', async () => {
    const allowance = await allowanceOf(300, 3);
    const [one, two, three] = await journal(town, allowance, [
      { amount: 100, payee: shop.current.number },
      { amount: 100, payee: cafe.current.number },
      { amount: 50, payee: shop.current.number },
    ]);
    await hand([two!.packet]);
    expect(await payerMoney()).toBe(9_700n);
    expect((await hand([one!.packet])).map(said)).toEqual(['settled']);
    expect(await payerMoney()).toBe(9_700n);
    // The last allowed sequence says what was spent in all: the rest goes back at once.
    expect((await hand([three!.packet])).map(said)).toEqual(['settled']);
    expect(await payerMoney()).toBe(9_750n);
    expect(await town.status(allowance.no)).toBe('exhausted');
    await town.checkMoney();
  });

  test('the last sequence settled first keeps what those before it may claim', async () => {
    const allowance = await allowanceOf(300, 3);
    const [one, two, three] = await journal(town, allowance, [
      { amount: 100, payee: shop.current.number },
      { amount: 100, payee: cafe.current.number },
      { amount: 50, payee: shop.current.number },
    ]);
    await hand([three!.packet]);
    expect(await payerMoney()).toBe(9_750n);
    expect(await town.balance(allowance.reservation)).toBe(200n);
    expect((await hand([two!.packet, one!.packet])).map(said)).toEqual(['settled', 'settled']);
    expect(await town.balance(allowance.reservation)).toBe(0n);
    await town.checkMoney();
  });

  test('a payment never claimed comes back with the allowance', async () => {
    const allowance = await allowanceOf(300, 3);
    const [, , three] = await journal(town, allowance, [
      { amount: 100, payee: shop.current.number },
      { amount: 100, payee: cafe.current.number },
      { amount: 50, payee: shop.current.number },
    ]);
    await hand([three!.packet]);
    await close(CLAIM_UNTIL);
    expect(await payerMoney()).toBe(9_750n);
    await close(CLOSED);
    expect(await payerMoney()).toBe(9_950n);
    expect(await town.status(allowance.no)).toBe('closed');
    await close(CLOSED + DAY);
    expect(await payerMoney()).toBe(9_950n);
    await town.checkMoney();
  });

  test('breaks when the window’s end releases before the inbox is drained', async () => {
    const allowance = await allowanceOf(300, 3);
    const [one] = await journal(town, allowance, [{ amount: 100, payee: shop.current.number }]);
    const upload = await receiveAt(town, CLAIM_UNTIL, [one!.packet]);
    await close(CLOSED);
    expect(await payerMoney()).toBe(9_700n);
    expect((await town.settlement.settle(upload)).map(said)).toEqual(['settled']);
    await close(CLOSED);
    expect(await payerMoney()).toBe(9_900n);
    expect(await shopMoney()).toBe(100n);
  });

  test('what comes late holds nothing open', async () => {
    const allowance = await allowanceOf(300, 3);
    const [one] = await journal(town, allowance, [{ amount: 100, payee: shop.current.number }]);
    const upload = await receiveAt(town, CLAIM_UNTIL + 1, [one!.packet]);
    await close(CLOSED);
    expect(await town.status(allowance.no)).toBe('closed');
    expect((await town.settlement.settle(upload)).map(said)).toEqual(['claim_window_closed']);
    await town.checkMoney();
  });

  test('breaks without the barrier: received in time, committed after the end', async () => {
    const claimUntil = Math.floor(Date.now() / 1000) + 5;
    const device = await town.device(payer);
    const terms = { limit: 300, count: 3, until: claimUntil, claimUntil };
    const allowance = await town.allowance(device, terms);
    const [one] = await journal(town, allowance, [{ amount: 100, payee: shop.current.number }]);
    // A slow disk: the row has its time, and waits to be committed.
    const slow = await db.ownerPool.connect();
    await slow.query('begin');
    const batch = batchOf([one!.packet]);
    const { rows } = await slow.query<{ upload: bigint; received: Date }>(
      `select upload, received from settlement_receive(sha256($1), $1, 'tester', 1, '0', '{}')`,
      [batch],
    );
    expect(rows[0]!.received.getTime() / 1000).toBeLessThanOrEqual(claimUntil);
    await pause((claimUntil + 1) * 1000 - Date.now() + 100);
    const afterEnd = claimUntil + DAY;
    // It gives up rather than hold up everybody, and closes nothing.
    await close(afterEnd);
    expect(await town.status(allowance.no)).toBe('expired');
    const closing = close(afterEnd);
    await pause(200);
    await slow.commit();
    slow.release();
    await closing;
    expect(await town.status(allowance.no)).toBe('expired');
    const outcomes = await town.settlement.settle(rows[0]!.upload);
    expect(outcomes.map(said)).toEqual(['settled']);
    await close(afterEnd);
    expect(await town.status(allowance.no)).toBe('closed');
    await town.checkMoney();
  });

  test('nothing is over or closed before the database’s own clock says so', async () => {
    const device = await town.device(payer);
    const allowance = await town.allowance(device, { limit: 300 });
    const clock = () => new Date((START + 1_000 * DAY) * 1000);
    await town.anotherNode({ clock }).closeAllowances();
    expect(await town.status(allowance.no)).toBe('active');
    expect(await town.balance(allowance.reservation)).toBe(300n);
  });

  test('breaks when a Return releases early, or refuses: it says too little', async () => {
    const allowance = await allowanceOf(300, 3);
    const [one, two] = await journal(town, allowance, [
      { amount: 100, payee: shop.current.number },
      { amount: 100, payee: cafe.current.number },
    ]);
    const back = await signReturn(allowance, { lastSequence: 1, total: 100, head: one!.id });
    expect((await hand([one!.packet, back.packet])).map(said)).toEqual(['settled', 'recorded']);
    expect(await town.status(allowance.no)).toBe('returned');
    expect(await payerMoney()).toBe(9_700n);
    // The reservation covers payment 2: it settles, and the pair is a proof against the payer.
    expect((await hand([two!.packet])).map(said)).toEqual(['settled']);
    await expectProof(allowance, 'contradiction');
    expect(await town.status(allowance.no)).toBe('revoked');
    // Held for review: nothing goes back.
    await close(CLOSED);
    expect(await payerMoney()).toBe(9_700n);
    await town.checkMoney();
  });

  test('where a proof exists the last sequence releases nothing either', async () => {
    const allowance = await allowanceOf(300, 2);
    const payee = shop.current.number;
    const [one, two] = await journal(town, allowance, [
      { amount: 100, payee },
      { amount: 100, payee },
    ]);
    const start = { sequence: 1, previous: allowance.id, payee };
    const clone = await town.sign(allowance, { ...start, amount: 40, spent: 40 });
    const outcomes = await hand([one!.packet, clone.packet]);
    expect(outcomes.map(said)).toEqual(['settled', 'double_spend']);
    expect((await hand([two!.packet])).map(said)).toEqual(['settled']);
    expect(await payerMoney()).toBe(9_700n);
    expect(await town.balance(allowance.reservation)).toBe(100n);
    await town.checkMoney();

    const other = await allowanceOf(300, 1);
    const [only] = await journal(town, other, [{ amount: 100, payee }]);
    const begin = { sequence: 1, previous: other.id, payee };
    const copy = await town.sign(other, { ...begin, amount: 40, spent: 40 });
    // In one batch too, though the last sequence came before the proof.
    const together = await hand([only!.packet, copy.packet]);
    expect(together.map(said)).toEqual(['settled', 'double_spend']);
    expect(await payerMoney()).toBe(9_400n);
    await town.checkMoney();
  });
});

async function expectProof(allowance: IssuedAllowance, verdict: string): Promise<void> {
  const proofs = await town.settlement.listProofs();
  const proof = proofs.find(({ allowanceNo }) => allowanceNo === allowance.no);
  const trust = { issuers: issuersOf(town), verifier: nodeVerifier() };
  const verified = await verifyProof(proof!.packet, trust);
  expect(verified).toMatchObject({ ok: true, value: { verdict } });
}

describe('the bank judges only when it received', () => {
  test('breaks when expiry is judged at upload: handed in after `until`', async () => {
    const allowance = await allowanceOf(300, 3);
    const [one] = await journal(town, allowance, [{ amount: 100, payee: shop.current.number }]);
    await close(UNTIL + 1);
    expect(await town.status(allowance.no)).toBe('expired');
    const upload = await receiveAt(town, UNTIL + 1, [one!.packet]);
    expect((await town.settlement.settle(upload)).map(said)).toEqual(['settled']);
  });

  test('received in time and decided after the window settles', async () => {
    const allowance = await allowanceOf(300, 3);
    const [one] = await journal(town, allowance, [{ amount: 100, payee: shop.current.number }]);
    const uploadId = await receiveAt(town, CLAIM_UNTIL, [one!.packet]);
    // Handed in again late: the same bytes were received when they were received first.
    const again = await town.settlement.receive(batchOf([one!.packet]), 'somebody else');
    expect(again).toMatchObject({ ok: true, value: { uploadId, receivedAt: CLAIM_UNTIL } });
    expect((await town.settlement.settle(uploadId)).map(said)).toEqual(['settled']);
  });

  test('breaks when the bank refuses claims on a revoked allowance, or releases it', async () => {
    const allowance = await allowanceOf(300, 3);
    const [one, two] = await journal(town, allowance, [
      { amount: 100, payee: shop.current.number },
      { amount: 100, payee: cafe.current.number },
    ]);
    const clone = await town.sign(allowance, {
      sequence: 1,
      amount: 40,
      spent: 40,
      previous: allowance.id,
      payee: cafe.current.number,
    });
    expect((await hand([one!.packet, clone.packet])).map(said)).toEqual([
      'settled',
      'double_spend',
    ]);
    expect(await town.status(allowance.no)).toBe('revoked');
    expect(await payerMoney()).toBe(9_700n);
    // The payee of payment 2 could not know.
    expect((await hand([two!.packet])).map(said)).toEqual(['settled']);
    expect(await town.status(allowance.no)).toBe('revoked');
    await close(CLOSED);
    expect(await payerMoney()).toBe(9_700n);
    const { rows } = await db.ownerPool.query<{ revoked: boolean }>(
      'select revoked_at is not null as revoked from allowance_states where no = $1',
      [allowance.no],
    );
    expect(rows).toEqual([{ revoked: true }]);
  });

  test('a frozen account and an inactive wallet still receive', async () => {
    await db.ownerPool.query(`update wallets set status = 'inactive' where number = $1`, [
      shop.current.number,
    ]);
    await db.ownerPool.query(`update accounts set status = 'review' where id = $1`, [
      shop.accountId,
    ]);
    const [one] = await journal(town, await allowanceOf(300, 3), [
      { amount: 100, payee: shop.current.number },
    ]);
    expect((await hand([one!.packet])).map(said)).toEqual(['settled']);
  });
});

describe('nobody spends more than was reserved', () => {
  test('breaks without idempotence: settled again, it takes another’s money', async () => {
    const allowance = await allowanceOf(200, 3);
    const [one, two] = await journal(town, allowance, [
      { amount: 100, payee: shop.current.number },
      { amount: 100, payee: cafe.current.number },
    ]);
    const [first] = await hand([one!.packet]);
    const [second] = await hand([one!.packet, new Uint8Array(1)]);
    const [, third] = await hand([new Uint8Array(2), one!.packet]);
    expect([second, third]).toEqual([first, first]);
    expect((await hand([two!.packet])).map(said)).toEqual(['settled']);
    expect(await shopMoney()).toBe(100n);
  });

  test('breaks when only equal sequences are compared: (1,1,1), (2,2,3), (3,3,5)', async () => {
    await expectSecondContradicts(5, [
      { sequence: 1, amount: 1, spent: 1 },
      { sequence: 2, amount: 2, spent: 3 },
      { sequence: 3, amount: 3, spent: 5 },
    ]);
  });

  test('breaks when only adjacent sequences are compared: (1,1,1), (4,2,5), (2,3,4)', async () => {
    await expectSecondContradicts(5, [
      { sequence: 1, amount: 1, spent: 1 },
      { sequence: 3, amount: 3, spent: 5 },
      { sequence: 2, amount: 3, spent: 4 },
    ]);
    await expectSecondContradicts(5, [
      { sequence: 1, amount: 1, spent: 1 },
      { sequence: 4, amount: 2, spent: 5 },
      { sequence: 2, amount: 3, spent: 4 },
    ]);
  });

  /** Each follows the one before it in the list by its hash; the last is refused with proof. */
  async function expectSecondContradicts(
    limit: number,
    fields: readonly { sequence: number; amount: number; spent: number }[],
  ): Promise<void> {
    const allowance = await allowanceOf(limit, 10);
    const outcomes: string[] = [];
    let previous = allowance.id;
    for (const each of fields) {
      const payment = await town.sign(allowance, {
        ...each,
        previous,
        payee: shop.current.number,
      });
      outcomes.push(...(await hand([payment.packet])).map(said));
      previous = payment.id;
      await town.checkMoney();
    }
    expect(outcomes).toEqual(['settled', 'settled', 'contradiction']);
  }

  test('a refused document blocks nothing: rubbish first stops no honest payee', async () => {
    const allowance = await allowanceOf(300, 3);
    const [one, two] = await journal(town, allowance, [
      { amount: 100, payee: shop.current.number },
      { amount: 100, payee: cafe.current.number },
    ]);
    const rubbish = await town.sign(allowance, {
      sequence: 2,
      amount: 300,
      spent: 400,
      previous: one!.id,
      payee: cafe.current.number,
    });
    expect((await hand([rubbish.packet])).map(said)).toEqual(['over_limit']);
    expect((await hand([two!.packet, one!.packet])).map(said)).toEqual(['settled', 'settled']);
    expect((await hand([rubbish.packet])).map(said)).toEqual(['over_limit']);
  });
});

test('closing and settling at once: the money is right whoever comes first', async () => {
  const allowances = await Promise.all(Array.from({ length: 10 }, () => allowanceOf(100, 5)));
  const uploads: bigint[] = [];
  for (const allowance of allowances) {
    const [payment] = await journal(town, allowance, [{ amount: 60, payee: shop.current.number }]);
    uploads.push(await receiveAt(town, CLAIM_UNTIL, [payment!.packet]));
  }
  let closing = true;
  const closer = (async () => {
    while (closing) await town.settlement.closeAllowances();
  })();
  const outcomes = await Promise.all(uploads.map((id) => town.settlement.settle(id)));
  closing = false;
  await closer;
  await town.settlement.closeAllowances();
  expect(outcomes.flat().map(said)).toEqual(allowances.map(() => 'settled'));
  for (const { no } of allowances) expect(await town.status(no)).toBe('closed');
  expect(await shopMoney()).toBe(600n);
  expect(await payerMoney()).toBe(9_400n);
  await town.checkMoney();
});
