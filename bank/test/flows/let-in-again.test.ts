import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStaffedBank } from '../support/staffed-bank.ts';
import type { StaffedBank } from '../support/staffed-bank.ts';
import * as counter from './bundles/counter.ts';
import * as pages from './ledgers/pages.ts';

let bank: StaffedBank;
beforeAll(async () => {
  bank = await startStaffedBank();
  await counter.setPolicy(bank);
}, 120_000);
afterAll(() => bank.stop());

const WAIT = { timeout: 30_000, interval: 250 };

async function refusalsBy(code: string): Promise<number> {
  const { rows } = await bank.ownerPool.query<{ count: number }>(
    'select count(*)::int as count from rejected_items where code = $1',
    [code],
  );
  return rows[0]?.count ?? 0;
}

test('a cash-in refused while its till was suspended is paid once the till is active', async () => {
  const till = await counter.openTill(bank);
  const customer = await counter.openCustomer(bank);
  const change = (word: string) =>
    bank.ask(bank.firstOperator, `/offline/devices/${till.deviceId}/${word}`, {});
  const pushed = await counter.push(bank, till, [counter.cashIn(customer)]);
  expect(pushed.body['status']).toBe('accepted');
  await change('suspend');
  await counter.fundFloat(bank, till, '1000.00');
  await expect.poll(() => refusalsBy('device_not_active'), WAIT).toBe(1);
  expect(await counter.balanceOf(bank, customer)).toBe(0);
  expect((await change('activate')).status).toBe(200);
  await expect.poll(() => counter.balanceOf(bank, customer), WAIT).toBe(5_000);
  await change('suspend');
  await change('activate');
  expect(await counter.balanceOf(bank, customer)).toBe(5_000);
}, 90_000);

test('what a rejected sender had signed is paid once he is approved again', async () => {
  await pages.fundLine(bank, '5000.00');
  const payer = await pages.sender(bank, 1000);
  const shop = await pages.approved(bank);
  await pages.decide(bank, payer, 'rejected');
  const entries = pages.chained([await pages.pay(payer, shop, { amount: '30' })]);
  const settled = await pages.send(bank, '/settle-ledger', await pages.sealed(bank, shop, entries));
  expect(settled).toMatchObject({ ok: false, transactions: [] });
  expect(await refusalsBy('limit_wallet_inactive')).toBe(1);
  await pages.decide(bank, payer, 'approved');
  const left = async () => Number(await pages.balanceOf(bank, payer));
  await expect.poll(left, WAIT).toBe(970);
}, 90_000);
