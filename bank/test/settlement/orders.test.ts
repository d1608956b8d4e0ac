import { randomUUID } from 'node:crypto';
import {
  encodeLedgerItem,
  hex,
  proveLedgerEntry,
  readLedgerItem,
  verifySettlement,
} from '@sikka/protocol';
import type { LedgerTransaction } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkpoint, sequence, verifyLog } from '../../src/audit/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import {
  bundleBatch,
  documentKey,
  ledgerBatch,
  paymentStates,
} from '../../src/settlement/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { unmoved } from '../support/unmoved.ts';
import type { LedgerPerson, Tenant, Till } from './order-town.ts';
import {
  addMoney,
  carrierOf,
  ledgerPerson,
  signedLedger,
  signEntry,
  takeBundle,
  tenantOf,
  tillOf,
} from './order-town.ts';
import type { Person, Town } from './town.ts';
import { batchOf, createTown, issuersOf, said, START } from './town.ts';

let db: TestDatabase;
let town: Town;
let sender: LedgerPerson;
let receiver: LedgerPerson;
let tenant: Tenant;
let till: Till;
let shop: Person;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  sender = await ledgerPerson(town);
  receiver = await ledgerPerson(town);
  tenant = await tenantOf(town);
  till = await tillOf(town, tenant);
  shop = await town.person({ offline: 0 });
});
afterAll(() => db.drop());

async function handIn(batch: Uint8Array, by = 'tester') {
  const received = await town.settlement.receive(batch, by);
  if (!received.ok) throw new Error(received.detail);
  return received.value.uploadId;
}

async function settle(batch: Uint8Array) {
  const { outcomes, fresh } = await town.settlement.settleNow(await handIn(batch), { held: batch });
  return { said: outcomes.map(said), fresh: [...fresh], outcomes };
}

const stateOf = async (id: Uint8Array) =>
  (await paymentStates(db.serverPool, [id])).get(documentKey(id));

describe('a ledger’s transaction', () => {
  test('moves the sender’s limit to the receiver once, whoever brings it and how', async () => {
    const entry = await signEntry(sender, receiver, { amount: '12.34' });
    const before = await town.balance(sender.limit);
    const paid = await town.balance(receiver.person.current.ledgerAccount);
    const sealed = ledgerBatch(await signedLedger(receiver, [entry]));
    expect(await settle(sealed)).toMatchObject({ said: ['recorded', 'settled'], fresh: [1] });
    expect(await town.balance(sender.limit)).toBe(before - 1234n);
    expect(await town.balance(receiver.person.current.ledgerAccount)).toBe(paid + 1234n);
    await unmoved(db, async () => {
      expect(await settle(sealed)).toMatchObject({ said: ['recorded', 'settled'], fresh: [] });
      const [alone] = await town.hand([entry.item]);
      expect(alone).toMatchObject({
        ...{ kind: 'ledger_entry', result: 'settled', documentId: entry.id },
        ...{ amountMinor: 1234n, payeeWallet: receiver.person.current.number },
      });
    });
    expect(await stateOf(entry.id)).toBe('settled');
    await town.checkMoney();
  });

  test('is a leaf of the log with a receipt, and an event in the audit chain', async () => {
    const entry = await signEntry(sender, receiver);
    const order = await takeBundle(town, till, [{}], { payee: shop.current.number });
    await town.hand([entry.item]);
    await settle(order.batch);
    await sequence(db.serverPool);
    await checkpoint(db.serverPool, { bank: 'test-bank', now: new Date(), issuer: town.issuer });
    const trust = { issuers: issuersOf(town), verifier: nodeVerifier() };
    for (const id of [entry.id, order.ids[0]!]) {
      const receipt = await town.settlement.settlementReceipt(id);
      if (!receipt.ok) throw new Error(receipt.code);
      const verified = await verifySettlement(receipt.packet, trust);
      expect(verified).toMatchObject({ value: { receipt: { fields: { paymentId: id } } } });
      expect(await town.settlement.findPayment(id)).toMatchObject({
        outcome: { result: 'settled', documentId: id },
      });
    }
    expect(await verifyLog(db.serverPool)).toMatchObject({ findings: [] });
    const { rows } = await db.ownerPool.query(
      'select action, outcome, details from audit_events where subject = $1',
      [`txn:${hex(entry.id)}`],
    );
    const details = expect.stringContaining('"amount":"50"') as string;
    expect(rows).toEqual([{ action: 'ledger.settled', outcome: 'acceptable', details }]);
  });

  test('that another key signed is refused for these bytes, and stays payable', async () => {
    const entry = await signEntry(sender, receiver);
    const forged = await signEntry(sender, receiver, {
      txnId: entry.transaction.txnId,
      signer: receiver.signer,
    });
    await unmoved(db, async () => {
      expect((await town.hand([forged.item])).map(said)).toEqual(['payer_signature_invalid']);
    });
    expect((await town.hand([entry.item])).map(said)).toEqual(['settled']);
    expect((await town.hand([forged.item])).map(said)).toEqual(['payer_signature_invalid']);
  });

  test('a second one under its number is a conflict for ever, and both are named', async () => {
    const txnId = randomUUID();
    const [one, two] = [
      await signEntry(sender, receiver, { txnId, amount: '1' }),
      await signEntry(sender, receiver, { txnId, amount: '2' }),
    ];
    expect((await town.hand([one.item])).map(said)).toEqual(['settled']);
    await unmoved(db, async () => {
      expect((await town.hand([two.item])).map(said)).toEqual(['order_conflict']);
      expect((await town.hand([two.item, two.item])).map(said)).toEqual([
        'order_conflict',
        'order_conflict',
      ]);
    });
    expect(await stateOf(one.id)).toBe('settled');
    expect(await stateOf(two.id)).toBe('refused');
    const { rows } = await db.ownerPool.query<{ details: string }>(
      `select details from audit_events where action = 'ledger.conflict' and subject = $1`,
      [`txn:${hex(two.id)}`],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.details).toContain(hex(one.id));
  });

  test('over its limit waits, keeps its number, and is paid when money comes', async () => {
    const poor = await ledgerPerson(town, 3_000);
    const txnId = randomUUID();
    const entry = await signEntry(poor, receiver, { txnId, amount: '40' });
    const other = await signEntry(poor, receiver, { txnId, amount: '1' });
    await unmoved(db, async () => {
      expect((await town.hand([entry.item])).map(said)).toEqual(['insufficient_funds']);
      expect((await town.hand([other.item])).map(said)).toEqual(['order_conflict']);
    });
    expect(await stateOf(entry.id)).toBe('pending');
    await addMoney(town, poor.limit, 1_000);
    const queued = await inTransaction(db.serverPool, (tx) =>
      town.settlement.requeueOrders(tx, poor.limit),
    );
    expect(queued).toBe(1);
    await town.settlement.drain();
    expect(await stateOf(entry.id)).toBe('settled');
    expect(await town.balance(poor.limit)).toBe(0n);
  });

  test('30 at once over one limit: never below zero, and each order once', async () => {
    const poor = await ledgerPerson(town, 10_000);
    const entries = await Promise.all(
      Array.from({ length: 30 }, () => signEntry(poor, receiver, { amount: '10' })),
    );
    const nodes = [town.settlement, town.anotherNode()];
    const all = await Promise.all(
      entries.map(async ({ item }, i) => (await town.hand([item], nodes[i % 2])).map(said)),
    );
    expect(all.flat().filter((each) => each === 'settled')).toHaveLength(10);
    expect(await town.balance(poor.limit)).toBe(0n);
    await town.checkMoney();
  });

  test('what the intake proved in this call is not taken for other bytes', async () => {
    const entry = await signEntry(sender, receiver);
    const read = readLedgerItem(entry.item);
    if (!read.ok) throw new Error(read.detail);
    const proofs = await proofsOf(sender, read.value);
    const { signature } = (await signEntry(sender, receiver)).transaction;
    const item = encodeLedgerItem({ ...entry.transaction, signature });
    const id = await handIn(batchOf([item]));
    const { outcomes } = await town.settlement.settleNow(id, { proofs });
    expect(outcomes.map(said)).toEqual(['payer_signature_invalid']);
    const good = await handIn(ledgerBatch(await signedLedger(receiver, [entry])));
    const settled = await town.settlement.settleNow(good, { proofs });
    expect(settled.outcomes.map(said)).toEqual(['recorded', 'settled']);
  });
});

describe('a till’s order', () => {
  test('moves its own tenant’s float to the payee once', async () => {
    const taken = await takeBundle(town, till, [{ amount: 20 }, { amount: 30 }], {
      payee: shop.current.number,
    });
    const before = await town.balance(tenant.float);
    const paid = await town.balance(shop.current.ledgerAccount);
    expect(await settle(taken.batch)).toMatchObject({
      said: ['recorded', 'settled', 'settled'],
      fresh: [1, 2],
    });
    expect(await town.balance(tenant.float)).toBe(before - 5_000n);
    expect(await town.balance(shop.current.ledgerAccount)).toBe(paid + 5_000n);
    await unmoved(db, async () => {
      const again = bundleBatch(taken.carrier, [{ ordinal: 1 }, { ordinal: 0 }, { ordinal: 0 }]);
      expect(await settle(again)).toMatchObject({
        said: ['recorded', 'settled', 'settled', 'settled'],
        fresh: [],
      });
    });
  });

  test('handed in natively it gets round no policy while its bundle is held', async () => {
    const transactions = [{ localId: randomUUID() }];
    const other = await tillOf(town, tenant);
    const held = await takeBundle(town, other, transactions, {
      cleared: false,
      payee: shop.current.number,
    });
    await unmoved(db, async () => {
      expect((await settle(held.batch)).said).toEqual(['recorded', 'bundle_not_cleared']);
    });
    expect(await stateOf(held.ids[0]!)).toBe('pending');
    expect(await town.count(`signed_orders where signer = ${other.no}`)).toBe(0);
    await db.ownerPool.query('update device_bundles set cleared_at = $2 where id = $1', [
      held.row,
      new Date(START * 1000),
    ]);
    expect((await settle(held.batch)).said).toEqual(['recorded', 'settled']);
  });

  test('before its push nothing of it is known, and nothing moves', async () => {
    const stranger = { deviceId: 'TILL-nobody', signer: till.signer };
    const carrier = await takeCarrierOf(stranger);
    await unmoved(db, async () => {
      expect((await settle(bundleBatch(carrier, [{ ordinal: 0 }]))).said).toEqual([
        'recorded',
        'order_key_unknown',
      ]);
      const own = await takeCarrierOf(till);
      expect((await settle(bundleBatch(own, [{ ordinal: 0 }]))).said).toEqual([
        'recorded',
        'bundle_not_cleared',
      ]);
      const forged = { ...own, signature: carrier.signature };
      expect((await settle(bundleBatch(forged, [{ ordinal: 0 }]))).said).toEqual([
        'recorded',
        'device_signature_invalid',
      ]);
    });
  });

  test('under the carrier of another bundle it is not that bundle’s to pay', async () => {
    const localId = randomUUID();
    const first = await takeBundle(town, till, [{ localId }], { payee: shop.current.number });
    const second = await takeBundle(town, till, [{ localId }], { payee: shop.current.number });
    const different = await takeBundle(town, till, [{ localId, amount: 49 }], {
      payee: shop.current.number,
    });
    await unmoved(db, async () => {
      expect((await settle(second.batch)).said).toEqual(['recorded', 'bundle_not_cleared']);
      expect((await settle(different.batch)).said).toEqual(['recorded', 'order_conflict']);
    });
    expect((await settle(first.batch)).said).toEqual(['recorded', 'settled']);
    await unmoved(db, async () => {
      // The same one, said again in another bundle: its first answer. Another one: never.
      expect((await settle(second.batch)).said).toEqual(['recorded', 'settled']);
      expect((await settle(different.batch)).said).toEqual(['recorded', 'order_conflict']);
    });
  });

  test('of a till that is not active waits; another’s debit is never money', async () => {
    const other = await tillOf(town, tenant);
    const taken = await takeBundle(town, other, [{}], { payee: shop.current.number });
    const setStatus = (status: string) =>
      db.ownerPool.query('update tills set status = $2 where no = $1', [other.no, status]);
    await setStatus('suspended');
    await unmoved(db, async () => {
      expect((await settle(taken.batch)).said).toEqual(['recorded', 'device_not_active']);
      const foreign = await takeBundle(town, till, [{}], {
        own: false,
        payee: shop.current.number,
      });
      expect((await settle(foreign.batch)).said).toEqual(['recorded', 'payment_missing']);
      expect(await stateOf(foreign.ids[0]!)).toBe('refused');
    });
    await setStatus('active');
    expect((await settle(taken.batch)).said).toEqual(['recorded', 'settled']);
  });
});

const takeCarrierOf = (till: Parameters<typeof carrierOf>[0]) => carrierOf(till, [{}]);

async function proofsOf(from: LedgerPerson, transaction: LedgerTransaction) {
  const proved = await proveLedgerEntry(transaction, from.signer.publicKey, nodeVerifier());
  if (!proved.ok) throw new Error(proved.detail);
  return { entries: [proved.value] };
}
