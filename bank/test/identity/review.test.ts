import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { postJson, signIn, signUpAndIn } from '../support/person.ts';
import { createDesk } from './desk.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const NEW_PASSWORD = 'Nine-Rivers-10';

const { call, staff, eventsOf } = createDesk(() => running);

describe('an account under review', () => {
  const object = {
    code: 'ACCOUNT_BLOCKED',
    message: expect.any(String) as string,
    reason: 'looked odd',
    fraud_review_pending: true,
  };

  async function blockedPerson() {
    const [risk, me] = [await staff('risk'), await signUpAndIn(running.url)];
    const path = `/api/v1/users/${me.account}`;
    const body = { reason: 'looked odd' };
    const blocked = await call(`${path}/block`, { as: risk.accessToken, body });
    expect(blocked).toMatchObject({ status: 200, body: { status: 'review' } });
    return { risk, me, path };
  }

  test('is told so everywhere, in the shape that older clients read', async () => {
    const { me } = await blockedPerson();
    const { email, password } = me;
    const answers = [
      await call('/auth/login', { body: { email, password, device_fingerprint: 'x' } }),
      await call('/auth/token/refresh', {
        body: { refresh_token: me.refreshToken, device_fingerprint: 'test-device' },
      }),
      await call('/auth/me', { as: me.accessToken }),
      await call('/api/v1/wallets/', { as: me.accessToken }),
    ];
    for (const { status, body } of answers) {
      expect([status, body['code']]).toEqual([403, 'auth/account_blocked']);
      expect(body['detail']).toEqual(object);
    }
    // Only after the right password: whoever guesses learns nothing.
    const wrong = { email, password: 'Wrong-Rivers-0', device_fingerprint: 'x' };
    expect(await call('/auth/login', { body: wrong })).toMatchObject({
      status: 401,
      body: { code: 'auth/credentials_invalid' },
    });
  });

  test('goes on to hand in, by its token and then by one for that alone', async () => {
    const { me } = await blockedPerson();
    expect((await call('/api/v1/devices', { as: me.accessToken })).status).toBe(200);
    const refused = await call('/auth/token/refresh', {
      body: { refresh_token: me.refreshToken, device_fingerprint: 'test-device' },
    });
    const as = String(refused.body['hand_in_token']);
    expect((await call('/api/v1/devices', { as })).status).toBe(200);
    expect((await call('/auth/me', { as })).status).toBe(403);
  });

  test('gets no such token without its session’s own', async () => {
    const { me } = await blockedPerson();
    const { email, password } = me;
    const answers = [
      await call('/auth/login', { body: { email, password, device_fingerprint: 'test-device' } }),
      await call('/auth/token/refresh', {
        body: { refresh_token: me.refreshToken, device_fingerprint: 'another' },
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 401]);
    for (const { body } of answers) expect(body['hand_in_token']).toBeUndefined();
  });

  test('released is as before, and its token for handing in is good for nothing else', async () => {
    const { risk, me, path } = await blockedPerson();
    const refused = await call('/auth/token/refresh', {
      body: { refresh_token: me.refreshToken, device_fingerprint: 'test-device' },
    });
    const body = { reason: 'all is well' };
    expect((await call(`${path}/release`, { as: risk.accessToken, body })).status).toBe(200);
    expect((await call('/auth/me', { as: me.accessToken })).status).toBe(200);
    const as = String(refused.body['hand_in_token']);
    expect(await call('/auth/me', { as })).toMatchObject({
      status: 401,
      body: { code: 'auth/token_invalid' },
    });
    const events = await eventsOf(me.account);
    expect(events.slice(-2)).toEqual(['account.block', 'account.release']);
    const again = await call(`${path}/release`, { as: risk.accessToken, body });
    expect(again).toMatchObject({ status: 409, body: { code: 'user/status_conflict' } });
  });
});

describe('the bank’s staff', () => {
  test('see people, and of their addresses only the first letter', async () => {
    const [support, me] = [await staff('support'), await signUpAndIn(running.url)];
    const { body } = await call('/api/v1/users/?limit=1', { as: support.accessToken });
    const [first] = body['users'] as readonly Record<string, unknown>[];
    expect(first).toMatchObject({ id: me.account, email: 'p***@example.com' });
    expect(JSON.stringify(body)).not.toContain(me.email);
    const before = String(first?.['number']);
    const next = await call(`/api/v1/users/?limit=1&before=${before}`, {
      as: support.accessToken,
    });
    expect(next.body['users']).toMatchObject([{ id: support.account }]);
  });

  const person = { name: 'New Person', email: 'new-person@example.com' };

  test.each<[string, string, string, unknown, number, string]>([
    ['support', 'POST', '/api/v1/users/', person, 403, 'auth/role_missing'],
    ['merchant', 'GET', '/api/v1/users/', undefined, 403, 'auth/role_missing'],
    [
      'pay_admin',
      'POST',
      '/api/v1/users/',
      { ...person, roles: ['admin'] },
      403,
      'auth/role_missing',
    ],
    [
      'pay_admin',
      'POST',
      '/api/v1/users/ayesha/block',
      { reason: 'odd' },
      403,
      'auth/role_missing',
    ],
    ['risk', 'POST', '/api/v1/users/nobody/block', { reason: 'odd' }, 404, 'user/not_found'],
    [
      'risk',
      'POST',
      '/api/v1/users/ayesha/roles',
      { roles: [], reason: 'odd' },
      403,
      'auth/role_missing',
    ],
    [
      'admin',
      'POST',
      '/api/v1/users/nobody/roles',
      { roles: [], reason: 'odd' },
      404,
      'user/not_found',
    ],
    [
      'admin',
      'POST',
      '/api/v1/users/',
      { ...person, email: 'ayesha@example.com' },
      400,
      'account/exists',
    ],
  ])('%s, %s %s %j: %i %s', async (role, method, path, body, status, code) => {
    const me = await staff(role);
    const answer = await call(path, { method, as: me.accessToken, body });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  test('nobody gives roles to themselves', async () => {
    const admin = await staff('admin');
    const body = { roles: ['admin', 'finance'], reason: 'because' };
    const path = `/api/v1/users/${admin.account}/roles`;
    expect(await call(path, { as: admin.accessToken, body })).toMatchObject({
      status: 400,
      body: { code: 'user/own_roles' },
    });
  });

  test('an admin opens an account with a role; its owner sets the password', async () => {
    const admin = await staff('admin');
    const email = 'helper@example.com';
    const body = { name: 'A Helper', email, roles: ['user', 'support'] };
    const made = await call('/api/v1/users/', { as: admin.accessToken, body });
    expect(made).toMatchObject({ status: 201, body: { roles: ['support', 'user'] } });
    const begun = await postJson(running.url, '/auth/forgot-password', { email }, 200);
    const set = { email, otp: begun['otp_demo'], nonce: begun['nonce_demo'] };
    const both = { new_password: NEW_PASSWORD, confirm_password: NEW_PASSWORD };
    await postJson(running.url, '/auth/forgot-password/confirm', { ...set, ...both }, 200);
    const helper = await signIn(running.url, { email, password: NEW_PASSWORD });
    expect((await call('/api/v1/users/', { as: helper.accessToken })).status).toBe(200);
    // A role taken away is gone at once.
    const less = { roles: ['user'], reason: 'left the help desk' };
    const path = `/api/v1/users/${helper.account}/roles`;
    expect((await call(path, { as: admin.accessToken, body: less })).status).toBe(200);
    expect((await call('/api/v1/users/', { as: helper.accessToken })).status).toBe(403);
    expect(await eventsOf(helper.account)).toContain('account.roles');
  });

  test('no role is given in a stale session, or by a token of none', async () => {
    const admin = await staff('admin');
    const other = await signUpAndIn(running.url);
    await running.ownerPool.query(
      `update sessions set stepped_up_at = stepped_up_at - interval '6 minutes'
       where account_id = (select id from accounts where public_id = $1)`,
      [admin.account],
    );
    const person = { name: 'Sana Malik', email: `new-${other.email}` };
    for (const as of [admin.accessToken, await running.bank.token(admin.account)]) {
      const path = `/api/v1/users/${other.account}/roles`;
      const roles = { as, body: { roles: ['admin'], reason: 'joined' } };
      const opened = { as, body: { ...person, roles: ['support'] } };
      for (const [to, ask] of [[path, roles] as const, ['/api/v1/users/', opened] as const]) {
        const answer = await call(to, ask);
        expect([answer.status, answer.body['code']]).toEqual([403, 'auth/step_up_required']);
      }
    }
    const plain = await call('/api/v1/users/', { as: admin.accessToken, body: person });
    expect(plain.status).toBe(201);
  });
});
