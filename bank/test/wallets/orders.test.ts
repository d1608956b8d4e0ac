import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkBooks } from '../../src/ledger/index.ts';
import { transfer } from '../../src/wallets/index.ts';
import type { TransferOrder } from '../../src/wallets/index.ts';
import { refuseTransfer } from '../../src/wallets/rules.ts';
import { untilAnswered } from '../support/connections.ts';
import { AT, createPeopleWithWallets, DOLLAR, RUPEE } from './people-with-wallets.ts';
import type { PeopleWithWallets, Somebody } from './people-with-wallets.ts';

let town: PeopleWithWallets;
let ayesha: Somebody;
let bilal: Somebody;
let dollars: Somebody;
let shut: Somebody;

beforeAll(async () => {
  town = await createPeopleWithWallets();
  ayesha = await town.somebody('ayesha', 100_000_000n);
  bilal = await town.somebody('bilal', 100_000n);
  dollars = await town.somebody('dollars', 0n, DOLLAR);
  shut = await town.somebody('shut', 500n);
  await setStatus(shut, 'inactive');
});
afterAll(() => town.database.drop());
beforeEach(async () => {
  // Whatever a test leaves behind, the books are right.
  expect(await checkBooks(town.database.ownerPool)).toMatchObject({ ok: true });
});

async function setStatus({ accountId }: Somebody, status: string): Promise<void> {
  const sql = 'update wallets set status = $2 where account_id = $1';
  await town.database.ownerPool.query(sql, [accountId, status]);
}

/** One rupee from ayesha to bilal, but for what is said. */
const order = (change: Partial<TransferOrder> = {}): TransferOrder => ({
  accountId: ayesha.accountId,
  account: 'ayesha',
  from: ayesha.current.number,
  to: bilal.current.number,
  currency: RUPEE,
  amountMinor: 100n,
  kind: 'transfer',
  idempotencyKey: undefined,
  unprovedLimitMinor: undefined,
  at: AT,
  ...change,
});
const place = (change: Partial<TransferOrder> = {}) =>
  untilAnswered(() => transfer(town.database.serverPool, order(change)));
const count = async (table: string) => {
  const sql = `select count(*) as count from ${table}`;
  const { rows } = await town.database.ownerPool.query<{ count: bigint }>(sql);
  return rows[0]?.count;
};

test('the database and the written rules say the same of every pair of wallets', async () => {
  const people = [ayesha, bilal, dollars, { ...shut, shut: true }];
  const wallets = people.flatMap((person) =>
    [person.current, person.offline].map((wallet) => ({
      ...wallet,
      status: 'shut' in person ? ('inactive' as const) : wallet.status,
    })),
  );
  const asked = wallets.flatMap((from) => wallets.map((to) => ({ from, to })));
  for (const { from, to } of asked) {
    for (const currency of [RUPEE, DOLLAR]) {
      const rule = refuseTransfer({ accountId: ayesha.accountId, currency, from, to });
      const amountMinor = 10_000_000_000_000n;
      const answer = await place({ from: from.number, to: to.number, currency, amountMinor });
      expect(answer).toEqual({ ok: false, code: rule ?? 'wallet/insufficient_funds' });
    }
  }
});

describe('a used key is answered first', () => {
  const first = () => order({ idempotencyKey: 'first', reference: 'INVOICE-1', kind: 'payment' });

  test.each([
    ['after its wallets were deactivated', () => setStatus(bilal, 'inactive')],
    [
      'after the money is gone',
      async () => {
        const amountMinor = await town.balance(ayesha.current);
        expect(await place({ to: ayesha.offline.number, amountMinor })).toMatchObject({ ok: true });
      },
    ],
    ['with a reference that it took itself', async () => undefined],
    ['after the limit without a second factor has come down', async () => undefined],
  ])('%s', async (_, change) => {
    const answer = await transfer(town.database.serverPool, first());
    expect(answer).toMatchObject({ ok: true });
    await change();
    const again = { ...first(), unprovedLimitMinor: 1n };
    const repeat = await transfer(town.database.serverPool, again);
    expect(repeat).toEqual({ ...answer, repeated: true });
    await setStatus(bilal, 'active');
    await town.deposit(ayesha.current, 1_000_000n);
  });

  test.each([
    ['amount', { amountMinor: 101n }],
    ['receiver', { to: 999_999_999_999 }],
    ['kind', { kind: 'transfer' }],
    ['reference', { reference: 'INVOICE-2' }],
  ] as const)('and refused with another %s', async (_, change) => {
    const before = await count('wallet_transfers');
    const answer = await transfer(town.database.serverPool, { ...first(), ...change });
    expect(answer).toEqual({ ok: false, code: 'idempotency/key_reused' });
    expect(await count('wallet_transfers')).toBe(before);
  });
});

test('nobody can pay who has been erased, and the payer keeps the money', async () => {
  const gone = await town.somebody('gone');
  await town.database.ownerPool.query(`update accounts set status = 'closed' where id = $1`, [
    gone.accountId,
  ]);
  const before = await town.balance(ayesha.current);
  const answer = await place({ to: gone.current.number });
  expect(answer).toEqual({ ok: false, code: 'wallet/inactive' });
  expect(await town.balance(ayesha.current)).toBe(before);
});

test('a reference is its payer’s once; another payer may use the same', async () => {
  const before = await town.balance(bilal.current);
  const one = { kind: 'payment', reference: 'RENT-NOV' } as const;
  expect(await place(one)).toMatchObject({ ok: true, transfer: { reference: 'RENT-NOV' } });
  expect(await place(one)).toEqual({ ok: false, code: 'transaction/reference_taken' });
  const his = { accountId: bilal.accountId, account: 'bilal', from: bilal.current.number };
  expect(await place({ ...one, ...his, to: ayesha.current.number })).toMatchObject({ ok: true });
  expect(await town.balance(bilal.current)).toBe(before);
});

test('twenty payments of one reference at once are one', async () => {
  const one = { kind: 'payment', reference: 'RENT-DEC' } as const;
  const answers = await Promise.all(Array.from({ length: 20 }, () => place(one)));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
});

describe('without a fresh second factor', () => {
  const limited = { unprovedLimitMinor: 1_000n };

  test('the limit holds for the sum of a day, not for one payment', async () => {
    const at = new Date('2026-11-22T10:00:00.000Z');
    const payments = [400n, 400n, 201n, 200n, 1n];
    const answers: boolean[] = [];
    for (const amountMinor of payments) {
      answers.push((await place({ ...limited, amountMinor, at })).ok);
    }
    expect(answers).toEqual([true, true, false, true, false]);
    expect(await place({ ...limited, amountMinor: 1n, at })).toEqual({
      ok: false,
      code: 'auth/step_up_required',
    });
  });

  test('each day begins anew, own wallets do not count, a fresh factor has no limit', async () => {
    const at = new Date('2026-11-23T00:00:00.000Z');
    const amountMinor = 1_000n;
    expect(await place({ ...limited, amountMinor: 1_001n, at })).toMatchObject({ ok: false });
    const own = { ...limited, to: ayesha.offline.number, amountMinor: 5_000n, at };
    expect(await place(own)).toMatchObject({ ok: true });
    expect(await place({ ...limited, amountMinor, at })).toMatchObject({ ok: true });
    expect(await place({ amountMinor: 50_000n, at })).toMatchObject({ ok: true });
  });

  test('a payment that failed for want of money has not used the limit up', async () => {
    const poor = await town.somebody('poor', 100n);
    const his = { accountId: poor.accountId, account: 'poor', from: poor.current.number };
    const short = await place({ ...limited, ...his, amountMinor: 900n });
    expect(short).toEqual({ ok: false, code: 'wallet/insufficient_funds' });
    await town.deposit(poor.current, 900n);
    expect(await place({ ...limited, ...his, amountMinor: 900n })).toMatchObject({ ok: true });
  });

  test('ten at once do not slip past it', async () => {
    const at = new Date('2026-11-24T10:00:00.000Z');
    const tenth = { ...limited, amountMinor: 300n, at };
    const answers = await Promise.all(Array.from({ length: 10 }, () => place(tenth)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(3);
  });

  test('orders from both sides of midnight, taking turns, get two days and no more', async () => {
    const before = new Date('2026-12-24T23:59:59.900Z');
    const after = new Date('2026-12-25T00:00:00.100Z');
    const turns = [before, after, before, after, before, after];
    const inTurn: boolean[] = [];
    for (const at of turns) {
      inTurn.push((await place({ ...limited, amountMinor: 1_000n, at })).ok);
    }
    expect(inTurn).toEqual([true, true, false, false, false, false]);
    const days = [new Date('2026-12-25T23:59:59.900Z'), new Date('2026-12-26T00:00:00.100Z')];
    const atOnce = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        place({ ...limited, amountMinor: 1_000n, at: days[n % 2] ?? AT }),
      ),
    );
    // Of the day before nothing was left.
    expect(atOnce.filter(({ ok }) => ok)).toHaveLength(1);
  });
});

test('of fifty transfers of the whole balance at once, exactly one is done', async () => {
  const rich = await town.somebody('rich', 777n);
  const his = { accountId: rich.accountId, account: 'rich', from: rich.current.number };
  const whole = { ...his, amountMinor: 777n };
  const answers = await Promise.all(Array.from({ length: 50 }, () => place(whole)));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  const codes = answers.flatMap((answer) => (answer.ok ? [] : [answer.code]));
  expect(new Set(codes)).toEqual(new Set(['wallet/insufficient_funds']));
  expect(await town.balance(rich.current)).toBe(0n);
});

test('fifty both ways at once move what they say, and nothing waits for ever', async () => {
  const before = await town.balance(bilal.current);
  const back = { accountId: bilal.accountId, account: 'bilal', from: bilal.current.number };
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      place(index % 2 === 0 ? {} : { ...back, to: ayesha.current.number }),
    ),
  );
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(await town.balance(bilal.current)).toBe(before);
});

test('each transfer has its row, audit event, announcement and ledger entry', async () => {
  const transfers = await count('wallet_transfers');
  expect(await count(`audit_events where action = 'wallet.transfer'`)).toBe(transfers);
  expect(await count(`event_outbox where topic = 'transfer'`)).toBe(transfers);
  expect(await count(`ledger_transfers where kind = 'transfer'`)).toBe(transfers);
});
