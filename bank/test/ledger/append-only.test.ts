import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { checkBooks, createAccounts, post } from '../../src/ledger/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';

const PKR = 586;
const at = new Date('2026-03-01T09:00:00Z');

let database: TestDatabase;
let wallet: bigint;

beforeAll(async () => {
  database = await createTestDatabase();
  wallet = await inTransaction(database.serverPool, async (tx) => {
    const [cash = 0n, opened = 0n] = await createAccounts(
      tx,
      [
        { kind: 'bank_cash', currency: PKR },
        { kind: 'wallet_current', currency: PKR },
      ],
      at,
    );
    const transfer = { kind: 'deposit', currency: PKR, debit: cash, credit: opened };
    await post(tx, [{ ...transfer, amountMinor: 100n }], at);
    return opened;
  });
});

afterAll(() => database.drop());

describe('the server cannot change the ledger but by posting', () => {
  test.each([
    'update ledger_transfers set amount = 1',
    'delete from ledger_transfers',
    'truncate ledger_transfers',
    'update ledger_accounts set currency = 840',
    'delete from ledger_accounts',
    'truncate ledger_accounts',
    'update ledger_balances set balance = 1000000',
    'update ledger_balances set floor = null',
    'delete from ledger_balances',
    'truncate ledger_balances',
    `insert into ledger_transfers (kind, currency, debit_account, credit_account, amount, at)
     values ('deposit', 586, 1, 2, 5, now())`,
    `insert into ledger_accounts (kind, currency, created_at)
     values ('bank_cash', 586, now())`,
    'insert into ledger_balances (account_id, currency, balance) values (1, 586, 5)',
    'alter table ledger_transfers disable trigger all',
    'create table ledger_new (id int)',
  ])('%s', async (sql) => {
    await expect(database.serverPool.query(sql)).rejects.toMatchObject({ code: '42501' });
  });
});

describe('nor can the owner rewrite transfers or accounts by accident', () => {
  test.each([
    'update ledger_transfers set amount = 1',
    'delete from ledger_transfers where false',
    'truncate ledger_transfers',
    'update ledger_accounts set currency = 840',
  ])('%s', async (sql) => {
    await expect(database.ownerPool.query(sql)).rejects.toThrow('append-only');
  });
});

describe('the database itself refuses, whatever the program', () => {
  test.each([
    ['a balance under its floor', 'ledger_balances_floor', [2n, 1n, 101n]],
    ['an amount of zero', 'ledger_transfers_amount', [2n, 1n, 0n]],
    ['a negative amount', 'ledger_transfers_amount', [2n, 1n, -5n]],
    ['2^53', 'ledger_transfers_amount', [1n, 2n, 2n ** 53n]],
    ['an account paying itself', 'ledger_transfers_two_sides', [2n, 2n, 5n]],
  ] as const)('%s', async (_name, constraint, [debit, credit, amount]) => {
    const posted = database.serverPool.query(
      `select ledger_post(array[$1::bigint], array[$2::bigint], array[$3::bigint], array[586],
         array['transfer'], array[null::bytea], now())`,
      [debit, credit, amount],
    );
    await expect(posted).rejects.toMatchObject({ code: '23514', constraint });
  });

  test('arrays of different lengths', async () => {
    const posted = database.serverPool.query(
      `select ledger_post(array[1::bigint], array[2::bigint], array[5::bigint, 6], array[586],
         array['transfer'], array[null::bytea], now())`,
    );
    await expect(posted).rejects.toMatchObject({ code: '22023' });
  });
});

test('a balance changed by an owner of the database is found and named', async () => {
  await database.ownerPool.query(
    'update ledger_balances set balance = balance + 1 where account_id = $1',
    [wallet],
  );
  const books = await checkBooks(database.serverPool);
  expect(books.ok).toBe(false);
  expect(books.sums.get(PKR)).toBe(1n);
  expect(books.discrepancies).toEqual([
    { account: wallet, currency: PKR, balanceMinor: 101n, explainedMinor: 100n },
  ]);
});
