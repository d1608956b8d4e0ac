import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStaffedBank } from '../../support/staffed-bank.ts';
import type { StaffedBank } from '../../support/staffed-bank.ts';
import type { PageUser, Sender } from './pages.ts';
import {
  approved,
  balanceOf,
  chained,
  decide,
  fundLine,
  pay,
  sealed,
  send,
  sender,
} from './pages.ts';

let bank: StaffedBank;
let payer: Sender;
let shop: PageUser;
beforeAll(async () => {
  bank = await startStaffedBank();
  await fundLine(bank, '49000.00');
  payer = await sender(bank, 5000);
  shop = await approved(bank);
});
afterAll(() => bank.stop());

const settle = (body: string) => send(bank, '/settle-ledger', body);
const verify = (body: string) => send(bank, '/verify-ledger', body);

test('a ledger is verified, settled once, and grows', async () => {
  const one = await pay(payer, shop, { txnId: 'GROW-1', amount: '10.5' });
  const two = await pay(payer, shop, { txnId: 'GROW-2', amount: '20' });
  const first = await sealed(bank, shop, chained([one, two]));
  const before = Number(await balanceOf(bank, payer));
  expect(await verify(first)).toMatchObject({ ok: true, transactions: ['GROW-1', 'GROW-2'] });
  expect(Number(await balanceOf(bank, payer))).toBe(before);
  const done = await settle(first);
  expect(done).toMatchObject({ status: 200, ok: true, errors: [] });
  expect(done.transactions).toEqual(['GROW-1', 'GROW-2']);
  expect(done.logIds).toHaveLength(2);
  expect(Number(await balanceOf(bank, payer))).toBe(before - 30.5);
  const again = await settle(first);
  expect(again).toMatchObject({ ok: false, transactions: [], logIds: [] });
  expect(again.errors[0]).toBe('Transaction GROW-1 already settled (replay detected)');
  const three = await pay(payer, shop, { txnId: 'GROW-3', amount: '1' });
  const grown = await settle(await sealed(bank, shop, chained([one, two, three])));
  expect(grown).toMatchObject({ ok: true, transactions: ['GROW-3'] });
  expect(grown.errors).toHaveLength(2);
  const shorter = await settle(await sealed(bank, shop, chained([one])));
  expect(shorter).toMatchObject({ ok: false, transactions: [] });
  expect(Number(await balanceOf(bank, payer))).toBe(before - 31.5);
});

test.each([
  ['a plain list', (entries: readonly string[]) => `[${entries.join(',')}]`],
  [
    'an export',
    (entries: readonly string[]) =>
      `{"ledger":{"receiver_id":"${shop.userId}","entries":[${entries.join(',')}]}}`,
  ],
  ['one entry', (entries: readonly string[]) => entries[0] ?? ''],
])('%s settles by its senders’ signatures', async (_, form) => {
  const body = form(chained([await pay(payer, shop)]));
  expect(await settle(body)).toMatchObject({ ok: true, errors: [] });
  expect(await settle(body)).toMatchObject({ ok: false, transactions: [] });
});

test('one entry from the middle of a ledger settles without those before it', async () => {
  const entries = chained([await pay(payer, shop), await pay(payer, shop, { txnId: 'MIDDLE' })]);
  expect(await settle(entries[1] ?? '')).toMatchObject({ transactions: ['MIDDLE'] });
});

test('a transaction of the older form, without wallet_id, debits the only limit', async () => {
  const [entry] = chained([await pay(payer, shop, { walletId: undefined, txnId: 'OLDER' })]);
  expect(await settle(entry ?? '')).toMatchObject({ ok: true, transactions: ['OLDER'] });
});

describe('what is wrong with one transaction leaves the others', () => {
  test.each<[string, string, () => Promise<string>]>([
    ['an amount finer than the currency', 'not exact', () => pay(payer, shop, { amount: '1.001' })],
    ['an amount of nothing', 'not exact', () => pay(payer, shop, { amount: '0' })],
    ['an amount beyond 2^53', 'not exact', () => pay(payer, shop, { amount: '90071992547409920' })],
    [
      'somebody else’s wallet',
      'not the sender’s',
      () => pay(payer, shop, { walletId: '0f1e2d3c-4b5a-4978-8a9b-acbdcedfe0f1' }),
    ],
    ['more than the limit', 'Insufficient limit', () => pay(payer, shop, { amount: '900000' })],
    [
      'a payer without a limit',
      'has no approved wallet',
      async () => pay({ ...(await approved(bank)), walletId: '' }, shop),
    ],
  ])('%s', async (_, sentence, wrong) => {
    const good = await pay(payer, shop, { amount: '1' });
    const list = `[${chained([await wrong(), good]).join(',')}]`;
    const foreseen = await verify(list);
    expect([foreseen.ok, foreseen.errors.length]).toEqual([false, 1]);
    const done = await settle(list);
    expect(done.transactions).toHaveLength(1);
    expect(done.errors).toEqual(foreseen.errors);
    expect(done.errors[0]).toContain(sentence);
  });
});

test('to oneself nothing settles: a credit line is not cash', async () => {
  const [entry] = chained([await pay(payer, payer)]);
  expect((await verify(entry ?? '')).errors[0]).toContain('one person');
  expect((await settle(entry ?? '')).errors[0]).toContain('one person');
});

test('one id of two transactions is the first one’s; another sender has his own', async () => {
  const body = async (from: Sender, amount: string) =>
    chained([await pay(from, shop, { txnId: 'TWICE', amount })])[0] ?? '';
  expect(await settle(await body(payer, '3'))).toMatchObject({ ok: true });
  const second = await body(payer, '4');
  expect((await verify(second)).errors[0]).toContain('belongs to another transaction');
  expect((await settle(second)).errors[0]).toContain('belongs to another transaction');
  const other = await sender(bank, 100);
  expect(await settle(await body(other, '3'))).toMatchObject({ transactions: ['TWICE'] });
});

test('thirty ledgers at once over one limit never spend more than it', async () => {
  const poor = await sender(bank, 100);
  const bodies = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const [entry] = chained([await pay(poor, shop, { amount: '10' })]);
      return entry ?? '';
    }),
  );
  const done = await Promise.all(bodies.map(settle));
  expect(done.filter(({ ok }) => ok)).toHaveLength(10);
  expect(await balanceOf(bank, poor)).toBe(0);
  const refused = done.filter(({ ok }) => !ok).map(({ errors }) => errors[0] ?? '');
  expect(refused.every((error) => error.startsWith('Insufficient limit'))).toBe(true);
});

test('a sender who is rejected pays nothing until he is approved again', async () => {
  const unlucky = await sender(bank, 100);
  const body = await sealed(bank, shop, chained([await pay(unlucky, shop, { txnId: 'LATER' })]));
  await decide(bank, unlucky, 'rejected');
  expect((await settle(body)).errors[0]).toContain('has no approved wallet');
  expect(await balanceOf(bank, unlucky)).toBe(100);
  await decide(bank, unlucky, 'approved');
  expect(await settle(body)).toMatchObject({ ok: true, transactions: ['LATER'] });
});

test('twenty copies of one ledger at once: one call settles it', async () => {
  const body = await sealed(bank, shop, chained([await pay(payer, shop, { txnId: 'RACED' })]));
  const done = await Promise.all(Array.from({ length: 20 }, () => settle(body)));
  expect(done.filter(({ ok }) => ok)).toHaveLength(1);
  const rest = done.filter(({ ok }) => !ok).map(({ errors }) => errors);
  expect(new Set(rest.flat())).toEqual(
    new Set(['Transaction RACED already settled (replay detected)']),
  );
});
