import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { postJson, signIn, signUp, signUpAndIn, TEST_PASSWORD } from '../support/person.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const device_fingerprint = 'test-device';

async function post(path: string, body: unknown, authorization?: string) {
  const response = await fetch(`${running.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await bodyOf(response) };
}

test('a newcomer signs up, proves the address, signs in, and has two empty wallets', async () => {
  const me = await signUpAndIn(running.url, { email: 'zainab@example.com', name: 'Zainab' });
  expect(me.account).toMatch(/^u[a-z2-7]{26}$/);
  const headers = { authorization: me.authorization };
  const mine = await bodyOf(await fetch(`${running.url}/auth/me`, { headers }));
  expect(mine).toMatchObject({
    email: 'zainab@example.com',
    name: 'Zainab',
    phone: '+923001234567',
    emailVerified: true,
    totalBalance: '0.00',
    offlineBalance: '0.00',
    roles: ['user'],
    deviceLedgerPrevHash: '0'.repeat(64),
    deviceLedgerNextSequence: 1,
  });
  const wallets = (await (
    await fetch(`${running.url}/api/v1/wallets/`, { headers })
  ).json()) as readonly { readonly wallet_type: string }[];
  expect(wallets.map(({ wallet_type }) => wallet_type).sort()).toEqual(['current', 'offline']);
});

test('the people of a demo sign in with its password', async () => {
  const ayesha = await signIn(running.url, { email: 'ayesha@example.com' });
  expect(ayesha.account).toBe('ayesha');
});

describe('nothing but the wallets’ owner is made by a sign-up', () => {
  test.each([
    ['an operator', 'pay_admin', ['user']],
    ['an admin', 'admin', ['user']],
    ['a merchant', 'merchant', ['merchant', 'user']],
    ['nothing known', 'root', ['user']],
  ])('who says %s', async (_, role, roles) => {
    const me = await signUpAndIn(running.url, { role });
    const headers = { authorization: me.authorization };
    expect((await bodyOf(await fetch(`${running.url}/auth/me`, { headers })))['roles']).toEqual(
      roles,
    );
  });
});

describe('a sign-up is refused', () => {
  const good = {
    name: 'Test Person',
    email: 'weak@example.com',
    password: TEST_PASSWORD,
    phone: '+923001234567',
  };

  test.each([
    ['nine characters', 'Aa1!aaaaa'],
    ['no upper case', 'seven-rivers-9'],
    ['no lower case', 'SEVEN-RIVERS-9'],
    ['no digit', 'Seven-Rivers-X'],
    ['no other sign', 'SevenRivers99'],
    ['73 bytes', `Aa1!${'x'.repeat(69)}`],
    ['the address in it', 'Weak-Weak-99!'],
    ['a word that everybody takes', 'P@ssw0rd2026!'],
    ['a word with a year', 'Pakistan-1947'],
    ['a control character', 'Seven-Rivers-9\u0000'],
  ])('with a password of %s', async (_, password) => {
    const answer = await post('/auth/signup', { ...good, password });
    expect([answer.status, answer.body['code']]).toEqual([422, 'auth/password_weak']);
  });

  test.each([
    ['a second header', { email: 'a@example.com\r\nBcc: b@example.com' }],
    ['two addresses', { email: 'a@example.com, b@example.com' }],
    ['no domain', { email: 'a@' }],
    ['a domain of other letters', { email: 'a@exämple.com' }],
    ['a name of two lines', { name: 'Ayesha\r\nBcc: b@example.com' }],
    ['a number that is none', { phone: 'call me' }],
    ['a name that is a list', { name: ['Ayesha'] }],
    ['no password', { password: undefined }],
  ])('with %s', async (_, change) => {
    const answer = await post('/auth/signup', { ...good, ...change });
    expect([answer.status, answer.body['code']]).toEqual([422, 'request/invalid']);
  });

  test('with an address that is taken, where the demo says so', async () => {
    const email = await signUp(running.url);
    for (const same of [email, email.toUpperCase()]) {
      const answer = await post('/auth/signup', { ...good, email: same });
      expect([answer.status, answer.body['code']]).toEqual([400, 'account/exists']);
      expect(answer.body['detail']).toContain('already exists');
    }
  });
});

describe('no session without both factors', () => {
  test.each([
    ['a wrong password', { password: 'Eight-Rivers-8' }],
    ['the password with something after it', { password: `${TEST_PASSWORD} ` }],
    ['somebody unknown', { email: 'nobody-here@example.com' }],
  ])('%s', async (_, change) => {
    const email = await signUp(running.url);
    const asked = { email, password: TEST_PASSWORD, device_fingerprint, ...change };
    const answer = await post('/auth/login', asked);
    expect([answer.status, answer.body['code']]).toEqual([401, 'auth/credentials_invalid']);
    expect(JSON.stringify(answer.body)).not.toContain('otp_demo');
  });

  test.each<[string, (good: Record<string, unknown>) => Record<string, unknown>]>([
    ['another code', (good) => ({ otp: good['otp'] === '123456' ? '654321' : '123456' })],
    ['a code that is none', () => ({ otp: 'abcdef' })],
    ['another device', () => ({ device_fingerprint: 'another' })],
    ['another challenge', () => ({ nonce: 'A'.repeat(22) })],
    ['a challenge that is none', () => ({ nonce: '../../etc' })],
    ['another address', () => ({ email: 'ayesha@example.com' })],
  ])('%s', async (_, change) => {
    const email = await signUp(running.url);
    const begun = await postJson(
      running.url,
      '/auth/login',
      { email, password: TEST_PASSWORD, device_fingerprint },
      200,
    );
    const good = { email, otp: begun['otp_demo'], nonce: begun['nonce_demo'], device_fingerprint };
    const answer = await post('/auth/login/confirm', { ...good, ...change(good) });
    expect([answer.status, answer.body['code']]).toEqual([400, 'otp/invalid']);
    // And with all of it right, it opens once.
    await postJson(running.url, '/auth/login/confirm', good, 200);
    const again = await post('/auth/login/confirm', good);
    expect([again.status, again.body['code']]).toEqual([400, 'otp/invalid']);
  });

  test('the code of one login is none for another', async () => {
    const email = await signUp(running.url);
    const ask = { email, password: TEST_PASSWORD, device_fingerprint };
    const first = await postJson(running.url, '/auth/login', ask, 200);
    const second = await postJson(running.url, '/auth/login', ask, 200);
    const crossed = { email, otp: first['otp_demo'], nonce: second['nonce_demo'] };
    const answer = await post('/auth/login/confirm', { ...crossed, device_fingerprint });
    expect([answer.status, answer.body['code']]).toEqual([400, 'otp/invalid']);
  });

  test('a code for a new password opens no session', async () => {
    const email = await signUp(running.url);
    const forgot = await postJson(running.url, '/auth/forgot-password', { email }, 200);
    const crossed = { email, otp: forgot['otp_demo'], nonce: forgot['nonce_demo'] };
    const answer = await post('/auth/login/confirm', { ...crossed, device_fingerprint });
    expect(answer.status).toBe(400);
  });

  test('what the password alone gives opens nothing', async () => {
    const email = await signUp(running.url);
    const ask = { email, password: TEST_PASSWORD, device_fingerprint };
    const begun = await postJson(running.url, '/auth/login', ask, 200);
    const headers = { authorization: `Bearer ${String(begun['nonce_demo'])}` };
    const answer = await fetch(`${running.url}/api/v1/wallets/`, { headers });
    expect(answer.status).toBe(401);
  });
});

test('who signs up again before proving the address replaces what was said before', async () => {
  const email = 'first-or-second@example.com';
  const ask = (name: string, password: string) =>
    postJson(running.url, '/auth/signup', { name, email, password, phone: '+923001234567' }, 201);
  const first = await ask('A Stranger', 'Other-Rivers-7');
  await ask('The Owner', TEST_PASSWORD);
  // Either code proves the address; what counts is what was said last.
  await postJson(running.url, '/auth/verify-email', { email, otp: first['otp_demo'] }, 200);
  const me = await signIn(running.url, { email });
  const headers = { authorization: me.authorization };
  expect(await bodyOf(await fetch(`${running.url}/user/me`, { headers }))).toMatchObject({
    name: 'The Owner',
  });
  expect(
    (await post('/auth/login', { email, password: 'Other-Rivers-7', device_fingerprint })).status,
  ).toBe(401);
});
