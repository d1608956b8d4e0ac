import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { postJson, signIn, signUpAndIn, TEST_PASSWORD } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';
import { createDesk } from './desk.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const NEW_PASSWORD = 'Nine-Rivers-10';

const { call, eventsOf } = createDesk(() => running);

async function makeStale(me: SignedInPerson): Promise<void> {
  await running.ownerPool.query(
    `update sessions s set stepped_up_at = stepped_up_at - interval '6 minutes'
     from accounts a where a.id = s.account_id and a.public_id = $1`,
    [me.account],
  );
}

describe('a forgotten password', () => {
  test('is set anew by a code; every session ends; the new one signs in', async () => {
    const me = await signUpAndIn(running.url);
    const { email } = me;
    const begun = await postJson(running.url, '/auth/forgot-password', { email }, 200);
    const set = { email, otp: begun['otp_demo'], nonce: begun['nonce_demo'] };
    const both = { new_password: NEW_PASSWORD, confirm_password: NEW_PASSWORD };
    await postJson(running.url, '/auth/forgot-password/confirm', { ...set, ...both }, 200);
    expect((await call('/auth/me', { as: me.accessToken })).body['code']).toBe(
      'auth/session_ended',
    );
    await expect(signIn(running.url, me)).rejects.toThrow(/401/);
    await expect(signIn(running.url, { email, password: NEW_PASSWORD })).resolves.toBeDefined();
    expect(await eventsOf(me.account)).toContain('password.reset');
  });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['a wrong code', { otp: '000000' }, 400, 'otp/invalid'],
    ['two passwords that differ', { confirm_password: 'Ten-Rivers-11' }, 422, 'request/invalid'],
    ['a weak one', { new_password: 'short', confirm_password: 'short' }, 422, 'auth/password_weak'],
    ['another’s address', { email: 'ayesha@example.com' }, 400, 'otp/invalid'],
    ['another challenge', { nonce: 'A'.repeat(22) }, 400, 'otp/invalid'],
  ])('%s: refused, and the code stays good', async (_, change, status, code) => {
    const me = await signUpAndIn(running.url);
    const begun = await call('/auth/forgot-password', { body: { email: me.email } });
    // One code in a million is the wrong one above.
    const body = {
      ...{ email: me.email, otp: begun.body['otp_demo'], nonce: begun.body['nonce_demo'] },
      ...{ new_password: NEW_PASSWORD, confirm_password: NEW_PASSWORD },
    };
    const answer = await call('/auth/forgot-password/confirm', { body: { ...body, ...change } });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect((await call('/auth/me', { as: me.accessToken })).status).toBe(200);
    expect((await call('/auth/forgot-password/confirm', { body })).status).toBe(200);
  });
});

describe('a changed password', () => {
  test('ends every other session, and is told by mail', async () => {
    const me = await signUpAndIn(running.url);
    const other = await signIn(running.url, { ...me, fingerprint: 'other' });
    const body = { current_password: TEST_PASSWORD, new_password: NEW_PASSWORD };
    const changed = await call('/user/change-password', { as: me.accessToken, body });
    expect(changed.status).toBe(200);
    expect((await call('/auth/me', { as: me.accessToken })).status).toBe(200);
    expect((await call('/auth/me', { as: other.accessToken })).status).toBe(401);
    const { rows } = await running.ownerPool.query<{ n: number }>(
      `select count(*)::int as n from mails m join accounts a on a.id = m.account_id
       where a.public_id = $1 and m.template = 'password_changed'`,
      [me.account],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['the current one wrong', { current_password: NEW_PASSWORD }, 401, 'auth/password_wrong'],
    ['a weak one', { new_password: 'password' }, 422, 'auth/password_weak'],
    ['one of 73 bytes', { new_password: `Aa1!${'x'.repeat(69)}` }, 422, 'auth/password_weak'],
  ])('%s: refused', async (_, change, status, code) => {
    const me = await signUpAndIn(running.url);
    const body = { current_password: TEST_PASSWORD, new_password: NEW_PASSWORD, ...change };
    const answer = await call('/user/change-password', { as: me.accessToken, body });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    await expect(signIn(running.url, me)).resolves.toBeDefined();
  });

  test('cannot be guessed with a stolen token: five tries, then not the right one', async () => {
    const me = await signUpAndIn(running.url);
    const guess = (current_password: string) =>
      call('/user/change-password', {
        as: me.accessToken,
        body: { current_password, new_password: NEW_PASSWORD },
      });
    for (let n = 0; n < 5; n += 1) expect((await guess(`Wrong-Rivers-${n}`)).status).toBe(401);
    expect(await guess(TEST_PASSWORD)).toMatchObject({
      status: 429,
      body: { code: 'auth/locked' },
    });
  });
});

describe('what an account says of its owner', () => {
  test('can be changed: name and number, and nothing else', async () => {
    const me = await signUpAndIn(running.url);
    const before = await call('/user/me', { as: me.accessToken });
    const body = {
      ...{ name: 'Another Name', phone: null },
      ...{ role: 'admin', roles: ['admin'], id: 'ayesha', user_id: 'ayesha', status: 'closed' },
      ...{ balance: '100.00', total_balance: '100.00', kyc: 'approved', emailVerified: false },
      ...{ is_admin: true, password: 'x' },
    };
    const answer = await call('/user/me', { method: 'PUT', as: me.accessToken, body });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...before.body, name: 'Another Name', phone: null });
    const { rows } = await running.ownerPool.query(
      `select array(select role from account_roles where account_id = a.id) as roles, status,
         (select count(*)::int from wallets where account_id = a.id) as wallets
       from accounts a where public_id = $1`,
      [me.account],
    );
    expect(rows).toEqual([{ roles: ['user'], status: 'active', wallets: 2 }]);
  });

  test('a new address needs a fresh second factor, and the code that is mailed there', async () => {
    const me = await signUpAndIn(running.url);
    const email = `new-${me.email}`;
    const ask = () => call('/user/me', { method: 'PUT', as: me.accessToken, body: { email } });
    await makeStale(me);
    expect(await ask()).toMatchObject({ status: 403, body: { code: 'auth/step_up_required' } });
    const begun = await call('/api/v1/step-up/code', { method: 'POST', as: me.accessToken });
    const proof = { nonce: begun.body['nonce_demo'], otp: begun.body['otp_demo'] };
    expect((await call('/api/v1/step-up', { as: me.accessToken, body: proof })).status).toBe(200);
    const asked = await ask();
    // Not before it is proved.
    expect(asked).toMatchObject({ status: 200, body: { email: me.email } });
    const otp = await lastMailedCode(email);
    await postJson(running.url, '/auth/verify-email', { email, otp }, 200);
    const now = await call('/user/me', { as: me.accessToken });
    expect(now.body['email']).toBe(email);
    await expect(signIn(running.url, { email })).resolves.toMatchObject({ account: me.account });
    await expect(signIn(running.url, me)).rejects.toThrow(/401/);
    expect(await eventsOf(me.account)).toContain('email.change');
  });

  test('somebody else’s address is answered the same, and never taken', async () => {
    const [me, other] = [await signUpAndIn(running.url), await signUpAndIn(running.url)];
    const body = { email: other.email };
    const answer = await call('/user/me', { method: 'PUT', as: me.accessToken, body });
    expect(answer).toMatchObject({ status: 200, body: { email: me.email } });
    await expect(signIn(running.url, other)).resolves.toMatchObject({ account: other.account });
  });
});

/** The newest mail to an address, as the demo’s mailbox page shows it. */
async function lastMailedCode(email: string): Promise<string> {
  const page = await (await fetch(`${running.url}/demo/mailbox`)).text();
  const at = page.indexOf(email);
  const code = /<p class="code" dir="ltr">(\d{6})</.exec(page.slice(at))?.[1];
  if (at < 0 || code === undefined) throw new Error('No code was mailed there.');
  return code;
}

describe('a step-up', () => {
  test.each<[string, (mine: SignedInPerson) => Promise<unknown>]>([
    ['another code', async () => ({ otp: '000000' })],
    ['another challenge', async () => ({ nonce: 'A'.repeat(22) })],
    [
      'the challenge of another session of mine',
      async (me) => {
        const other = await signIn(running.url, { ...me, fingerprint: 'other' });
        const begun = await call('/api/v1/step-up/code', { method: 'POST', as: other.accessToken });
        return { nonce: begun.body['nonce_demo'], otp: begun.body['otp_demo'] };
      },
    ],
    [
      'the challenge of a login',
      async (me) => {
        const { email, password } = me;
        const ask = { email, password, device_fingerprint: 'third' };
        const begun = await call('/auth/login', { body: ask });
        return { nonce: begun.body['nonce_demo'], otp: begun.body['otp_demo'] };
      },
    ],
  ])('with %s is refused', async (_, change) => {
    const me = await signUpAndIn(running.url);
    const begun = await call('/api/v1/step-up/code', { method: 'POST', as: me.accessToken });
    const good = { nonce: begun.body['nonce_demo'], otp: begun.body['otp_demo'] };
    const body = { ...good, ...((await change(me)) as object) };
    const answer = await call('/api/v1/step-up', { as: me.accessToken, body });
    expect([answer.status, answer.body['code']]).toEqual([400, 'otp/invalid']);
    expect((await call('/api/v1/step-up', { as: me.accessToken, body: good })).status).toBe(200);
    expect((await call('/api/v1/step-up', { as: me.accessToken, body: good })).status).toBe(400);
  });

  test('beyond ten codes in a quarter of an hour is told to wait', async () => {
    const me = await signUpAndIn(running.url);
    const ask = () => call('/api/v1/step-up/code', { method: 'POST', as: me.accessToken });
    for (let n = 0; n < 10; n += 1) expect((await ask()).status).toBe(200);
    expect(await ask()).toMatchObject({ status: 429, body: { code: 'otp/too_many' } });
  });
});

test('no attestation provider is configured, and the route says so', async () => {
  const me = await signUpAndIn(running.url);
  const path = '/api/v1/device/play-integrity/decode';
  const answer = await call(path, { as: me.accessToken, body: { token: 'eyJ', nonce: 1 } });
  expect(answer).toMatchObject({ status: 200, body: { configured: false } });
});
