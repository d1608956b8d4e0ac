import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStaffedBank } from '../support/staffed-bank.ts';
import type { StaffedBank } from '../support/staffed-bank.ts';

let bank: StaffedBank;
beforeAll(async () => {
  bank = await startStaffedBank({ FOUR_EYES_ABOVE: '10000.00' });
});
afterAll(() => bank.stop());

function jwk(): object {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
}

const person = { full_name: 'Ayesha Bibi', email_or_phone: 'ayesha@example.com', role: 'sender' };

async function register(change: object = {}): Promise<string> {
  const answer = await bank.ask(undefined, '/kyc/register', {
    ...{ ...person, public_key: jwk() },
    ...change,
  });
  expect(answer.status).toBe(201);
  return String(answer.body['user_id']);
}

const decide = (userId: string, kyc_status = 'approved', as = bank.firstOperator) =>
  bank.ask(as, '/kyc/approve', { user_id: userId, kyc_status });

async function approved(): Promise<string> {
  const userId = await register();
  await decide(userId);
  return userId;
}

const request = (userId: string, requested_limit: unknown = 5000) =>
  bank.ask(undefined, '/wallets/request', { user_id: userId, requested_limit });

const grant = (walletId: string, change: object = {}, as = bank.firstFinance) =>
  bank.ask(as, '/wallets/approve', { wallet_id: walletId, status: 'approved', ...change });

async function fundLine(amount: string, note: string): Promise<void> {
  const body = { account: 'credit_line', currency: 'PKR', amount, note };
  await bank.ask(bank.firstFinance, '/api/v1/operator/funding', body);
  const done = await bank.ask(bank.secondFinance, '/api/v1/operator/funding', body);
  expect(done.body['status']).toBe('done');
}

describe('registering', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
  test.each<[string, object]>([
    ['no key', { public_key: undefined }],
    ['a private key', { public_key: privateKey.export({ format: 'jwk' }) }],
    ['a key of another curve', { public_key: p384.export({ format: 'jwk' }) }],
    ['a point off the curve', { public_key: { ...jwk(), y: 'A'.repeat(43) } }],
    ['text that is no JSON', { public_key: 'ES256' }],
  ])('with %s is refused', async (_, change) => {
    const answer = await bank.ask(undefined, '/kyc/register', { ...person, ...change });
    expect([answer.status, answer.body['code']]).toEqual([400, 'kyc/key_invalid']);
  });

  test('takes the longest bank_id in any script, and no longer one', async () => {
    await register({ bank_id: '🏦'.repeat(32) });
    const longer = { ...person, public_key: jwk(), bank_id: '銀'.repeat(33) };
    expect((await bank.ask(undefined, '/kyc/register', longer)).status).toBe(422);
  });

  test('with somebody else’s key is refused, and with one’s own again', async () => {
    const key = jwk();
    await register({ public_key: key });
    const again = await bank.ask(undefined, '/kyc/register', { ...person, public_key: key });
    expect([again.status, again.body['code']]).toEqual([409, 'kyc/key_taken']);
  });

  test.each(['signing_public_key', 'sender_public_key', 'public_key_jwk'])(
    'takes the key as an older page calls it: %s, as an object or as text',
    async (name) => {
      await register({ public_key: undefined, [name]: jwk() });
      await register({ public_key: undefined, [name]: JSON.stringify(jwk()) });
    },
  );

  test('is read by whoever knows the id, and listed to the staff alone', async () => {
    const userId = await register();
    const read = await bank.ask(undefined, `/kyc/users/${userId}`);
    expect(read.body).toMatchObject({ user_id: userId, ...person, kyc_status: 'pending' });
    const nobody = await bank.ask(undefined, `/kyc/users/${randomUUID()}`);
    expect([nobody.status, nobody.body['code']]).toEqual([404, 'kyc/not_found']);
    const open = await bank.ask(undefined, '/kyc/users');
    expect(open.body['code']).toBe('auth/token_missing');
    const list = await bank.ask(bank.firstOperator, '/kyc/users?kyc_status=pending');
    expect(JSON.stringify(list.body)).toContain(userId);
  });

  test('leaves no name and no address in the clear', async () => {
    await register({ full_name: 'Zubaida Hidden', email_or_phone: 'hidden@example.com' });
    const { rows } = await bank.ownerPool.query<{ all: string }>(
      `select string_agg(u::text || encode(u.sealed, 'escape'), '') as all
       from kyc_users as u`,
    );
    expect(rows[0]?.all).not.toMatch(/Zubaida|hidden@/);
  });
});

describe('approving a person', () => {
  test('is for the staff, and for who is registered', async () => {
    const userId = await register();
    expect((await decide(userId, 'approved', bank.firstFinance)).body['code']).toBe(
      'auth/role_missing',
    );
    expect((await decide(randomUUID())).body['code']).toBe('kyc/not_found');
  });

  test('opens one account of the person’s own, however often it is said', async () => {
    const userId = await register();
    await Promise.all(Array.from({ length: 5 }, () => decide(userId)));
    const { rows } = await bank.ownerPool.query(
      `select a.public_id like 'k-%' as own,
         (select count(*)::int from wallets as w where w.account_id = a.id) as wallets
       from kyc_users as u join accounts as a on a.id = u.account_id where u.user_id = $1`,
      [userId],
    );
    expect(rows).toEqual([{ own: true, wallets: 1 }]);
  });

  test('who is rejected later stays so, with the account', async () => {
    const userId = await approved();
    await decide(userId, 'rejected');
    const read = await bank.ask(undefined, `/kyc/users/${userId}`);
    expect(read.body['kyc_status']).toBe('rejected');
  });
});

describe('a limit', () => {
  test.each<[string, unknown, string]>([
    ['nothing', 0, 'amount/invalid'],
    ['part of a paisa', '1.001', 'amount/invalid'],
    ['less than nothing', '-5', 'request/invalid'],
  ])('of %s is not asked for', async (_, requested, code) => {
    expect((await request(await approved(), requested)).body['code']).toBe(code);
  });

  test('is asked for by who is approved, once', async () => {
    expect((await request(randomUUID())).body['code']).toBe('kyc/not_found');
    const early = await request(await register());
    expect([early.status, early.body['code']]).toEqual([400, 'limit_wallet/not_approved']);
    const userId = await approved();
    expect((await request(userId)).body).toMatchObject({ status: 'pending' });
    const again = await request(userId);
    expect([again.status, again.body['code']]).toEqual([400, 'limit_wallet/exists']);
  });

  test('shows what was asked for until it is decided', async () => {
    const userId = await approved();
    const { body } = await request(userId, '750.5');
    const shown = { ...body };
    delete shown['message'];
    const read = await bank.ask(undefined, `/wallets/user/${userId}`);
    expect(read.body).toMatchObject({
      ...{ wallet_id: shown['wallet_id'], status: 'pending', approved_limit: 750.5 },
      ...{ current_balance: 0, used_amount: 0, locked_amount: 0 },
    });
    const nobody = await bank.ask(undefined, `/wallets/${randomUUID()}`);
    expect([nobody.status, nobody.body['code']]).toEqual([404, 'limit_wallet/not_found']);
  });

  test('that nothing covers is not approved; funded, it is, once, with its money', async () => {
    const { body } = await request(await approved(), 400);
    const walletId = String(body['wallet_id']);
    const empty = await grant(walletId);
    expect([empty.status, empty.body['code']]).toEqual([400, 'limit_wallet/not_funded']);
    await fundLine('1000.00', 'for one limit');
    const all = await Promise.all(Array.from({ length: 5 }, () => grant(walletId)));
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const read = await bank.ask(undefined, `/wallets/${walletId}`);
    expect(read.body).toMatchObject({ status: 'approved', current_balance: 400, used_amount: 0 });
    const other = await grant(walletId, { status: 'rejected' });
    expect([other.status, other.body['code']]).toEqual([409, 'limit_wallet/decided']);
    const { rows } = await bank.ownerPool.query(
      `select count(*)::int as moved from ledger_transfers where kind = 'limit_funding'`,
    );
    expect(rows).toEqual([{ moved: 1 }]);
  });

  test('above what one may decide takes two, who say the same', async () => {
    await fundLine('30000.00', 'for a large limit');
    const { body } = await request(await approved(), 20_000);
    const walletId = String(body['wallet_id']);
    expect((await grant(walletId)).status).toBe(202);
    expect((await grant(walletId)).status).toBe(202);
    const other = await grant(walletId, { approved_limit: 19_000 }, bank.secondFinance);
    expect(other.status).toBe(202);
    expect((await grant(walletId, {}, bank.secondFinance)).status).toBe(200);
    const read = await bank.ask(undefined, `/wallets/${walletId}`);
    expect(read.body).toMatchObject({ status: 'approved', approved_limit: 20_000 });
  });

  test('rejected, it moves nothing', async () => {
    const { body } = await request(await approved(), 10);
    const walletId = String(body['wallet_id']);
    expect((await grant(walletId, { status: 'rejected' })).status).toBe(200);
    const read = await bank.ask(undefined, `/wallets/${walletId}`);
    expect(read.body).toMatchObject({ status: 'rejected', current_balance: 0 });
  });

  test('of who was rejected meanwhile is not approved', async () => {
    const userId = await approved();
    const { body } = await request(userId, 10);
    await decide(userId, 'rejected');
    expect((await grant(String(body['wallet_id']))).body['code']).toBe('limit_wallet/not_approved');
  });
});
