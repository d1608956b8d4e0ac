import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { encodePacket, decodePacketOfKind } from '@sikka/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endConnections, killConnections, untilAnswered } from '../support/connections.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { settlementLimits } from '../../src/settlement/index.ts';
import { settledAt } from './settled-at.ts';
import type { Person, Town } from './town.ts';
import { batchOf, createTown, journal, said } from './town.ts';

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person({ offline: 100_000_000 });
  shop = await town.person({ offline: 0 });
});
afterAll(() => db.drop());

async function newAllowance(terms = {}) {
  return town.allowance(await town.device(payer), terms);
}

const shopBalance = () => town.balance(shop.current.ledgerAccount);
const hand: Town['hand'] = (...batch) => untilAnswered(() => town.hand(...batch));

test('a payment handed in 50 times at once settles once, with 50 equal answers', async () => {
  const [payment] = await journal(town, await newAllowance(), [
    { amount: 700, payee: shop.current.number },
  ]);
  const before = await shopBalance();
  const nodes = [town.settlement, town.anotherNode()];
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      // Half of them in batches of their own bytes, so that they are not the same upload.
      const junk = i % 2 === 0 ? [] : [new Uint8Array([i])];
      const [outcome] = await hand([payment!.packet, ...junk], nodes[i % 2]);
      return outcome;
    }),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer, text))).size).toBe(1);
  expect(answers[0]).toMatchObject({ result: 'settled', amountMinor: 700n, extra: false });
  expect(await shopBalance()).toBe(before + 700n);
  await town.checkMoney();
}, 240_000);

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

test('50 payments under one allowance handed in at once, each alone, all settle', async () => {
  const allowance = await newAllowance({ limit: 5_000, count: 60 });
  const payments = await journal(
    town,
    allowance,
    Array.from({ length: 50 }, () => ({ amount: 100, payee: shop.current.number })),
  );
  const before = await shopBalance();
  const outcomes = await Promise.all(payments.map(({ packet }) => hand([packet])));
  expect(outcomes.flat().map(said)).toEqual(payments.map(() => 'settled'));
  expect(await shopBalance()).toBe(before + 5_000n);
  expect(await town.settlement.headOf(allowance.no)).toMatchObject({
    sequence: 50,
    spentMinor: 5_000n,
  });
  await town.checkMoney();
}, 240_000);

test('overlapping batches in opposite orders never deadlock', async () => {
  const shops = await Promise.all(Array.from({ length: 4 }, () => town.person({ offline: 0 })));
  const requests = Array.from({ length: 30 }, () => new Uint8Array(randomBytes(32)));
  const journals = await Promise.all(
    Array.from({ length: 8 }, async (_, i) =>
      journal(
        town,
        await newAllowance(),
        requests.map((bind, k) => ({
          amount: 1 + ((i + k) % 5),
          payee: shops[k % 4]!.current.number,
          bind,
        })),
      ),
    ),
  );
  const all = journals.flat().map(({ packet }) => packet);
  const orders = Array.from({ length: 12 }, (_, i) =>
    i % 2 === 0 ? rotate(all, i * 17) : rotate(all, i * 23).reverse(),
  );
  const outcomes = await Promise.all(orders.map((packets) => hand(packets)));
  for (const answers of outcomes) expect(new Set(answers.map(said))).toEqual(new Set(['settled']));
  const { rows } = await db.ownerPool.query<{ deadlocks: bigint }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  expect(rows).toEqual([{ deadlocks: 0n }]);
  // One payment of each request was first; the others are due back.
  const extra = outcomes[0]!.filter((outcome) => outcome.extra).length;
  expect(extra).toBe(all.length - requests.length);
  await town.checkMoney();
}, 240_000);

function rotate<T>(list: readonly T[], by: number): T[] {
  return [...list.slice(by % list.length), ...list.slice(0, by % list.length)];
}

test('in one batch a payment twice is one, and of two that contradict the first wins', async () => {
  const allowance = await newAllowance({ limit: 1_000 });
  const payee = shop.current.number;
  const one = { sequence: 1, amount: 300, spent: 300, previous: allowance.id, payee };
  const first = await town.sign(allowance, one);
  const clone = await town.sign(allowance, { ...one, amount: 400, spent: 400 });
  const outcomes = await town.hand([first, clone, first, clone].map(({ packet }) => packet));
  expect(outcomes.map(said)).toEqual(['settled', 'double_spend', 'settled', 'double_spend']);
  expect(outcomes[2]).toEqual(outcomes[0]);
  expect(outcomes[3]).toEqual(outcomes[1]);
  expect(await town.count(`proofs where allowance_no = ${allowance.no}`)).toBe(1);
  const { rows } = await db.ownerPool.query(
    'select settled, rejected from settlement_batches order by id desc limit 1',
  );
  expect(rows).toEqual([{ settled: 1, rejected: 1 }]);
  await town.checkMoney();
});

test('a payment signed again by ECDSA is a duplicate, not a double spend (09b)', async () => {
  const allowance = await newAllowance();
  const fields = {
    sequence: 1,
    amount: 50,
    spent: 50,
    previous: allowance.id,
    payee: shop.current.number,
    bind: new Uint8Array(randomBytes(32)),
    salt: new Uint8Array(randomBytes(16)),
  };
  const [one, other] = [await town.sign(allowance, fields), await town.sign(allowance, fields)];
  expect(one.packet).not.toEqual(other.packet);
  expect(one.id).toEqual(other.id);
  const [first] = await town.hand([one.packet]);
  const [again] = await town.hand([other.packet]);
  expect(said(again!)).toBe('settled');
  expect(again).toEqual(first);
  expect(await town.count(`proofs where allowance_no = ${allowance.no}`)).toBe(0);
});

test('a run with spoiled signatures takes nobody’s place (decision 0046)', async () => {
  const allowance = await newAllowance({ limit: 10_000 });
  const friend = await town.person({ offline: 0 });
  const [shown] = await journal(town, allowance, [{ amount: 700, payee: shop.current.number }]);
  const run = await journal(
    town,
    allowance,
    Array.from({ length: 4 }, () => ({ amount: 900, payee: friend.current.number })),
  );
  const spoiled = run.slice(0, 3).map(({ packet }) => packet.with(-1, packet.at(-1)! ^ 1));
  // The last of the run names the others, and its signature holds.
  const outcomes = await town.hand([...spoiled, run[3]!.packet]);
  expect(outcomes.map(said)).toEqual([...spoiled.map(() => 'payer_signature_invalid'), 'settled']);
  // So what the payer showed in the shop is paid.
  expect((await town.hand([shown!.packet])).map(said)).toEqual(['settled']);
  await town.checkMoney();
});

test('a payment shown beside another allowance of the same key does not verify (02c)', async () => {
  const device = await town.device(payer);
  const [mine, other] = [await town.allowance(device), await town.allowance(device)];
  const [payment] = await journal(town, mine, [{ amount: 5, payee: shop.current.number }]);
  const decoded = decodePacketOfKind('payment', payment!.packet);
  if (!decoded.ok) throw new Error(decoded.code);
  const beside = encodePacket({ ...decoded.value, kind: 'payment', allowance: other.document });
  expect((await town.hand([beside])).map(said)).toEqual(['payer_signature_invalid']);
  expect((await town.hand([beside, payment!.packet])).map(said)).toEqual([
    'payer_signature_invalid',
    'settled',
  ]);
});

test('a second payment of one request is marked extra; a printed code’s is not', async () => {
  const bind = new Uint8Array(randomBytes(32));
  const payee = shop.current.number;
  const [one] = await journal(town, await newAllowance(), [{ amount: 5, payee, bind }]);
  const [two] = await journal(town, await newAllowance(), [{ amount: 5, payee, bind }]);
  expect(await town.hand([one!.packet])).toMatchObject([{ result: 'settled', extra: false }]);
  expect(await town.hand([two!.packet])).toMatchObject([{ result: 'settled', extra: true }]);
  const again = await town.hand([two!.packet, one!.packet]);
  expect(again).toMatchObject([{ extra: true }, { extra: false }]);

  const other = { amount: 5, payee, bind: new Uint8Array(randomBytes(32)) };
  const [three] = await journal(town, await newAllowance(), [other]);
  const [four] = await journal(town, await newAllowance(), [other]);
  const together = await town.hand([four!.packet, three!.packet]);
  expect(together).toMatchObject([{ extra: false }, { extra: true }]);

  const printed = await newAllowance();
  const code = { payee, bind, mode: 'static', amount: 5 } as const;
  const first = await town.sign(printed, {
    ...code,
    sequence: 1,
    spent: 5,
    previous: printed.id,
  });
  const second = await town.sign(printed, { ...code, sequence: 2, spent: 10, previous: first.id });
  const outcomes = await town.hand([first.packet, second.packet]);
  expect(outcomes).toMatchObject([{ extra: false }, { extra: false }]);
});

test('what was received is settled by the worker when its caller died', async () => {
  const payments = await journal(town, await newAllowance(), [
    { amount: 11, payee: shop.current.number },
    { amount: 12, payee: shop.current.number },
  ]);
  const before = await shopBalance();
  const received = await town.settlement.receive(
    batchOf(payments.map(({ packet }) => packet)),
    'tester',
  );
  if (!received.ok) throw new Error(received.code);
  await endConnections(db);
  // A caller may still be waiting: the worker leaves it alone at first.
  expect(await town.anotherNode().drain()).toEqual({ decided: 0, failed: [] });
  await town.passTime(settlementLimits.waitingCallerMs);
  expect(await town.anotherNode().drain()).toEqual({ decided: 1, failed: [] });
  expect(await shopBalance()).toBe(before + 23n);
  // The caller comes back for the answer.
  const outcomes = await town.settlement.settle(received.value.uploadId);
  expect(outcomes.map(said)).toEqual(['settled', 'settled']);
  expect(await town.hand(payments.map(({ packet }) => packet))).toEqual(outcomes);
});

test('a process whose clock is days off hides no upload from the others', async () => {
  for (const hours of [48, -48]) {
    const off = town.anotherNode({
      clock: () => new Date(town.now * 1000 + hours * 3_600_000),
    });
    const [payment] = await journal(town, await newAllowance(), [
      { amount: 11, payee: shop.current.number },
    ]);
    const received = await off.receive(batchOf([payment!.packet]), 'tester');
    if (!received.ok) throw new Error(received.code);
    // Nor does it take what a caller waits for.
    expect(await off.drain()).toEqual({ decided: 0, failed: [] });
    await town.passTime(settlementLimits.waitingCallerMs);
    expect(await town.anotherNode().drain()).toEqual({ decided: 1, failed: [] });
  }
});

test('a process whose clock is days off dates nothing by it', async () => {
  for (const hours of [48, -48]) {
    const ms = hours * 3_600_000;
    const off = town.anotherNode({ clock: () => new Date(Date.now() + ms) });
    const [payment] = await journal(town, await newAllowance(), [
      { amount: 11, payee: shop.current.number },
    ]);
    const before = Math.floor(Date.now() / 1000);
    expect((await town.hand([payment!.packet], off)).map(said)).toEqual(['settled']);
    const at = await settledAt(db, payment!.id);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now() / 1000);
  }
});

test('connections killed at any moment lose nothing and pay nothing twice', async () => {
  const journals = await Promise.all(
    Array.from({ length: 6 }, async () =>
      journal(
        town,
        await newAllowance(),
        Array.from({ length: 20 }, () => ({ amount: 3, payee: shop.current.number })),
      ),
    ),
  );
  const before = await shopBalance();
  const batches = journals.map((payments) => batchOf(payments.map(({ packet }) => packet)));
  const ids: bigint[] = [];
  for (const batch of batches) {
    const received = await town.settlement.receive(batch, 'tester');
    if (received.ok) ids.push(received.value.uploadId);
  }
  let killing = true;
  const killer = (async () => {
    while (killing) {
      await killConnections(db);
      await pause(8);
    }
  })();
  const tried = await Promise.allSettled(ids.map((id) => town.settlement.settle(id)));
  killing = false;
  await killer;
  await endConnections(db);
  expect(tried.some(({ status }) => status === 'rejected')).toBe(true);
  await town.checkMoney();
  await town.passTime(settlementLimits.leaseMs);
  await town.anotherNode().drain();
  expect(await shopBalance()).toBe(before + 360n);
  expect(await town.count('inbox')).toBe(0);
  await town.checkMoney();
});

test('two workers and a caller on one upload: one decides, all answer the same', async () => {
  const payments = await journal(town, await newAllowance(), [
    { amount: 1, payee: shop.current.number },
  ]);
  const received = await town.settlement.receive(batchOf([payments[0]!.packet]), 'tester');
  if (!received.ok) throw new Error(received.code);
  const { uploadId } = received.value;
  const nodes = [town.settlement, town.anotherNode(), town.anotherNode()];
  const answers = await Promise.all(nodes.map((node) => node.settle(uploadId)));
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  expect(await town.count(`settlement_batches where upload_id = ${uploadId}`)).toBe(1);
});

test('an upload that was never received cannot be settled', async () => {
  await expect(town.settlement.settle(9_999_999n)).rejects.toMatchObject({
    code: 'settlement/upload_unknown',
  });
});
