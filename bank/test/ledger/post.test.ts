import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pool } from '../../src/db/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import type { Posted, Transfer } from '../../src/ledger/index.ts';
import {
  balances,
  checkBooks,
  createAccounts,
  ledgerLimits,
  post,
  transfersOf,
} from '../../src/ledger/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';

const PKR = 586;
const USD = 840;
const at = new Date('2026-03-01T09:00:00Z');
const largest = ledgerLimits.amountMinor;

let database: TestDatabase;
let pool: Pool;
let cash: bigint;
let ayesha: bigint;
let bilal: bigint;
let dollars: bigint;
let credit: bigint;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.serverPool;
  const ids = await inTransaction(pool, (tx) =>
    createAccounts(
      tx,
      [
        { kind: 'bank_cash', currency: PKR },
        { kind: 'wallet_current', currency: PKR },
        { kind: 'wallet_current', currency: PKR },
        { kind: 'wallet_current', currency: USD },
        { kind: 'credit_line', currency: PKR, floorMinor: -500n },
      ],
      at,
    ),
  );
  [cash = 0n, ayesha = 0n, bilal = 0n, dollars = 0n, credit = 0n] = ids;
  expect(await postAll([deposit(ayesha, 1_000n)])).toMatchObject({ ok: true });
});

afterAll(() => database.drop());

function deposit(account: bigint, amountMinor: bigint): Transfer {
  return { kind: 'deposit', currency: PKR, debit: cash, credit: account, amountMinor };
}

function pay(amountMinor: bigint): Transfer {
  return { kind: 'transfer', currency: PKR, debit: ayesha, credit: bilal, amountMinor };
}

function postAll(transfers: readonly Transfer[]): Promise<Posted> {
  return inTransaction(pool, (tx) => post(tx, transfers, at));
}

async function balanceOf(account: bigint): Promise<bigint | undefined> {
  return (await balances(pool, [account])).get(account)?.balanceMinor;
}

describe('a refusal is a value, moves nothing and leaves the transaction usable', () => {
  const paid = new Uint8Array(32).fill(7);
  const cases: readonly [string, () => readonly Transfer[], string][] = [
    ['one minor unit more than there is', () => [pay(1_001n)], 'insufficient_funds'],
    ['short after several that fit alone', () => [pay(600n), pay(600n)], 'insufficient_funds'],
    [
      'a credit line beyond its floor',
      () => [{ ...pay(501n), debit: credit }],
      'insufficient_funds',
    ],
    ['a reference used before', () => [{ ...pay(1n), reference: paid }], 'duplicate_reference'],
    [
      'the same reference twice in one call',
      () => [1, 2].map(() => ({ ...pay(1n), reference: new Uint8Array(8) })),
      'duplicate_reference',
    ],
    ['rupees to dollars', () => [{ ...pay(1n), credit: dollars }], 'currency_mismatch'],
    ['dollars between rupees', () => [{ ...pay(1n), currency: USD }], 'currency_mismatch'],
    [
      'an account in two currencies within one call',
      () => [pay(1n), { ...pay(1n), currency: USD, credit: dollars }],
      'currency_mismatch',
    ],
    ['nobody to credit', () => [{ ...pay(1n), credit: 999_999n }], 'unknown_account'],
    ['nobody to debit', () => [{ ...pay(1n), debit: 999_999n }], 'unknown_account'],
    [
      'a balance beyond 64 bits',
      () => Array.from({ length: 1_025 }, () => deposit(ayesha, largest)),
      'balance_out_of_range',
    ],
  ];

  beforeAll(async () => {
    expect(await postAll([{ ...pay(1n), reference: paid }])).toMatchObject({ ok: true });
    expect(await postAll([deposit(ayesha, 1n)])).toMatchObject({ ok: true });
  });

  test.each(cases)('%s', async (_name, transfers, code) => {
    const before = [await balanceOf(ayesha), await balanceOf(bilal)];
    const outcome = await inTransaction(pool, async (tx) => {
      const refused = await post(tx, transfers(), at);
      const after = await balances(tx, [ayesha]);
      expect(after.size).toBe(1);
      return refused;
    });
    expect(outcome).toEqual({ ok: false, code });
    expect([await balanceOf(ayesha), await balanceOf(bilal)]).toEqual(before);
    expect((await checkBooks(pool)).ok).toBe(true);
  });
});

describe('what no caller may ask is thrown', () => {
  test.each([
    ['nothing', 0n],
    ['less than nothing', -1n],
    ['more than 2^53 − 1', largest + 1n],
  ])('%s', async (_name, amountMinor) => {
    await expect(postAll([pay(amountMinor)])).rejects.toThrow(RangeError);
  });

  test('an account that pays itself', async () => {
    await expect(postAll([{ ...pay(1n), credit: ayesha }])).rejects.toThrow(RangeError);
  });

  test('more transfers than fit', async () => {
    const many = Array.from({ length: ledgerLimits.transfersAtOnce + 1 }, () => pay(1n));
    await expect(postAll(many)).rejects.toThrow(RangeError);
  });

  test('a floor for anything but a credit line', async () => {
    const account = { kind: 'wallet_current', currency: PKR, floorMinor: -1n } as const;
    await expect(inTransaction(pool, (tx) => createAccounts(tx, [account], at))).rejects.toThrow(
      RangeError,
    );
  });

  test('a currency that is none', async () => {
    const account = { kind: 'wallet_current', currency: 1_000 } as const;
    await expect(inTransaction(pool, (tx) => createAccounts(tx, [account], at))).rejects.toThrow(
      'ledger_accounts_currency',
    );
  });
});

test('ids come in the order of the transfers, accounts in the order asked', async () => {
  const outcome = await postAll([pay(3n), pay(1n), pay(2n), deposit(ayesha, 6n)]);
  if (!outcome.ok) throw new Error(outcome.code);
  const posted = await transfersOf(pool, { accounts: [ayesha], limit: 4 });
  expect(posted.map(({ id }) => id)).toEqual([...outcome.ids].reverse());
  expect(posted.map(({ amountMinor }) => amountMinor)).toEqual([6n, 2n, 1n, 3n]);
  const kinds = ['reservation', 'float', 'reservation'] as const;
  const opened = await inTransaction(pool, (tx) =>
    createAccounts(
      tx,
      kinds.map((kind) => ({ kind, currency: PKR })),
      at,
    ),
  );
  const { rows } = await pool.query<{ kind: string }>(
    'select kind from ledger_accounts where id = any ($1::bigint[]) order by id',
    [opened],
  );
  expect(rows.map(({ kind }) => kind)).toEqual(kinds);
  expect(opened).toEqual([...opened].sort((a, b) => Number(a - b)));
});

test('money may pass through an empty account within one call', async () => {
  const [empty = 0n] = await inTransaction(pool, (tx) =>
    createAccounts(tx, [{ kind: 'suspense', currency: PKR }], at),
  );
  const through = [
    { ...pay(5n), debit: empty },
    { ...pay(5n), credit: empty },
  ];
  expect(await postAll(through)).toMatchObject({ ok: true });
  expect(await balanceOf(empty)).toBe(0n);
});

test('a settlement may carry a reference again: its uniqueness is kept elsewhere', async () => {
  const settle = { ...pay(1n), kind: 'settlement', reference: new Uint8Array(32) };
  expect(await postAll([settle, settle])).toMatchObject({ ok: true });
});

test('history is paged, newest first, each transfer once, without settlements', async () => {
  const page = await transfersOf(pool, { accounts: [ayesha, bilal], limit: 2 });
  const rest = await transfersOf(pool, { accounts: [ayesha, bilal], before: page[1]! });
  const ids = [...page, ...rest].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual([...ids].sort((a, b) => Number(b - a)));
  expect([...page, ...rest].map(({ kind }) => kind)).not.toContain('settlement');
});
