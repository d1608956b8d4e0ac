import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { checkBooks } from '../../src/ledger/index.ts';
import { readMessage } from '../../src/rail/messages.ts';
import { startStaffedBank } from '../support/staffed-bank.ts';
import type { StaffedBank } from '../support/staffed-bank.ts';

let bank: StaffedBank;
let tills = 0;
beforeAll(async () => {
  bank = await startStaffedBank();
});
afterAll(() => bank.stop());

function pem(kind: 'ec' | 'rsa' | 'ed25519' = 'ec'): string {
  const { publicKey } =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ed25519');
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function newTill(change: object = {}) {
  tills += 1;
  return {
    ...{ device_id: `till-${tills}`, tenant_type: 'merchant', tenant_id: `shop-${tills}` },
    ...{ pubkey_pem: pem(), country: 'PK', currency_default: 'PKR' },
    ...change,
  };
}

const register = (body: object, as = bank.firstOperator) => bank.ask(as, '/offline/devices', body);

async function eventsOf(subject: string): Promise<readonly string[]> {
  const { rows } = await bank.ownerPool.query<{ action: string }>(
    'select action from audit_events where subject = $1 order by id',
    [subject],
  );
  return rows.map(({ action }) => action);
}

describe('a till', () => {
  test.each<[string, object, string]>([
    ['no PEM', { pubkey_pem: 'abc' }, 'till/key_invalid'],
    ['a key of another kind', { pubkey_pem: pem('ed25519') }, 'till/key_invalid'],
    ['a currency that the bank has not', { currency_default: 'EUR' }, 'request/invalid'],
    ['a tenant of no type', { tenant_type: 'shop' }, 'request/invalid'],
    ['a country in words', { country: 'Pakistan' }, 'request/invalid'],
    ['an empty id', { device_id: '' }, 'request/invalid'],
  ])('is not registered with %s', async (_, change, code) => {
    const answer = await register(newTill(change));
    expect([answer.status, answer.body['code']]).toEqual([422, code]);
  });

  test('is registered by operators alone', async () => {
    expect((await register(newTill(), bank.firstFinance)).body['code']).toBe('auth/role_missing');
  });

  test.each(['ec', 'rsa'] as const)('is registered with an %s key, and read', async (kind) => {
    const order = newTill({ pubkey_pem: pem(kind) });
    const answer = await register(order);
    expect(answer.status).toBe(201);
    const device = {
      ...{ device_id: order.device_id, user_id: bank.firstOperator, tenant_type: 'merchant' },
      ...{ tenant_id: order.tenant_id, status: 'active', country: 'PK', currency_default: 'PKR' },
      last_seen_at: null,
    };
    expect(answer.body).toMatchObject({ success: true, device });
    const read = await bank.ask(bank.secondOperator, `/offline/devices/${order.device_id}`);
    expect(read.body).toEqual(answer.body);
    expect(await eventsOf(`till:${order.device_id}`)).toEqual(['till.registered']);
  });

  test('is registered once: no second key, and no second name for its key', async () => {
    const order = newTill();
    await register(order);
    const again = await register({ ...order, pubkey_pem: pem() });
    expect([again.status, again.body['code']]).toEqual([409, 'till/exists']);
    const renamed = await register({ ...order, device_id: `${order.device_id}-b` });
    expect([renamed.status, renamed.body['code']]).toEqual([409, 'till/exists']);
  });

  test('two tills of one tenant share its account', async () => {
    const order = newTill();
    await register(order);
    await register({ ...newTill(), tenant_id: order.tenant_id });
    const { rows } = await bank.ownerPool.query(
      `select count(*)::int as tenants from tenants where tenant_id = $1`,
      [order.tenant_id],
    );
    expect(rows).toEqual([{ tenants: 1 }]);
  });

  test('that nobody knows is not found', async () => {
    const answer = await bank.ask(bank.firstOperator, '/offline/devices/nobody');
    expect([answer.status, answer.body['code']]).toEqual([404, 'till/not_found']);
    const revoked = await bank.ask(bank.firstOperator, '/offline/devices/nobody/revoke', {});
    expect([revoked.status, revoked.body['code']]).toEqual([404, 'till/not_found']);
  });

  test('is suspended, let in again, and revoked for ever', async () => {
    const { device_id: id } = newTill();
    await register({ ...newTill(), device_id: id });
    const steps = ['suspend', 'suspend', 'activate', 'revoke', 'activate', 'suspend'];
    const seen: unknown[] = [];
    for (const step of steps) {
      const { body } = await bank.ask(bank.firstOperator, `/offline/devices/${id}/${step}`, {});
      seen.push(body['code'] ?? (body['device'] as { status: string }).status);
    }
    expect(seen).toEqual([
      ...['suspended', 'suspended', 'active', 'revoked'],
      ...['till/status', 'till/status'],
    ]);
    expect(await eventsOf(`till:${id}`)).toEqual([
      ...['till.registered', 'till.suspended', 'till.active', 'till.revoked'],
    ]);
  });
});

describe('a policy', () => {
  const set = (as: string, body: object) => bank.ask(as, '/offline/policies', body);
  const policyOf = async (country: string) => bank.ask(undefined, `/offline/policies/${country}`);

  test.each<[string, object, string]>([
    ['no amount', { max_offline_amount: '0.001' }, 'amount/invalid'],
    ['a method that nobody has', { allowed_methods: ['cash'] }, 'request/invalid'],
    ['thresholds the wrong way', { review_from: 0.5, quarantine_from: 0.2 }, 'policy/invalid'],
    ['a currency of elsewhere', { currency: 'EUR' }, 'policy/invalid'],
    ['a day that there is not', { effective_from: '2026-13-01T00:00:00Z' }, 'policy/invalid'],
    ['a century of age', { max_bundle_age_hours: 876_000 }, 'request/invalid'],
  ])('is refused with %s', async (_, change, code) => {
    const body = { country: 'AA', max_offline_amount: '100.00', ...change };
    expect((await set(bank.firstOperator, body)).body['code']).toBe(code);
    expect((await policyOf('AA')).body['code']).toBe('policy/not_found');
  });

  test('of one person is in force for nobody', async () => {
    const body = { country: 'AB', max_offline_amount: 500.5 };
    const proposed = await set(bank.firstOperator, body);
    expect(proposed.body).toMatchObject({
      success: true,
      policy: { status: 'proposed', version: null, max_offline_amount: '500.50' },
    });
    await set(bank.firstOperator, body);
    expect((await policyOf('AB')).status).toBe(404);
  });

  test('a second person with other numbers agrees to nothing', async () => {
    await set(bank.firstOperator, { country: 'AC', max_offline_amount: '500' });
    await set(bank.secondOperator, { country: 'AC', max_offline_amount: '501' });
    expect((await policyOf('AC')).status).toBe(404);
  });

  test('is in force when a second person asks for the same, until the next version', async () => {
    for (const [version, amount] of [[1, '500.00'] as const, [2, '700.00'] as const]) {
      await set(bank.firstOperator, { country: 'AD', max_offline_amount: amount });
      await set(bank.secondOperator, { country: 'AD', max_offline_amount: amount });
      expect((await policyOf('AD')).body).toMatchObject({
        policy: {
          ...{ status: 'active', version, max_offline_amount: amount },
          ...{ max_offline_per_device_per_day: 50, max_bundle_age_hours: 72 },
          ...{ allowed_methods: ['qr', 'ussd', 'wallet'], review_from: 0.15 },
        },
      });
    }
  });

  test('counts from its own day on, not before', async () => {
    const body = { country: 'AE', max_offline_amount: '1', effective_from: '2999-01-01T00:00:00Z' };
    await set(bank.firstOperator, body);
    await set(bank.secondOperator, body);
    expect((await policyOf('AE')).status).toBe(404);
  });
});

describe('funding', () => {
  const fund = (as: string, body: object) => bank.ask(as, '/api/v1/operator/funding', body);
  const line = { account: 'credit_line', currency: 'PKR', amount: '1000.00', note: 'week 47' };
  async function held(kind: string): Promise<bigint> {
    const { rows } = await bank.ownerPool.query<{ held: bigint }>(
      `select coalesce(sum(b.balance), 0)::bigint as held
       from ledger_accounts as a join ledger_balances as b on b.account_id = a.id
       where a.kind = $1`,
      [kind],
    );
    return rows[0]?.held ?? 0n;
  }

  test.each<[string, object, string]>([
    ['nothing', { amount: '0' }, 'amount/invalid'],
    ['part of a paisa', { amount: '1.001' }, 'amount/invalid'],
    ['a float of nobody', { account: 'float' }, 'funding/invalid'],
    ['a tenant’s credit line', { tenant_type: 'agent', tenant_id: 'x' }, 'funding/invalid'],
    [
      'a tenant without a till',
      { account: 'float', tenant_type: 'agent', tenant_id: 'x' },
      'tenant/not_found',
    ],
  ])('of %s is refused', async (_, change, code) => {
    const answer = await fund(bank.firstFinance, { ...line, ...change });
    expect(answer.body['code']).toBe(code);
    expect(await held('credit_line')).toBe(0n);
  });

  test('by one person waits, by whoever is not of finance is refused', async () => {
    expect((await fund(bank.firstOperator, line)).body['code']).toBe('auth/role_missing');
    const body = { ...line, note: 'alone' };
    expect((await fund(bank.firstFinance, body)).status).toBe(202);
    expect((await fund(bank.firstFinance, body)).body).toMatchObject({ status: 'waiting' });
    expect(await held('credit_line')).toBe(0n);
    const { body: list } = await bank.ask(bank.secondFinance, '/api/v1/operator/approvals');
    expect(JSON.stringify(list)).toContain('credit_line:PKR');
  });

  test('by two people moves the money once, into a tenant’s float too', async () => {
    const till = newTill({ tenant_type: 'agent' });
    await register(till);
    const tenant = { tenant_type: 'agent', tenant_id: till.tenant_id };
    const float = { ...line, ...tenant, account: 'float' };
    await fund(bank.firstFinance, float);
    const answers = await Promise.all([1, 2, 3].map(() => fund(bank.secondFinance, float)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await held('float')).toBe(100_000n);
    const books = await inTransaction(bank.ownerPool, (tx) => checkBooks(tx));
    expect(books.discrepancies).toEqual([]);
  });
});

describe('the settlement export', () => {
  const EXPORT = '/api/v1/operator/settlement-export';
  const dayIn = (days: number) =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const [day, today] = [dayIn(-2), dayIn(0)];
  /** With the funding in it, whenever midnight passes. */
  const untilNow = `?from=${today}&to=${dayIn(1)}`;
  /** Closed at any time of today. */
  const twoDaysAgo = `?from=${day}&to=${day}`;
  const ask = async (query: string, as = bank.firstFinance) => {
    const answer = await bank.fetch(`${EXPORT}${query}`, { as });
    return { status: answer.status, text: await answer.text() };
  };

  test.each([
    ['?to=2026-13-01', 'statement/date_invalid'],
    ['?from=2999-01-01', 'statement/period_empty'],
    ['?from=2026-09-01&to=2026-11-20', 'statement/period_too_long'],
  ])('for “%s” is refused', async (query, code) => {
    const answer = await bank.ask(bank.firstFinance, `${EXPORT}${query}`);
    expect([answer.status, answer.body['code']]).toEqual([422, code]);
  });

  test('tells the funding of today by kind of account, and adds up to nothing', async () => {
    const { status, text } = await ask(untilNow);
    expect(status).toBe(200);
    const funded = await bank.ownerPool.query<{ on: string }>(
      `select (at at time zone 'UTC')::date::text as on from ledger_transfers
       where kind = 'funding'`,
    );
    const rows = text
      .trimEnd()
      .split('\r\n')
      .map((row) => row.split(','));
    const found = rows.filter(([account, , , , kind]) => account === 'float' && kind === 'funding');
    expect(found).toEqual([
      [
        'float',
        'PKR',
        funded.rows[0]?.on,
        expect.any(String),
        'funding',
        'bank_cash',
        '',
        '1',
        '',
        '1000.00',
        '1000.00',
      ],
    ]);
    const cash = rows.filter(
      ([account, , , , kind]) => account === 'bank_cash' && kind === 'funding',
    );
    expect(cash.map(([, , , , , other, , , debit]) => [other, debit])).toEqual([
      ['float', '1000.00'],
    ]);
    const closing = rows.filter(([, , , , kind]) => kind === 'closing');
    expect(closing.reduce((sum, row) => sum + Math.round(Number(row.at(-1)) * 100), 0)).toBe(0);
    const before = await ask(twoDaysAgo);
    expect([before.status, before.text]).toEqual([200, expect.not.stringContaining('funding')]);
    expect(await ask(`?to=${day}`)).toEqual(before);
    const atItsEnd = before.text.split('\r\n').filter((row) => row.includes(',closing,'));
    expect(atItsEnd.length).toBeGreaterThan(1);
    for (const row of atItsEnd) expect(row).toMatch(/,0\.00$/);
  });

  test('of a period that is over waits for whoever has written and not committed', async () => {
    const open = { status: 409, text: expect.stringContaining('statement/period_open') as string };
    await inTransaction(bank.ownerPool, async (tx) => {
      // As whoever posts a transfer, however long ago it was decided.
      await tx.query('lock table ledger_transfers in row exclusive mode');
      expect(await ask(twoDaysAgo)).toMatchObject(open);
      expect((await ask(`?from=${today}`)).status).toBe(200);
    });
    expect((await ask(twoDaysAgo)).status).toBe(200);
    const closed = await bank.ownerPool.query('select until from ledger_closing');
    const until = new Date(Date.parse(day) + 86_400_000);
    expect(closed.rows).toEqual([{ until }]);
    const justNow = `${new Date(Date.now() - 1_000).toISOString().slice(0, 19)}Z`;
    expect(await ask(`?from=${twoDaysAgo.slice(-10)}&to=${justNow}`)).toMatchObject(open);
  });

  test('as camt.053 is read back, account by account', async () => {
    const { text } = await ask(`${untilNow}&format=camt.053`, bank.firstOperator);
    const [head = ''] = text.split('<Stmt>');
    const statements = text.match(/<Stmt>[^]*?<\/Stmt>/g) ?? [];
    const accounts = statements.map((one) => /<Othr><Id>(.*?)<\/Id>/.exec(one)?.[1] ?? '');
    expect(accounts).toContain('float');
    for (const [index, one] of statements.entries()) {
      const alone = `${head}${one}</BkToCstmrStmt></Document>`;
      const read = readMessage(new TextEncoder().encode(alone), accounts[index] ?? '');
      expect(read).toMatchObject({ ok: true, value: { kind: 'camt.053.001.08' } });
    }
  });
});
