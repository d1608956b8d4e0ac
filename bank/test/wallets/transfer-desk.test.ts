import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '../../src/db/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import { checkBooks } from '../../src/ledger/index.ts';
import { createTransferDesk } from '../../src/wallets/index.ts';
import type { TransferAnswer, TransferOrder } from '../../src/wallets/index.ts';
import { AT, createPeopleWithWallets, DOLLAR, RUPEE } from './people-with-wallets.ts';
import type { PeopleWithWallets, Somebody } from './people-with-wallets.ts';

let town: PeopleWithWallets;
let shop: Somebody;

beforeAll(async () => {
  town = await createPeopleWithWallets();
  shop = await town.somebody('shop', 100n);
});
afterAll(() => town.database.drop());
beforeEach(async () => {
  expect(await checkBooks(town.database.ownerPool)).toMatchObject({ ok: true });
});

/** A desk, and how many orders each of its statements carried. */
function openDesk() {
  const groups: number[] = [];
  const db: Db = {
    query: (text, values) => {
      if (text.includes('wallet_order_together')) groups.push((values?.[0] as []).length);
      return town.database.serverPool.query(text, values);
    },
  };
  return { desk: createTransferDesk(db), groups };
}

const orderOf = (payer: Somebody, change: Partial<TransferOrder> = {}): TransferOrder => ({
  accountId: payer.accountId,
  account: payer.account,
  from: payer.current.number,
  to: shop.current.number,
  currency: RUPEE,
  amountMinor: 100n,
  kind: 'transfer',
  idempotencyKey: undefined,
  unprovedLimitMinor: undefined,
  at: AT,
  ...change,
});

let opened = 0;
const someone = (minor = 1_000n, currency = RUPEE) =>
  town.somebody(`someone-${(opened += 1)}`, minor, currency);
const people = async (count: number, minor?: bigint) => {
  const all: Somebody[] = [];
  for (let n = 0; n < count; n += 1) all.push(await someone(minor));
  return all;
};
const count = async (table: string) => {
  const sql = `select count(*) as count from ${table}`;
  const { rows } = await town.database.ownerPool.query<{ count: bigint }>(sql);
  return Number(rows[0]?.count);
};
const codeOf = (answer: TransferAnswer | undefined) =>
  answer === undefined || answer.ok ? 'done' : answer.code;

test('twenty people who order at once are served by one statement, each completely', async () => {
  const payers = await people(20);
  const before = await town.balance(shop.current);
  const { desk, groups } = openDesk();
  const answers = await Promise.all(
    payers.map((payer, n) =>
      desk.transfer(
        orderOf(payer, {
          idempotencyKey: 'rent',
          amountMinor: BigInt(n + 1),
          unprovedLimitMinor: 1_000n,
          ...(n % 2 === 0 ? {} : { kind: 'payment', reference: 'RENT-NOV' }),
        }),
      ),
    ),
  );
  expect(groups).toEqual([20]);
  expect(answers).toMatchObject(
    payers.map(({ account }, n) => ({
      ok: true,
      repeated: false,
      transfer: { account, amountMinor: BigInt(n + 1), at: AT },
    })),
  );
  const ids = answers.flatMap((answer) => (answer.ok ? [String(answer.transfer.id)] : []));
  expect(await town.balance(shop.current)).toBe(before + 210n);
  const list = ids.join(',');
  expect(await count(`wallet_transfers where id in (${list})`)).toBe(20);
  expect(await count(`event_outbox where topic = 'transfer' and key in (${list})`)).toBe(20);
  const own = ids.map((id) => `'transfer:${id}'`).join(',');
  expect(await count(`audit_events where subject in (${own})`)).toBe(20);
  expect(
    await count(
      `ledger_transfers as l
       join wallet_transfers as t on l.reference = convert_to('transfer:' || t.id, 'UTF8')
       join wallets as f on f.number = t.from_wallet and f.ledger_account = l.debit_account
       join wallets as w on w.number = t.to_wallet and w.ledger_account = l.credit_account
       where l.kind = 'transfer' and l.amount = t.amount and t.id in (${list})`,
    ),
  ).toBe(20);
  for (const [n, payer] of payers.entries()) {
    expect(await town.balance(payer.current)).toBe(1_000n - BigInt(n + 1));
    const spent = `unproved_spending where account_id = ${payer.accountId} and total = ${n + 1}`;
    expect(await count(spent)).toBe(1);
  }
});

describe('in a group with others that are carried out, each is answered as if alone', () => {
  const limited = { unprovedLimitMinor: 150n } as const;

  test.each<[string, Partial<TransferOrder>, string]>([
    ['nobody’s wallet', { to: 999_999_999_999 }, 'wallet/not_found'],
    ['more than there is', { amountMinor: 1_001n }, 'wallet/insufficient_funds'],
    ['another currency', { currency: DOLLAR }, 'wallet/currency_mismatch'],
    ['above the limit', { ...limited, amountMinor: 151n }, 'auth/step_up_required'],
    ['above both', { ...limited, amountMinor: 1_001n }, 'auth/step_up_required'],
    ['up to the limit', { ...limited, amountMinor: 150n }, 'done'],
    ['all there is', { amountMinor: 1_000n }, 'done'],
  ])('%s', async (_, change, code) => {
    const [a, odd, b] = await people(3);
    if (a === undefined || odd === undefined || b === undefined) throw new Error('Nobody.');
    const orders = [orderOf(a), orderOf(odd, change), orderOf(b)];
    const { desk, groups } = openDesk();
    const answers = await Promise.all(orders.map((order) => desk.transfer(order)));
    expect(groups).toEqual([3]);
    expect(answers.map(codeOf)).toEqual(['done', code, 'done']);
  });

  test('wallets of others, shut, for spending offline, or of somebody erased', async () => {
    const [a, b, c, d, shut, gone] = await people(6);
    if (!a || !b || !c || !d || !shut || !gone) throw new Error('Nobody.');
    const { ownerPool } = town.database;
    await ownerPool.query(`update wallets set status = 'inactive' where account_id = $1`, [
      shut.accountId,
    ]);
    await ownerPool.query(`update accounts set status = 'closed' where id = $1`, [gone.accountId]);
    const { desk, groups } = openDesk();
    const answers = await Promise.all([
      desk.transfer(orderOf(a, { from: shop.current.number, to: a.current.number })),
      desk.transfer(orderOf(b, { to: shut.current.number })),
      desk.transfer(orderOf(c, { to: d.offline.number })),
      desk.transfer(orderOf(d, { to: gone.current.number })),
      desk.transfer(orderOf(shut)),
      desk.transfer(orderOf(gone, { to: gone.offline.number })),
    ]);
    // Of the second are those that pay to, or are paid from, a wallet of the first.
    expect(groups).toEqual([4, 2]);
    expect(answers.map(codeOf)).toEqual([
      'wallet/not_found',
      'wallet/inactive',
      'wallet/transfer_not_allowed',
      'wallet/inactive',
      'wallet/inactive',
      'wallet/inactive',
    ]);
  });

  test('used keys and references', async () => {
    const [a, b, c] = await people(3);
    if (!a || !b || !c) throw new Error('Nobody.');
    const { desk, groups } = openDesk();
    const first = orderOf(a, { idempotencyKey: 'k' });
    const paid = orderOf(b, { kind: 'payment', reference: 'INVOICE-1' });
    const [before] = await Promise.all([desk.transfer(first), desk.transfer(paid)]);
    const again = await Promise.all([
      desk.transfer(first),
      desk.transfer(paid),
      desk.transfer(orderOf(c)),
    ]);
    expect(again[0]).toEqual({ ...before, repeated: true });
    expect(again.map(codeOf)).toEqual(['done', 'transaction/reference_taken', 'done']);
    const reused = [desk.transfer({ ...first, amountMinor: 1n }), desk.transfer(orderOf(c))];
    expect((await Promise.all(reused)).map(codeOf)).toEqual(['idempotency/key_reused', 'done']);
    expect(groups).toEqual([2, 3, 2]);
  });

  test('two days in turns, where the later one is being counted already', async () => {
    const [a, b] = await people(2);
    if (!a || !b) throw new Error('Nobody.');
    const { desk } = openDesk();
    const on = (day: string) => ({ unprovedLimitMinor: 100n, at: new Date(`${day}T12:00:00Z`) });
    const turn = (day: string) =>
      Promise.all([desk.transfer(orderOf(a, on(day))), desk.transfer(orderOf(b, on(day)))]);
    const answers = [await turn('2026-11-22'), await turn('2026-11-23'), await turn('2026-11-22')];
    expect(answers.map((two) => two.map(codeOf))).toEqual([
      ['done', 'done'],
      ['done', 'done'],
      ['auth/step_up_required', 'auth/step_up_required'],
    ]);
  });
});

describe('where something comes between', () => {
  test('orders of one person, or of two who pay each other, are not of one group', async () => {
    const [a, b] = await people(2, 100n);
    if (!a || !b) throw new Error('Nobody.');
    const { desk, groups } = openDesk();
    const whole = () => desk.transfer(orderOf(a));
    expect((await Promise.all([whole(), whole(), whole()])).map(codeOf).toSorted()).toEqual([
      'done',
      'wallet/insufficient_funds',
      'wallet/insufficient_funds',
    ]);
    const [c, d] = [await someone(0n), await someone(0n)];
    const both = [
      desk.transfer(orderOf(c, { to: d.current.number })),
      desk.transfer(orderOf(d, { to: c.current.number })),
    ];
    expect((await Promise.all(both)).map(codeOf)).toEqual([
      'wallet/insufficient_funds',
      'wallet/insufficient_funds',
    ]);
    expect(groups).toEqual([]);
  });

  test('who waits for a lock does not keep the others of the group waiting', async () => {
    const [a, held, b] = await people(3);
    if (!a || !held || !b) throw new Error('Nobody.');
    const { desk, groups } = openDesk();
    const to = (await someone()).current.number;
    const order = await inTransaction(town.database.ownerPool, async (tx) => {
      const account = held.current.ledgerAccount;
      await tx.query(`select from ledger_balances where account_id = $1 for update`, [account]);
      const [first, waits, last] = [a, held, b].map((one) => desk.transfer(orderOf(one, { to })));
      expect((await Promise.all([first, last])).map((one) => codeOf(one))).toEqual([
        'done',
        'done',
      ]);
      return { waits };
    });
    expect(codeOf(await order.waits)).toBe('done');
    expect(groups).toEqual([3]);
  });

  test('a database that is gone is told to everybody, and nothing is ordered again', async () => {
    const asked: string[] = [];
    const desk = createTransferDesk({
      query: (text) => {
        asked.push(text);
        return Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
      },
    });
    const payers = await people(2);
    const answers = await Promise.allSettled(payers.map((one) => desk.transfer(orderOf(one))));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asked).toHaveLength(1);
  });

  test('two banks over one database, one key for each person: one transfer each', async () => {
    const payers = await people(10);
    const desks = [openDesk().desk, openDesk().desk];
    const answers = await Promise.all(
      payers.flatMap((payer) =>
        desks.map((desk) => desk.transfer(orderOf(payer, { idempotencyKey: 'once' }))),
      ),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(answers.filter((answer) => answer.ok && !answer.repeated)).toHaveLength(10);
    for (const payer of payers) expect(await town.balance(payer.current)).toBe(900n);
  });
});

test('whatever many order at once: no money is made or owed, a repeat says the same', async () => {
  const crowd = await people(5, 300n);
  const worth = async () => {
    const each = await Promise.all(crowd.map(({ current }) => town.balance(current)));
    expect(each.every((minor) => minor >= 0n)).toBe(true);
    return each.reduce((sum, minor) => sum + minor, 0n);
  };
  const place = fc.integer({ min: 0, max: crowd.length - 1 });
  const asked = fc.record({ payer: place, payee: place, minor: fc.bigInt(1n, 400n) });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 30 }), async (list) => {
      runs += 1;
      const orders = list.map(({ payer, payee, minor: amountMinor }, n) =>
        orderOf(crowd[payer] ?? shop, {
          to: (crowd[payee] ?? shop).current.number,
          amountMinor,
          idempotencyKey: `run-${runs}-${n}`,
        }),
      );
      const { desk } = openDesk();
      const before = await worth();
      const first = await Promise.all(orders.map((order) => desk.transfer(order)));
      expect(await worth()).toBe(before);
      const done = orders.filter((_, n) => first[n]?.ok === true);
      const again = await Promise.all(done.map((order) => desk.transfer(order)));
      const told = first.filter(({ ok }) => ok);
      expect(again).toEqual(told.map((answer) => ({ ...answer, repeated: true })));
    }),
    { numRuns: 15 },
  );
});
