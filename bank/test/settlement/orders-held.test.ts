import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import {
  allowanceNosOf,
  documentKey,
  ledgerBatch,
  paymentStates,
} from '../../src/settlement/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { unmoved } from '../support/unmoved.ts';
import type { LedgerPerson, Tenant, Till } from './order-town.ts';
import {
  ledgerPerson,
  signedLedger,
  signEntry,
  takeBundle,
  tenantOf,
  tillOf,
} from './order-town.ts';
import type { Person, Town } from './town.ts';
import { batchOf, createTown, DAY, journal, said, START } from './town.ts';

let db: TestDatabase;
let town: Town;
let tenant: Tenant;
let till: Till;
let payer: Person;
let shop: Person;
let sender: LedgerPerson;
let receiver: LedgerPerson;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  tenant = await tenantOf(town);
  till = await tillOf(town, tenant);
  payer = await town.person();
  shop = await town.person({ offline: 0 });
  sender = await ledgerPerson(town);
  receiver = await ledgerPerson(town);
});
afterAll(() => db.drop());

const now = () => new Date(town.now * 1000);

async function handIn(batch: Uint8Array) {
  const received = await town.settlement.receive(batch, 'tester');
  if (!received.ok) throw new Error(received.detail);
  return received.value;
}

/** A review of this upload, as an intake opens it: in the transaction that stores the bytes. */
async function hold(batch: Uint8Array, allowanceNos: readonly bigint[] = []) {
  return inTransaction(db.serverPool, async (tx) => {
    const { rows } = await tx.query<{ id: bigint }>(
      `insert into reviews (kind, subject, reasons, opened_at) values ('bundle', 'b', '{}', $1)
        returning id`,
      [now()],
    );
    const review = rows[0]!.id;
    const by = { uploader: 'till:T', hold: { review, allowanceNos } };
    const received = await town.settlement.receiveIn(tx, batch, by);
    if (!received.ok) throw new Error(received.detail);
    const { uploadId } = received.value;
    await tx.query('update reviews set upload_id = $2 where id = $1', [review, uploadId]);
    return { uploadId, review };
  });
}

/** Both verdicts hand the upload to the pipeline; a release clears its bundle. */
async function decide(
  { uploadId, review }: Awaited<ReturnType<typeof hold>>,
  verdict: 'released' | 'rejected',
  bundle?: bigint,
) {
  await inTransaction(db.serverPool, async (tx) => {
    await tx.query('update reviews set outcome = $2, decided_at = $3 where id = $1', [
      review,
      verdict,
      now(),
    ]);
    if (verdict === 'released' && bundle !== undefined) {
      await tx.query('update device_bundles set cleared_at = $2 where id = $1', [bundle, now()]);
    }
    await tx.query(
      `insert into inbox (upload_id, visible_at) values ($1, $2)
        on conflict (upload_id) do update set held_by = null, visible_at = $2`,
      [uploadId, now()],
    );
  });
  return (await town.settlement.settle(uploadId)).map(said);
}

const stateOf = async (id: Uint8Array) =>
  (await paymentStates(db.serverPool, [id])).get(documentKey(id));

async function bundleWithPayment() {
  const allowance = await town.allowance(await town.device(payer));
  const [payment] = await journal(town, allowance, [{ amount: 70, payee: shop.current.number }]);
  const fields = [{ amount: 0.7, payment: payment!.packet }, { amount: 5 }];
  const taken = await takeBundle(town, till, fields, {
    cleared: false,
    payee: shop.current.number,
  });
  return { ...taken, allowance, payment: payment! };
}

test('a held upload is decided by nobody, and its payee is paid all the same', async () => {
  const { batch, payment, ids, row } = await bundleWithPayment();
  const held = await hold(batch);
  await unmoved(db, async () => {
    expect((await town.settlement.settle(held.uploadId)).map(said)).toEqual([
      ...['recorded', 'pending', 'pending'],
    ]);
    await town.settlement.settleEach(held.uploadId);
    // The same bytes from somebody else do not let it go.
    expect((await handIn(batch)).uploadId).toBe(held.uploadId);
    await town.passTime(DAY * 1000);
    await town.anotherNode().drain();
    expect(await town.count(`inbox where upload_id = ${held.uploadId} and attempts = 0`)).toBe(1);
  });
  expect((await town.hand([payment.packet])).map(said)).toEqual(['settled']);
  expect(await decide(held, 'released', row)).toEqual(['recorded', 'settled', 'settled']);
  expect(await stateOf(ids[1]!)).toBe('settled');
  expect(await town.count(`held_allowances where upload_id = ${held.uploadId}`)).toBe(0);
  await town.checkMoney();
});

test('what was refused before it was held is pending until somebody has looked', async () => {
  const fields = [{ amount: 3 }, { amount: 4 }];
  const { batch, row } = await takeBundle(town, till, fields, {
    cleared: false,
    payee: shop.current.number,
  });
  const early = await handIn(batch);
  const refused = ['recorded', 'bundle_not_cleared', 'bundle_not_cleared'];
  expect((await town.settlement.settle(early.uploadId)).map(said)).toEqual(refused);
  const held = await hold(batch);
  expect(held.uploadId).toBe(early.uploadId);
  await unmoved(db, async () => {
    const waits = ['recorded', 'pending', 'pending'];
    expect((await town.settlement.settle(held.uploadId)).map(said)).toEqual(waits);
    await handIn(batch);
    expect((await town.settlement.settle(held.uploadId)).map(said)).toEqual(waits);
  });
  expect(await decide(held, 'released', row)).toEqual(['recorded', 'settled', 'settled']);
});

test('a rejected one answers every item so: its payment comes again, its order never', async () => {
  const { batch, payment, ids, row } = await bundleWithPayment();
  const held = await hold(batch);
  const answers = ['recorded', 'review_rejected', 'review_rejected'];
  await unmoved(db, async () => {
    expect(await decide(held, 'rejected')).toEqual(answers);
    expect((await town.settlement.settle(held.uploadId)).map(said)).toEqual(answers);
  });
  expect(await stateOf(payment.id)).toBe('pending');
  expect(await stateOf(ids[1]!)).toBe('refused');
  expect((await town.hand([payment.packet])).map(said)).toEqual(['settled']);
  // Not even if somebody cleared its bundle afterwards and handed it in again.
  await db.ownerPool.query('update device_bundles set cleared_at = $2 where id = $1', [row, now()]);
  await unmoved(db, async () => {
    await town.settlement.receive(batch, 'tester');
    expect((await town.settlement.settle(held.uploadId)).map(said)).toEqual(answers);
  });
});

test('entries of a rejected ledger are their senders’ orders still', async () => {
  const entry = await signEntry(sender, receiver);
  const batch = ledgerBatch(await signedLedger(receiver, [entry]));
  const held = await hold(batch);
  await unmoved(db, async () => {
    expect(await decide(held, 'rejected')).toEqual(['recorded', 'review_rejected']);
  });
  expect(await stateOf(entry.id)).toBe('pending');
  expect((await town.hand([entry.item])).map(said)).toEqual(['settled']);
});

test('a hold keeps open the allowances that it names, and no other', async () => {
  const [until, claimUntil] = [START + DAY, START + 2 * DAY];
  const terms = { limit: 500, until, claimUntil };
  const named = await town.allowance(await town.device(payer), terms);
  const other = await town.allowance(await town.device(payer), terms);
  const [payment] = await journal(town, named, [{ amount: 70, payee: shop.current.number }]);
  const taken = await takeBundle(town, till, [{ payment: payment!.packet }], { cleared: false });
  const held = await hold(taken.batch, await allowanceNosOf(db.serverPool, [named.id, named.id]));
  // As if it had come while the window was open.
  await db.ownerPool.query('alter table uploads disable trigger append_only');
  await db.ownerPool.query('update uploads set received_at = to_timestamp($2) where id = $1', [
    held.uploadId,
    START + 60,
  ]);
  await db.ownerPool.query('alter table uploads enable always trigger append_only');
  await town.settlement.closeAllowances();
  expect(await town.status(other.no)).toBe('closed');
  expect(await town.status(named.no)).not.toBe('closed');
  expect(await decide(held, 'released', taken.row)).toEqual(['recorded', 'settled']);
  await town.settlement.closeAllowances();
  expect(await town.status(named.no)).toBe('closed');
  await town.checkMoney();
});

test('another text that waits under a settled number is not called settled', async () => {
  const localId = randomUUID();
  const to = { payee: shop.current.number };
  const first = await takeBundle(town, till, [{ localId }], to);
  const other = await takeBundle(town, till, [{ localId, amount: 49 }], to);
  const same = await takeBundle(town, till, [{ localId }], to);
  await town.settlement.settle((await handIn(first.batch)).uploadId);
  const answers = async (batch: Uint8Array) => {
    const { uploadId } = await hold(batch);
    return (await town.settlement.settle(uploadId)).map(said);
  };
  expect(await answers(other.batch)).toEqual(['recorded', 'pending']);
  expect(await answers(same.batch)).toEqual(['recorded', 'settled']);
});

test('an upload that is stored in a transaction goes with it', async () => {
  const entry = await signEntry(sender, receiver);
  const batch = batchOf([entry.item]);
  const before = await town.count('uploads');
  const failing = inTransaction(db.serverPool, async (tx) => {
    await town.settlement.receiveIn(tx, batch, { uploader: 'ledger:open' });
    throw new Error('The intake failed.');
  });
  await expect(failing).rejects.toThrow('The intake failed.');
  expect(await town.count('uploads')).toBe(before);
  await inTransaction(db.serverPool, (tx) =>
    town.settlement.receiveIn(tx, batch, { uploader: 'ledger:open' }),
  );
  await town.passTime(DAY * 1000);
  await town.anotherNode().drain();
  expect(await stateOf(entry.id)).toBe('settled');
});
