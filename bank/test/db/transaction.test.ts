import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tx } from '../../src/db/index.ts';
import { inTransaction, isRetryable, isUnavailable } from '../../src/db/index.ts';
import { limits } from '../../src/db/limits.ts';
import { retryPauseMs } from '../../src/db/transaction.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.ownerPool.query(
    'create table purse (id int primary key, coins int8 not null check (coins >= 0))',
  );
});
beforeEach(async () => {
  await database.ownerPool.query('truncate purse');
  await database.ownerPool.query('insert into purse values (1, 100), (2, 100)');
});
afterAll(async () => {
  await database.drop();
});

async function coins(): Promise<readonly unknown[]> {
  const { rows } = await database.ownerPool.query('select coins from purse order by id');
  return rows.map((row) => row['coins']);
}
const add = (tx: Tx, id: number, amount: bigint) =>
  tx.query('update purse set coins = coins + $2 where id = $1', [id, amount]);

it('what a transaction did is there after it, and its result is given on', async () => {
  const result = await inTransaction(database.ownerPool, async (tx) => {
    await add(tx, 1, -30n);
    await add(tx, 2, 30n);
    return 'moved';
  });
  expect(result).toBe('moved');
  expect(await coins()).toEqual([70n, 130n]);
});

it('an error undoes everything, and is thrown on, once', async () => {
  let runs = 0;
  const acting = inTransaction(database.ownerPool, async (tx) => {
    runs += 1;
    await add(tx, 2, 1n);
    await add(tx, 1, -101n);
  });
  await expect(acting).rejects.toMatchObject({ code: '23514' });
  expect(runs).toBe(1);
  expect(await coins()).toEqual([100n, 100n]);
});

it('an error that was swallowed is no success: that commit is a rollback', async () => {
  const acting = inTransaction(database.ownerPool, async (tx) => {
    await add(tx, 2, 1n);
    await add(tx, 1, -101n).catch(() => undefined);
    return 'looks fine';
  });
  await expect(acting).rejects.toThrow('nothing was committed');
  expect(await coins()).toEqual([100n, 100n]);
});

it('a transaction kept beyond its end is refused', async () => {
  const kept = await inTransaction(database.ownerPool, async (tx) => ({ tx }));
  await expect(kept.tx.query('select 1')).rejects.toThrow('after its end');
});

it('two that deadlock are both done in the end, by running one of them again', async () => {
  const retried: unknown[] = [];
  const bothHoldOne = barrier(2);
  const move = (from: number, to: number) =>
    inTransaction(
      database.ownerPool,
      async (tx) => {
        await add(tx, from, -10n);
        await bothHoldOne();
        await add(tx, to, 10n);
      },
      { onRetry: (_attempt, error) => retried.push(error) },
    );
  await Promise.all([move(1, 2), move(2, 1)]);
  expect(retried).toHaveLength(1);
  expect(retried[0]).toMatchObject({ code: '40P01' });
  expect(await coins()).toEqual([100n, 100n]);
});

it('two that read and then write the same are serialised by running one again', async () => {
  let retries = 0;
  const bothHaveRead = barrier(2);
  const double = () =>
    inTransaction(
      database.ownerPool,
      async (tx) => {
        const { rows } = await tx.query<{ coins: bigint }>('select coins from purse where id = 1');
        await bothHaveRead();
        const { coins: before } = rows[0]!;
        await tx.query('update purse set coins = $1 where id = 1', [before * 2n]);
      },
      { isolation: 'serializable', onRetry: () => void (retries += 1) },
    );
  await Promise.all([double(), double()]);
  expect(retries).toBe(1);
  expect(await coins()).toEqual([400n, 100n]);
});

it('one that always collides is given up after the last attempt, with its error', async () => {
  let runs = 0;
  const acting = inTransaction(
    database.ownerPool,
    async (tx) => {
      runs += 1;
      await tx.query(`do $$ begin raise exception 'again' using errcode = '40001'; end $$`);
    },
    { random: () => 0 },
  );
  await expect(acting).rejects.toMatchObject({ code: '40001' });
  expect(runs).toBe(limits.transactionAttempts);
});

it('a connection lost in the middle is an error, not retried, and the pool goes on', async () => {
  let runs = 0;
  const acting = inTransaction(database.serverPool, async (tx) => {
    runs += 1;
    const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    await database.ownerPool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    await tx.query('select 1');
  });
  const error: unknown = await acting.catch((reason: unknown) => reason);
  expect(isUnavailable(error)).toBe(true);
  expect(isRetryable(error)).toBe(false);
  expect(runs).toBe(1);
  const { rows } = await database.serverPool.query('select 1 as one');
  expect(rows).toEqual([{ one: 1 }]);
});

it('a read-only transaction cannot write', async () => {
  const acting = inTransaction(database.ownerPool, (tx) => add(tx, 1, 1n), { readOnly: true });
  await expect(acting).rejects.toMatchObject({ code: '25006' });
});

describe('the pause before another attempt', () => {
  it('grows, is spread, and has a bound', () => {
    const attempts = fc.integer({ min: 1, max: limits.transactionAttempts });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(attempts, random, (attempt, spread) => {
        const pause = retryPauseMs(attempt, spread);
        expect(pause).toBeGreaterThanOrEqual(limits.retryPauseMs);
        expect(pause).toBeLessThan(limits.retryPauseMaxMs + 1);
        expect(retryPauseMs(attempt + 1, spread)).toBeGreaterThanOrEqual(pause);
      }),
    );
  });
});

/** Resolves for all when `count` have come; those who come later pass. */
function barrier(count: number): () => Promise<void> {
  let waiting = 0;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return async () => {
    waiting += 1;
    if (waiting >= count) open();
    await opened;
  };
}
