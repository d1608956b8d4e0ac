import { proveDocument, verifySettlement } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkpoint, sequence } from '../../src/audit/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { settledAt } from './settled-at.ts';
import type { IssuedAllowance, Person, Town } from './town.ts';
import { batchOf, createTown, issuersOf, journal, said } from './town.ts';

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;
let allowance: IssuedAllowance;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person({ offline: 100_000 });
  shop = await town.person({ offline: 0 });
  allowance = await town.allowance(await town.device(payer));
});
afterAll(() => db.drop());

const trust = () => ({ issuers: issuersOf(town), verifier: nodeVerifier() });

test('a receipt is ready once a checkpoint holds its payment; anyone verifies it', async () => {
  const payments = await journal(
    town,
    allowance,
    Array.from({ length: 5 }, () => ({ amount: 7, payee: shop.current.number })),
  );
  const { settlement } = town;
  const { id } = payments[3]!;
  expect(await settlement.settlementReceipt(id)).toEqual({ ok: false, code: 'not_found' });
  await town.hand(payments.map(({ packet }) => packet));
  expect(await settlement.settlementReceipt(id)).toEqual({ ok: false, code: 'not_ready' });
  await sequence(db.serverPool);
  expect(await settlement.settlementReceipt(id)).toEqual({ ok: false, code: 'not_ready' });
  await checkpoint(db.serverPool, { bank: 'test-bank', now: new Date(), issuer: town.issuer });
  const receipt = await settlement.settlementReceipt(id);
  if (!receipt.ok) throw new Error(receipt.code);
  const verified = await verifySettlement(receipt.packet, trust());
  if (!verified.ok) throw new Error(verified.code);
  expect(verified.value.receipt.fields).toMatchObject({
    paymentId: id,
    allowanceId: allowance.id,
    amountMinor: 7n,
    currency: 586,
    payeeWallet: shop.current.number,
    settledAt: await settledAt(db, id),
    position: 3,
  });
});

test('received time is the database’s clock in whole seconds, not this machine’s', async () => {
  const clock = async () => {
    const { rows } = await db.ownerPool.query<{ now: Date }>('select clock_timestamp() as now');
    return Math.floor(rows[0]!.now.getTime() / 1000);
  };
  const node = town.anotherNode({ clock: () => new Date(1_000) });
  const before = await clock();
  const received = await node.receive(batchOf([new Uint8Array([7, 7])]), 'tester');
  if (!received.ok) throw new Error(received.code);
  expect(received.value.receivedAt).toBeGreaterThanOrEqual(before);
  expect(received.value.receivedAt).toBeLessThanOrEqual(await clock());
});

test('an upload receipt names who asks, with the time of the first', async () => {
  const batch = batchOf([new Uint8Array([1])]);
  const first = await town.settlement.receive(batch, 'ayesha');
  const second = await town.settlement.receive(batch, 'bilal');
  expect(second).toEqual(first);
  if (!second.ok) throw new Error(second.code);
  const packet = await town.settlement.uploadReceipt(second.value, 'bilal');
  const proved = await proveDocument(packet, trust());
  if (!proved.ok) throw new Error(proved.code);
  expect(proved.value.document.fields).toEqual({
    type: 'upload-receipt',
    issuerKey: town.issuer.number,
    sha256: second.value.sha256,
    uploader: 'bilal',
    receivedAt: second.value.receivedAt,
  });
});

test('a payment is found with whom it concerns, settled or refused', async () => {
  const other = await town.allowance(await town.device(payer));
  const start = { sequence: 1, previous: other.id, payee: shop.current.number };
  const one = await town.sign(other, { ...start, amount: 5, spent: 5 });
  const clone = await town.sign(other, { ...start, amount: 6, spent: 6 });
  const outcomes = await town.hand([one.packet, clone.packet]);
  expect(outcomes.map(said)).toEqual(['settled', 'double_spend']);
  for (const [index, { id }] of [one, clone].entries()) {
    expect(await town.settlement.findPayment(id)).toEqual({
      outcome: outcomes[index],
      allowanceId: other.id,
      sequence: 1,
      payerAccount: payer.accountId,
      payeeAccount: shop.accountId,
    });
  }
  expect(await town.settlement.findPayment(new Uint8Array(32))).toBeUndefined();
});

test('the head of each allowance is its last settled payment', async () => {
  const [used, unused] = [
    await town.allowance(await town.device(payer)),
    await town.allowance(await town.device(payer)),
  ];
  const payments = await journal(town, used, [
    { amount: 5, payee: shop.current.number },
    { amount: 6, payee: shop.current.number },
  ]);
  await town.hand([payments[1]!.packet]);
  await town.hand([payments[0]!.packet]);
  const heads = await town.settlement.headsOf([used.no, unused.no]);
  expect([...heads]).toEqual([
    [used.no, { sequence: 2, spentMinor: 11n, paymentId: payments[1]!.id }],
  ]);
});
