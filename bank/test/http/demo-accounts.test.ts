import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBank } from './running-bank.ts';
import type { RunningBank } from './running-bank.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const person = {
  account: 'zainab',
  name: 'Zainab Khan',
  town: 'Jhelum',
  currency: 'PKR',
  balance: '750.00',
};

test('an operator of a demo makes a person with play money; the books stay at zero', async () => {
  const operator = running.client('operator');
  const made = await operator.createDemoAccount({ body: person });
  expect(made).toMatchObject({ ok: true, status: 201, value: { account: 'zainab' } });
  const me = await running.client('zainab').getMe();
  expect(me).toMatchObject({ ok: true, value: { totalBalance: '750.00', town: 'Jhelum' } });
  const sums = await operator.getLedgerSum();
  expect(sums).toMatchObject({ ok: true, value: { sums: [{ currency: 'PKR', sum: '0' }] } });
});

test.each([
  ['an account that is there', { account: 'zainab' }, 'demo/account_taken'],
  ['an amount that is none', { account: 'other', balance: '1.001' }, 'amount/invalid'],
])('%s: %s', async (_, fields, code) => {
  const answer = await running
    .client('operator')
    .createDemoAccount({ body: { ...person, ...fields } });
  expect(answer).toMatchObject({ ok: false, problem: { code } });
});

test('a bank that is no demo makes no money, and no people of its own', async () => {
  const secret = { SECRET_KEY: 'kJ8vQ2mX5nB7cR4tY6uW9zA1sD3fG0hL', BANK_ID: 'real' };
  const masterKey = { MASTER_KEY: Buffer.from([...Array(32).keys()]).toString('hex') };
  const real = await startTestBank({ DEMO_MODE: 'off', ...secret, ...masterKey });
  const { rows } = await real.ownerPool.query('select public_id from accounts');
  expect(rows).toEqual([]);
  await real.ownerPool.query(
    `with made as (
       insert into accounts (public_id, email, name, created_at)
       values ('operator', 'o@example.com', 'O', now()) returning id
     )
     insert into account_roles (account_id, role, granted_at)
     select id, 'pay_admin', now() from made`,
  );
  expect(await real.client('operator').createDemoAccount({ body: person })).toMatchObject({
    ok: false,
    problem: { code: 'demo/off', status: 403 },
  });
  expect(await (await real.fetch('/')).text()).not.toContain('ayesha');
  await real.stop();
});

test('a demo has a policy for tills and money behind limits, agreed to by one alone', async () => {
  const policy = await running.fetch('/offline/policies/PK');
  expect(await policy.json()).toMatchObject({ policy: { status: 'active', version: 1 } });
  const { rows } = await running.ownerPool.query(
    `select kind, subject, outcome from approvals order by id`,
  );
  expect(rows).toEqual([
    { kind: 'offline_policy', subject: 'country:PK', outcome: 'approved_alone' },
    { kind: 'funding', subject: 'credit_line:PKR', outcome: 'approved_alone' },
    { kind: 'funding', subject: 'guarantee:PKR', outcome: 'approved_alone' },
  ]);
});
