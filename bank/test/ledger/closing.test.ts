import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction, isUnavailable } from '../../src/db/index.ts';
import { closeBooks, createAccounts, post } from '../../src/ledger/index.ts';
import type { Transfer } from '../../src/ledger/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';

const PKR = 586;
const HOUR = 3_600_000;
const afterMs = 120_000;
const now = Date.now();
const at = (hours: number) => new Date(now + hours * HOUR);

let database: TestDatabase;
let transfer: Transfer;

beforeAll(async () => {
  database = await createTestDatabase();
  const [debit = 0n, credit = 0n] = await inTransaction(database.serverPool, (tx) =>
    createAccounts(
      tx,
      [
        { kind: 'bank_cash', currency: PKR },
        { kind: 'wallet_current', currency: PKR },
      ],
      at(-96),
    ),
  );
  transfer = { kind: 'deposit', currency: PKR, debit, credit, amountMinor: 5n };
});
afterAll(() => database.drop());

const close = (until: Date) => closeBooks(database.serverPool, { until, afterMs });
const move = (dated: Date) =>
  inTransaction(database.serverPool, (tx) => post(tx, [transfer], dated));
const moved = async () => (await database.ownerPool.query('select from ledger_transfers')).rowCount;

describe('books that are closed', () => {
  test('take no transfer of a process whose clock is two days behind, and any other', async () => {
    expect((await move(at(-48))).ok).toBe(true);
    expect(await close(at(-24))).toBe(true);
    const late = await move(at(-48)).catch((error: unknown) => error);
    expect(late).toMatchObject({ code: 'SK005' });
    // As if the database were away: nothing is given up, and the same passes elsewhere.
    expect(isUnavailable(late)).toBe(true);
    expect(await moved()).toBe(1);
    for (const hours of [-24, 0, 48]) expect((await move(at(hours))).ok).toBe(true);
  });

  test('are not opened again by whoever closes them until an earlier day', async () => {
    expect(await close(at(-72))).toBe(true);
    await expect(move(at(-25))).rejects.toMatchObject({ code: 'SK005' });
  });

  test('are of days that are over by the database’s clock', async () => {
    for (const until of [at(48), at(1), new Date(Date.now() - afterMs + 60_000)]) {
      expect(await close(until)).toBe(false);
    }
    expect((await move(at(-23))).ok).toBe(true);
  });

  test('are closed by nobody who writes to the row himself', async () => {
    for (const sql of [
      `insert into ledger_closing (until) values ('2999-01-01')`,
      `update ledger_closing set until = '2999-01-01'`,
      'delete from ledger_closing',
    ]) {
      await expect(database.serverPool.query(sql)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
