import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pool } from '../../src/db/index.ts';
import { createPool, inTransaction, serverRole } from '../../src/db/index.ts';
import type { Posted, Transfer } from '../../src/ledger/index.ts';
import { balances, checkBooks, createAccounts, post } from '../../src/ledger/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';

const PKR = 586;
const USD = 840;
const at = new Date('2026-03-01T09:00:00Z');
const connections = 8;

let database: TestDatabase;
let pool: Pool;
/** Attempts that ended in a deadlock or serialisation failure. */
let retries = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { max: connections, role: serverRole });
});

afterAll(async () => {
  await pool.close();
  await database.drop();
});

function postAll(transfers: readonly Transfer[]): Promise<Posted> {
  return inTransaction(pool, (tx) => post(tx, transfers, at), {
    onRetry: () => {
      retries += 1;
    },
  });
}

async function openWallets(currency: number, count: number, each: bigint) {
  return inTransaction(pool, async (tx) => {
    const [cash = 0n, ...wallets] = await createAccounts(
      tx,
      [
        { kind: 'bank_cash', currency },
        ...Array.from({ length: count }, () => ({ kind: 'wallet_current', currency }) as const),
      ],
      at,
    );
    const deposits = wallets.map((credit) => ({ debit: cash, credit, amountMinor: each }));
    await post(
      tx,
      deposits.map((deposit) => ({ kind: 'deposit', currency, ...deposit })),
      at,
    );
    return { cash, wallets };
  });
}

test('50 parallel spends of one full balance: exactly one succeeds', async () => {
  const { wallets } = await openWallets(PKR, 2, 700n);
  const [debit = 0n, credit = 0n] = wallets;
  const spend = { kind: 'transfer', currency: PKR, debit, credit, amountMinor: 700n };
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => postAll([spend])));
  const refused = outcomes.filter((outcome) => !outcome.ok);
  expect(refused).toHaveLength(49);
  expect(new Set(refused.map((outcome) => outcome.code))).toEqual(new Set(['insufficient_funds']));
  const after = await balances(pool, [debit, credit]);
  expect(after.get(debit)?.balanceMinor).toBe(0n);
  expect(after.get(credit)?.balanceMinor).toBe(1_400n);
});

test('random posts from 8 connections: money is conserved after every commit', async () => {
  const size = 12;
  const sets = await Promise.all([PKR, USD].map((currency) => openWallets(currency, size, 5_000n)));
  const accounts = sets.map(({ cash, wallets }) => [cash, ...wallets]);
  const leg = fc
    .record({
      money: fc.constantFrom(0, 1),
      from: fc.nat(size),
      to: fc.nat(size),
      amountMinor: fc.bigInt(1n, 4_000n),
    })
    .filter(({ from, to }) => from !== to);
  const calls = fc.array(fc.array(leg, { minLength: 1, maxLength: 30 }), {
    minLength: 80,
    maxLength: 80,
  });
  retries = 0;
  let accepted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(calls, async (all) => {
      const queue = all.map((legs) =>
        legs.map(({ money, from, to, amountMinor }) => ({
          kind: 'transfer',
          currency: money === 0 ? PKR : USD,
          debit: accounts[money]![from]!,
          credit: accounts[money]![to]!,
          amountMinor,
        })),
      );
      const work = async () => {
        for (let call = queue.pop(); call !== undefined; call = queue.pop()) {
          const outcome = await postAll(call);
          if (outcome.ok) accepted += 1;
          else {
            refused += 1;
            expect(outcome.code).toBe('insufficient_funds');
          }
          const { rows } = await pool.query('select currency from ledger_sum where sum <> 0');
          expect(rows).toEqual([]);
        }
      };
      await Promise.all(Array.from({ length: connections }, work));
      const books = await inTransaction(pool, checkBooks, { isolation: 'repeatable read' });
      expect(books).toMatchObject({ ok: true, discrepancies: [] });
    }),
    { numRuns: 6 },
  );
  // Both happened often, or the test says nothing.
  expect(accepted).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(20);
  expect(retries, 'deadlocks or serialisation failures').toBe(0);
});

test('a connection lost between post and commit leaves nothing behind', async () => {
  const { wallets } = await openWallets(PKR, 2, 10n);
  const [debit = 0n, credit = 0n] = wallets;
  const spend = { kind: 'transfer', currency: PKR, debit, credit, amountMinor: 10n };
  const lost = inTransaction(pool, async (tx) => {
    expect(await post(tx, [spend], at)).toMatchObject({ ok: true });
    const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    await database.ownerPool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  });
  await expect(lost).rejects.toThrow();
  expect((await balances(pool, [debit])).get(debit)?.balanceMinor).toBe(10n);
  expect(await postAll([spend])).toMatchObject({ ok: true });
  expect((await checkBooks(pool)).ok).toBe(true);
});
