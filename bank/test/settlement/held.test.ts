import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drainInbox } from '../../src/settlement/drain.ts';
import { settlementLimits } from '../../src/settlement/index.ts';
import { createSettlementStore } from '../../src/settlement/store/index.ts';
import { setDatabaseTime } from '../support/database-time.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import type { IssuedAllowance, Person, Town } from './town.ts';
import { batchOf, createTown, DAY, journal, receiveAt, said, START } from './town.ts';

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person({ offline: 100_000 });
  shop = await town.person({ offline: 0 });
});
afterAll(() => db.drop());

const terms = { until: START + DAY, claimUntil: START + 2 * DAY };

async function allowance(): Promise<IssuedAllowance> {
  return town.allowance(await town.device(payer), terms);
}

/** A payee whose ledger account refuses: something that no rule foresees. */
async function broken(): Promise<Person> {
  const person = await town.person({ offline: 0 });
  await db.ownerPool.query(
    'update ledger_balances set floor = 0, currency = 1 where account_id = $1',
    [person.current.ledgerAccount],
  );
  return person;
}

test('what fails again and again is decided item by item, and holds up nobody else', async () => {
  const bad = await broken();
  const [one, two] = [await allowance(), await allowance()];
  const [good] = await journal(town, one, [{ amount: 10, payee: shop.current.number }]);
  const [poison] = await journal(town, two, [{ amount: 10, payee: bad.current.number }]);
  const upload = await receiveAt(town, START + 60, [poison!.packet, good!.packet]);

  const worker = town.anotherNode();
  const failures: string[] = [];
  for (let attempt = 1; attempt <= settlementLimits.wholeAttempts; attempt++) {
    await town.passTime(3_600_000);
    const { decided, failed } = await worker.drain();
    expect(decided).toBe(0);
    failures.push(...failed.map(({ reason }) => reason));
    await town.checkMoney();
  }
  // Name and code, never the message.
  expect(new Set(failures)).toEqual(new Set(['error SK001']));
  expect(failures).toHaveLength(settlementLimits.wholeAttempts);

  await town.passTime(3_600_000);
  expect(await worker.drain()).toEqual({ decided: 1, failed: [] });
  const outcomes = await town.settlement.settle(upload);
  expect(outcomes.map(said)).toEqual(['pending', 'settled']);
  expect(await town.count('inbox')).toBe(0);
  expect(await town.count('held_items')).toBe(1);

  // It holds open its own allowance only.
  await town.settlement.closeAllowances();
  expect(await town.status(one.no)).toBe('closed');
  expect(await town.status(two.no)).not.toBe('closed');

  // Mended, and handed in again: it was received in time, so it settles.
  await db.ownerPool.query('update ledger_balances set currency = 586 where account_id = $1', [
    bad.current.ledgerAccount,
  ]);
  expect((await town.hand([poison!.packet, good!.packet])).map(said)).toEqual([
    'settled',
    'settled',
  ]);
  expect(await town.count('held_items')).toBe(0);
  await town.settlement.closeAllowances();
  expect(await town.status(two.no)).toBe('closed');
  await town.checkMoney();
});

test('a disk that is full for long leaves nothing to an operator: it settles later', async () => {
  const [payment] = await journal(town, await allowance(), [
    { amount: 10, payee: shop.current.number },
  ]);
  await db.ownerPool.query(
    `create function refuse_for_room() returns trigger language plpgsql as
      $$ begin raise exception 'no room' using errcode = '53100'; end $$`,
  );
  await db.ownerPool.query(
    `create trigger full_disk before insert on settled_payments execute function refuse_for_room()`,
  );
  const upload = await receiveAt(town, START + 60, [payment!.packet]);
  const worker = town.anotherNode();
  for (let attempt = 1; attempt <= settlementLimits.wholeAttempts + 2; attempt++) {
    await town.passTime(3_600_000);
    const { decided, failed } = await worker.drain();
    expect([decided, failed.map(({ reason }) => reason)]).toEqual([0, ['error 53100']]);
  }
  await db.ownerPool.query('drop trigger full_disk on settled_payments');
  await town.passTime(3_600_000);
  expect(await worker.drain()).toEqual({ decided: 1, failed: [] });
  expect((await town.settlement.settle(upload)).map(said)).toEqual(['settled']);
  await town.checkMoney();
});

test('a failed upload keeps open what it may be about, and waits longer each time', async () => {
  const bad = await broken();
  const [poison] = await journal(town, await allowance(), [
    { amount: 10, payee: bad.current.number },
  ]);
  const other = await allowance();
  await receiveAt(town, START + 60, [poison!.packet]);
  await town.settlement.closeAllowances();
  expect(await town.status(other.no)).toBe('expired');
  await town.passTime(3_600_000);
  // It stands still: how long a drain takes on this machine is nothing to the pauses.
  await setDatabaseTime(db, 'settlement_now', new Date());
  const worker = town.anotherNode();
  expect((await worker.drain()).failed).toHaveLength(1);
  expect((await worker.drain()).failed).toHaveLength(0);
  await town.passTime(1_000);
  expect((await worker.drain()).failed).toHaveLength(1);
  await town.passTime(1_000);
  expect((await worker.drain()).failed).toHaveLength(0);
  await setDatabaseTime(db, 'settlement_now');
  const { rows } = await db.ownerPool.query('select attempts, last_error from inbox');
  expect(rows).toEqual([{ attempts: 2, last_error: 'error SK001' }]);
  await db.ownerPool.query('delete from inbox');
});

test('what takes longer to fail than its pause is tried and told of once a drain', async () => {
  for (const byte of [1, 2])
    await town.settlement.receive(batchOf([Uint8Array.of(byte)]), 'tester');
  let now = Date.now();
  let tries = 0;
  const settle = async () => {
    tries += 1;
    if (tries > 10) return [];
    now += 3_600_000;
    await setDatabaseTime(db, 'settlement_now', new Date(now));
    throw new Error('slow');
  };
  for (const all of [2, 4]) {
    await town.passTime(3_600_000);
    const { failed } = await drainInbox(db.serverPool, { settle, settleEach: settle });
    expect([failed.length, tries]).toEqual([2, all]);
  }
  await setDatabaseTime(db, 'settlement_now');
  await db.ownerPool.query('delete from inbox');
});

test('a decision is dated after whoever had the upload before gave it up', async () => {
  const received = await town.settlement.receive(batchOf([Uint8Array.of(3)]), 'tester');
  if (!received.ok) throw new Error(received.code);
  const { uploadId } = received.value;
  const first = await db.ownerPool.connect();
  await first.query('begin');
  await first.query('select from inbox where upload_id = $1 for update', [uploadId]);
  let given = false;
  const decided = createSettlementStore(db.serverPool).deciding(uploadId, async ({ at }) => {
    expect(given).toBe(true);
    return at;
  });
  await waitsForALock();
  await pause(20);
  const { rows } = await first.query<{ now: Date }>('select clock_timestamp() as now');
  given = true;
  await first.query('rollback');
  first.release();
  expect((await decided)!.value.getTime()).toBeGreaterThanOrEqual(rows[0]!.now.getTime());
});

async function waitsForALock(): Promise<void> {
  await expect
    .poll(
      async () => {
        const { rows } = await db.ownerPool.query<{ waiting: bigint }>(
          `select count(*) as waiting from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows[0]!.waiting;
      },
      { timeout: 30_000 },
    )
    .toBe(1n);
}

test('an empty batch is a batch', async () => {
  const received = await town.settlement.receive(batchOf([]), 'tester');
  if (!received.ok) throw new Error(received.code);
  expect(await town.settlement.settle(received.value.uploadId)).toEqual([]);
});
