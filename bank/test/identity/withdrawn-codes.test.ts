import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { postJson, signIn, signUp, signUpAndIn, TEST_PASSWORD } from '../support/person.ts';
import { createDesk } from './desk.ts';

/** What is begun with a password or an address does not go on after it has changed. */

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const { call, staff } = createDesk(() => running);
const device_fingerprint = 'test-device';
const NEW_PASSWORD = 'Nine-Rivers-10';
const post = (path: string, body: unknown, expected = 200) =>
  postJson(running.url, path, body, expected);

async function beginLogin(email: string) {
  const ask = { email, password: TEST_PASSWORD, device_fingerprint };
  const { otp_demo: otp, nonce_demo: nonce } = await post('/auth/login', ask);
  return { email, otp, nonce, device_fingerprint };
}

async function beginReset(email: string) {
  const { otp_demo: otp, nonce_demo: nonce } = await post('/auth/forgot-password', { email });
  return { email, otp, nonce, new_password: NEW_PASSWORD, confirm_password: NEW_PASSWORD };
}

test('a login begun with the old password is not finished after a reset', async () => {
  const email = await signUp(running.url);
  const begun = await beginLogin(email);
  await post('/auth/forgot-password/confirm', await beginReset(email));
  expect(await post('/auth/login/confirm', begun, 400)).toMatchObject({ code: 'otp/invalid' });
});

test('nor after the password was changed, nor a reset that was asked for before', async () => {
  const me = await signUpAndIn(running.url);
  const [login, reset] = [await beginLogin(me.email), await beginReset(me.email)];
  const change = { current_password: TEST_PASSWORD, new_password: 'Eight-Rivers-8' };
  expect(await call('/user/change-password', { as: me.accessToken, body: change })).toMatchObject({
    status: 200,
  });
  await post('/auth/login/confirm', login, 400);
  await post('/auth/forgot-password/confirm', reset, 400);
});

test('a reset code sent to an address resets nothing once there is a new one', async () => {
  const me = await signUpAndIn(running.url);
  const old = await beginReset(me.email);
  const email = `new-${me.email}`;
  const asked = await call('/user/me', { method: 'PUT', as: me.accessToken, body: { email } });
  expect(asked.status).toBe(200);
  await post('/auth/verify-email', { email, otp: await mailedCode(email) });
  await post('/auth/forgot-password/confirm', old, 400);
  await expect(signIn(running.url, { email })).resolves.toMatchObject({ account: me.account });
});

/** As its reader sees it in the demo's mailbox. */
async function mailedCode(to: string): Promise<string> {
  for (let look = 0; look < 100; look += 1) {
    const page = await (await fetch(`${running.url}/demo/mailbox`)).text();
    const card = page.split('<details').find((each) => each.includes(`>${to}<`));
    const code = /<code dir="ltr">(\d{6})<\/code>/.exec(card ?? '')?.[1];
    if (code !== undefined) return code;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('No code was mailed.');
}

describe('an account that staff opened', () => {
  test.each([['admin'], ['user']])(
    'with the role %s is not taken over by whoever signs up with its address',
    async (role) => {
      const { accessToken: as } = await staff('admin');
      const email = `staff-${role}@example.com`;
      const opened = await call('/api/v1/users/', {
        as,
        body: { name: 'Sana Malik', email, roles: [role] },
      });
      expect(opened.status).toBe(201);
      const stranger = { name: 'A Stranger', email, password: 'Other-Rivers-7' };
      await post('/auth/signup', stranger, 400);
      await post('/auth/login', { ...stranger, device_fingerprint }, 401);
      await post('/auth/forgot-password/confirm', await beginReset(email));
      const owner = await signIn(running.url, { email, password: NEW_PASSWORD });
      expect((await call('/user/me', { as: owner.accessToken })).body).toMatchObject({
        name: 'Sana Malik',
        roles: [role],
      });
    },
  );
});
