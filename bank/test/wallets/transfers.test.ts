import { ROUTES } from '@sikka/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkBooks } from '../../src/ledger/index.ts';
import { bodyOf, startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';

let running: RunningBank;
let current: number;
let offline: number;
let shop: number;
let shopOffline: number;

beforeAll(async () => {
  running = await startTestBank();
  [current, offline] = await walletsOf('ayesha');
  [shop, shopOffline] = await walletsOf('bilal');
});
afterAll(() => running.stop());

beforeEach(async () => {
  // Whatever a test leaves behind, the books are right.
  expect(await checkBooks(running.ownerPool)).toMatchObject({ ok: true, discrepancies: [] });
});

async function walletsOf(account: string): Promise<[number, number]> {
  const wallets = await running.client(account).listWallets();
  if (!wallets.ok) throw new Error(wallets.problem.code);
  const of = (kind: string) => wallets.value.find((own) => own.wallet_type === kind)?.id ?? 0;
  return [of('current'), of('offline')];
}

async function balance(account: string, wallet: number): Promise<string> {
  const answer = await running.client(account).getWallet({ params: { wallet_id: wallet } });
  if (!answer.ok) throw new Error(answer.problem.code);
  return answer.value.balance;
}

const order = (
  fields: Partial<{ from: number; to: number; amount: string; currency: string }>,
) => ({
  from_wallet_id: fields.from ?? current,
  to_wallet_id: fields.to ?? offline,
  amount: fields.amount ?? '1.00',
  currency: fields.currency ?? 'PKR',
});

test('load, return, pay online: money is where it was sent, and in both histories', async () => {
  const ayesha = running.client('ayesha');
  const load = await ayesha.createTransfer({ body: order({ amount: '5000.00' }) });
  expect(load).toMatchObject({
    ok: true,
    status: 201,
    value: { user_id: 'ayesha', amount: '5000.00', currency: 'PKR', status: 'completed' },
  });
  await ayesha.createTransfer({ body: order({ from: offline, to: current, amount: '999.99' }) });
  const paid = await ayesha.createTransfer({ body: order({ to: shop, amount: '10' }) });
  expect([
    await balance('ayesha', current),
    await balance('ayesha', offline),
    await balance('bilal', shop),
  ]).toEqual(['20989.99', '4000.01', '1010.00']);
  const history = await ayesha.listTransfers({ query: { limit: 2 } });
  expect(history.ok && history.value.map(({ amount }) => amount)).toEqual(['10.00', '999.99']);
  const seen = await running.client('bilal').listTransfers();
  expect(seen).toMatchObject({ ok: true, value: [paid.ok ? paid.value : undefined] });
});

test.each([
  ['more than there is', () => order({ amount: '999999.00' }), 'wallet/insufficient_funds'],
  [
    'one paisa more than there is',
    () => order({ amount: '20990.00' }),
    'wallet/insufficient_funds',
  ],
  ['zero', () => order({ amount: '0.00' }), 'amount/invalid'],
  ['three decimals', () => order({ amount: '1.001' }), 'amount/invalid'],
  ['a fraction of a paisa', () => order({ amount: '1.000000001' }), 'amount/invalid'],
  ['2^53 paisas', () => order({ amount: '90071992547409.92' }), 'amount/invalid'],
  ['2^63 rupees', () => order({ amount: '9223372036854775' }), 'amount/invalid'],
  ['another currency', () => order({ currency: 'USD' }), 'wallet/currency_mismatch'],
  ['no currency there is', () => order({ currency: 'XXX' }), 'wallet/currency_mismatch'],
  ['a wallet that is not there', () => order({ to: 999_999_999_999 }), 'wallet/not_found'],
  ['somebody else’s source', () => order({ from: shop, to: current }), 'wallet/not_found'],
  ['the same wallet', () => order({ to: current }), 'wallet/same_wallet'],
  [
    'somebody else’s offline wallet',
    () => order({ to: shopOffline }),
    'wallet/transfer_not_allowed',
  ],
])('%s: %s', async (_, body, code) => {
  const before = await balance('ayesha', current);
  const answer = await running.client('ayesha').createTransfer({ body: body() });
  expect(answer).toMatchObject({ ok: false, problem: { code } });
  expect(await balance('ayesha', current)).toBe(before);
});

describe('a wrong type moves nothing, in every field', () => {
  const wrong = [0, -1, 1.555, 1e21, true, 2 ** 53 + 1, 2 ** 63, '١٢', ' 5', null, [5], {}, ''];
  const fields = Object.keys(ROUTES.createTransfer.body.schema.properties);
  const numbers = ['from_wallet_id', 'to_wallet_id'];

  test.each(
    fields.flatMap((field) =>
      [...wrong, ...(numbers.includes(field) ? ['5', '100000000008'] : ['NaN'])].map(
        (value) => [field, value] as const,
      ),
    ),
  )('%s = %j', async (field, value) => {
    const before = await balance('ayesha', current);
    const response = await running.fetch('/api/v1/wallets/transfer', {
      as: 'ayesha',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...order({}), [field]: value }),
    });
    expect(response.status).toBe(422);
    const { code } = await bodyOf(response);
    expect(['request/invalid', 'amount/invalid']).toContain(code);
    expect(await balance('ayesha', current)).toBe(before);
  });

  test('numbers that JSON readers would round', async () => {
    for (const amount of ['9007199254740993', '1e400', '1E2', '0.105', '-0', '0.0', '1.', '01']) {
      const response = await running.fetch('/api/v1/wallets/transfer', {
        as: 'ayesha',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(order({})).replace('"1.00"', amount),
      });
      expect([400, 422]).toContain(response.status);
    }
  });
});

test.each([
  ['500', '500.00'],
  ['0.1', '0.10'],
  ['7.50', '7.50'],
  ['"2.5"', '2.50'],
  ['"3.000"', '3.00'],
])('an amount that older clients write as %s is %s exactly', async (written, exact) => {
  const response = await running.fetch('/api/v1/wallets/transfer', {
    as: 'ayesha',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...order({}), note: 'ignored' }).replace('"1.00"', written),
  });
  expect(response.status).toBe(201);
  expect(await bodyOf(response)).toMatchObject({ amount: exact });
});

describe('an idempotency key', () => {
  test('gives the first answer again, for ever, to the same request', async () => {
    const ayesha = running.client('ayesha');
    const body = order({ amount: '7.00' });
    const first = await ayesha.createTransfer({ body, idempotencyKey: 'once' });
    const before = await balance('ayesha', current);
    const again = await ayesha.createTransfer({ body, idempotencyKey: 'once' });
    expect(again).toEqual(first);
    expect(await balance('ayesha', current)).toBe(before);
  });

  test('refuses another request', async () => {
    const body = order({ amount: '8.00' });
    const answer = await running.client('ayesha').createTransfer({ body, idempotencyKey: 'once' });
    expect(answer).toMatchObject({
      ok: false,
      problem: { code: 'idempotency/key_reused', status: 422 },
    });
  });

  test('is compared also where the other request would be refused anyway', async () => {
    const body = order({ to: 999_999_999_999 });
    const answer = await running.client('ayesha').createTransfer({ body, idempotencyKey: 'once' });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'idempotency/key_reused' } });
  });

  test('of one person is nothing to another', async () => {
    const body = order({ from: shop, to: shopOffline, amount: '7.00' });
    const answer = await running.client('bilal').createTransfer({ body, idempotencyKey: 'once' });
    expect(answer).toMatchObject({ ok: true, value: { from_wallet_id: shop } });
  });

  test('that was refused may succeed later', async () => {
    const ayesha = running.client('ayesha');
    const body = order({ from: offline, to: current, amount: '9000.00' });
    const short = await ayesha.createTransfer({ body, idempotencyKey: 'later' });
    expect(short).toMatchObject({ ok: false, problem: { code: 'wallet/insufficient_funds' } });
    await ayesha.createTransfer({ body: order({ amount: '9000.00' }) });
    expect(await ayesha.createTransfer({ body, idempotencyKey: 'later' })).toMatchObject({
      ok: true,
    });
  });

  test('used twenty times at once moves money once, and everybody gets one answer', async () => {
    const ayesha = running.client('ayesha');
    const before = await balance('bilal', shop);
    const body = order({ to: shop, amount: '3.00' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ayesha.createTransfer({ body, idempotencyKey: 'burst' })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ ok: true });
    expect(Number(await balance('bilal', shop)) - Number(before)).toBe(3);
  });

  test('that is still answered after its wallet was deactivated', async () => {
    const body = order({ amount: '7.00' });
    await running.ownerPool.query(`update wallets set status = 'inactive' where number = $1`, [
      offline,
    ]);
    const ayesha = running.client('ayesha');
    expect(await ayesha.createTransfer({ body, idempotencyKey: 'once' })).toMatchObject({
      ok: true,
    });
    expect(await ayesha.createTransfer({ body, idempotencyKey: 'fresh' })).toMatchObject({
      ok: false,
      problem: { code: 'wallet/inactive' },
    });
    await running.ownerPool.query(`update wallets set status = 'active' where number = $1`, [
      offline,
    ]);
  });
});

test('of fifty transfers of the whole balance at once, exactly one is done', async () => {
  const chaudhry = running.client('chaudhry');
  const [from] = await walletsOf('chaudhry');
  const body = order({ from, to: shop, amount: '1000.00' });
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => chaudhry.createTransfer({ body })),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  for (const answer of answers) {
    if (!answer.ok) expect(answer.problem.code).toBe('wallet/insufficient_funds');
  }
  expect(await balance('chaudhry', from)).toBe('0.00');
});

test('every transfer is in the audit, and none can be changed by the server', async () => {
  const { rows } = await running.ownerPool.query<{ transfers: bigint; events: bigint }>(
    `select (select count(*) from wallet_transfers) as transfers,
       (select count(*) from audit_events where action = 'wallet.transfer') as events`,
  );
  expect(rows[0]?.events).toBe(rows[0]?.transfers);
  expect(rows[0]?.transfers).toBeGreaterThan(5n);
  for (const sql of ['delete from wallet_transfers', 'update wallet_transfers set amount = 1']) {
    await expect(running.ownerPool.query(sql)).rejects.toThrow(/append-only/);
  }
});
