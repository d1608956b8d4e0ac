import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import { openAccount } from '../../../src/identity/index.ts';
import { startStaffedBank } from '../../support/staffed-bank.ts';
import type { StaffedBank } from '../../support/staffed-bank.ts';
import { approved, chained, fundLine, pay, send, sender } from './pages.ts';

let bank: StaffedBank;
beforeAll(async () => {
  bank = await startStaffedBank();
  await fundLine(bank, '1000.00');
  const order = { publicId: 'support', currency: 586, roles: ['support' as const] };
  await inTransaction(bank.ownerPool, (tx) => openAccount(tx, order, new Date()));
});
afterAll(() => bank.stop());

interface Log {
  readonly log_id: string;
  readonly action: string;
  readonly txn_id: string | null;
  readonly status: string;
}

async function logs(query = ''): Promise<readonly Log[]> {
  const { body } = await bank.ask('support', `/bank-logs${query}`);
  return body['logs'] as readonly Log[];
}

test('the log says what became of each transaction, under the ids that were answered', async () => {
  const [payer, shop] = [await sender(bank, 100), await approved(bank)];
  const paid = await pay(payer, shop, { txnId: 'کھاتہ-1', amount: '60' });
  const dear = await pay(payer, shop, { txnId: 'dear', amount: '60' });
  const list = `[${chained([paid, dear]).join(',')}]`;
  const told = await send(bank, '/settle-ledger', list);
  await send(bank, '/verify-ledger', '[]');
  const all = await logs();
  expect(all.map(({ action, txn_id, status }) => [action, txn_id, status])).toEqual([
    ['ledger.refused', null, 'ledger/empty'],
    ['ledger.refused', 'dear', 'insufficient_funds'],
    ['ledger.settled', 'کھاتہ-1', 'acceptable'],
  ]);
  expect(told.logIds).toEqual([all[2]?.log_id]);
  expect(await logs('?limit=1&offset=1')).toEqual([all[1]]);
});

test.each(['?limit=0', '?limit=201', '?offset=10001', '?offset=-1'])(
  '%s is no page',
  async (query) => {
    const { status, body } = await bank.ask('support', `/bank-logs${query}`);
    expect([status, body['code']]).toEqual([422, 'request/invalid']);
  },
);

test('the log is for the staff alone', async () => {
  expect((await bank.ask(undefined, '/bank-logs')).body['code']).toBe('auth/token_missing');
  const finance = await bank.ask(bank.firstFinance, '/bank-logs');
  expect(finance.body['code']).toBe('auth/role_missing');
});
