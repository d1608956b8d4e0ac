import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { postJson, signIn, signUp, signUpAndIn, TEST_PASSWORD } from '../support/person.ts';

/** Guessing passwords and codes, and finding out who has an account. */

let running: RunningBank;
/** As in production: nothing of an answer says whether an address is known. */
let discreet: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
  discreet = await startTestBank({ SIGNUP_REVEALS_EXISTING: 'off' });
});
afterAll(async () => {
  await running.stop();
  await discreet.stop();
});

const device_fingerprint = 'test-device';

function post(path: string, body: unknown, bank = running) {
  return postAny(bank.url, path, body);
}

async function postAny(url: string, path: string, body: unknown, more: object = {}) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...more },
    body: JSON.stringify(body),
  });
  const { status, headers } = response;
  return { status, body: await bodyOf(response), retry: headers.get('retry-after') };
}

function login(email: string, password = TEST_PASSWORD) {
  return post('/auth/login', { email, password, device_fingerprint });
}

/** Lets so much time pass for what counts attempts and codes. */
async function pass(minutes: number): Promise<void> {
  const by = `${minutes} minutes`;
  await running.ownerPool.query(
    `update login_failures set window_start = window_start - $1::interval,
       locked_until = locked_until - $1::interval`,
    [by],
  );
  await running.ownerPool.query(
    `update otp_challenges set created_at = created_at - $1::interval,
       expires_at = expires_at - $1::interval`,
    [by],
  );
}

describe('passwords', () => {
  test('after five wrong ones the right one is refused too, for a quarter of an hour', async () => {
    const email = await signUp(running.url);
    for (let n = 0; n < 5; n += 1) {
      expect(await login(email, `Wrong-Rivers-${n}`)).toMatchObject({ status: 401 });
    }
    const refused = await login(email);
    expect(refused).toMatchObject({ status: 429, body: { code: 'auth/locked' } });
    expect(Number(refused.retry)).toBeGreaterThan(14 * 60);
    await pass(14);
    expect((await login(email)).status).toBe(429);
    await pass(2);
    expect((await login(email)).status).toBe(200);
  });

  test('a thousand at once are no more than five', async () => {
    const email = await signUp(running.url);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => login(email, `Wrong-Rivers-${n}`)),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(35);
    for (let round = 0; round < 24; round += 1) {
      const more = await Promise.all(
        Array.from({ length: 40 }, (_, n) => login(email, `Wrong-${round}-${n}`)),
      );
      expect(new Set(more.map(({ status }) => status))).toEqual(new Set([429]));
    }
    expect((await login(email)).status).toBe(429);
  });

  test('somebody unknown is locked out in the same words', async () => {
    const known = await signUp(running.url);
    const [mine, nobodys] = [known, 'nobody-at-all@example.com'];
    for (const email of [mine, nobodys]) {
      for (let n = 0; n < 5; n += 1) await login(email, 'Wrong-Rivers-0');
    }
    const answers = await Promise.all([login(mine), login(nobodys)]);
    const words = answers.map(({ status, body }) => ({ status, ...body, request_id: '' }));
    expect(words[0]).toEqual(words[1]);
  });

  test('from everywhere lock an address, but not its owner’s own device', async () => {
    const bank = await startTestBank({ TRUSTED_PROXIES: '127.0.0.1' });
    const { email } = await signUpAndIn(bank.url, { fingerprint: 'own phone' });
    const from = async (n: number, device: string, password = TEST_PASSWORD) => {
      const forwarded = { 'x-forwarded-for': `203.0.113.${n}` };
      const body = { email, password, device_fingerprint: device };
      return postAny(bank.url, '/auth/login', body, forwarded);
    };
    for (let n = 0; n < 25; n += 1) await from(n, 'thief', 'Wrong-Rivers-0');
    expect((await from(99, 'new phone')).status).toBe(429);
    const begun = await from(99, 'own phone');
    expect(begun.status).toBe(200);
    const { otp_demo: otp, nonce_demo: nonce } = begun.body;
    const code = { email, otp, nonce, device_fingerprint: 'own phone' };
    expect((await postAny(bank.url, '/auth/login/confirm', code)).status).toBe(200);
    // Whoever calls a device so has five tries for it, from wherever.
    const tries: number[] = [];
    for (let n = 0; n < 7; n += 1) tries.push((await from(n, 'own phone', 'Wrong-1')).status);
    expect(tries).toEqual([401, 401, 401, 401, 401, 429, 429]);
    await bank.stop();
  });

  test('from all the addresses of one IPv6 network are one client’s', async () => {
    const bank = await startTestBank({ TRUSTED_PROXIES: '127.0.0.1' });
    const email = await signUp(bank.url);
    const from = async (address: string, password: string) => {
      const body = { email, password, device_fingerprint };
      return (await postAny(bank.url, '/auth/login', body, { 'x-forwarded-for': address })).status;
    };
    const statuses: number[] = [];
    for (let n = 1; n <= 8; n += 1) statuses.push(await from(`2a00:1:2:3::${n}`, 'Wrong-1'));
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(await from('2a00:1:2:3:ffff::1', TEST_PASSWORD)).toBe(429);
    // Its owner, elsewhere.
    expect(await from('2a00:1:2:4::1', TEST_PASSWORD)).toBe(200);
    await bank.stop();
  });

  test('of one person do not lock out another', async () => {
    const [victim, other] = [await signUp(running.url), await signUp(running.url)];
    for (let n = 0; n < 6; n += 1) await login(victim, 'Wrong-Rivers-0');
    expect((await login(other)).status).toBe(200);
  });

  test('right ones are not counted', async () => {
    const email = await signUp(running.url);
    for (let n = 0; n < 9; n += 1) expect((await login(email)).status).toBe(200);
  });
});

describe('codes', () => {
  test('of a thousand guesses none opens, nor does the right one while locked', async () => {
    const email = await signUp(running.url);
    const begun = await postJson(
      running.url,
      '/auth/login',
      { email, password: TEST_PASSWORD, device_fingerprint },
      200,
    );
    const nonce = begun['nonce_demo'];
    const right = String(begun['otp_demo']);
    const guess = (otp: string) =>
      post('/auth/login/confirm', { email, otp, nonce, device_fingerprint });
    const statuses: number[] = [];
    for (let from = 0; from < 1000; from += 100) {
      const codes = Array.from({ length: 100 }, (_, n) => String(from + n).padStart(6, '0'));
      const wrong = codes.filter((code) => code !== right);
      statuses.push(...(await Promise.all(wrong.map(guess))).map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 400)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(statuses.length - 5);
    expect((await guess(right)).status).toBe(429);
    // Not after the lock either: five tries were all that it had.
    await running.ownerPool.query('delete from login_failures');
    expect(await guess(right)).toMatchObject({ status: 400, body: { code: 'otp/invalid' } });
  });

  test('of eleven minutes ago are none', async () => {
    const email = await signUp(running.url);
    const begun = await login(email);
    await pass(11);
    const { otp_demo: otp, nonce_demo: nonce } = begun.body;
    const late = await post('/auth/login/confirm', { email, otp, nonce, device_fingerprint });
    expect(late).toMatchObject({ status: 400, body: { code: 'otp/invalid' } });
  });

  test('used five times at once open once', async () => {
    const email = await signUp(running.url);
    const { otp_demo: otp, nonce_demo: nonce } = (await login(email)).body;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        post('/auth/login/confirm', { email, otp, nonce, device_fingerprint }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
  });

  test('of twenty that are asked for, ten are mailed; the last one mailed stays good', async () => {
    const email = await signUp(running.url);
    const answers: Awaited<ReturnType<typeof post>>[] = [];
    for (let n = 0; n < 20; n += 1) answers.push(await login(email));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { rows } = await running.ownerPool.query<{ mails: number }>(
      `select count(*)::int as mails from mails m
       join personal_data p on p.account_id = m.account_id
       join otp_challenges c on c.account_id = m.account_id and c.purpose = 'login'
       where m.template = 'login_code' and c.id = decode($1, 'hex')`,
      [Buffer.from(String(answers[9]?.body['nonce_demo']), 'base64url').toString('hex')],
    );
    expect(rows).toEqual([{ mails: 10 }]);
    const confirm = (place: number) => {
      const { otp_demo: otp, nonce_demo: nonce } = answers[place]?.body ?? {};
      return post('/auth/login/confirm', { email, otp, nonce, device_fingerprint });
    };
    // What was not mailed fits nothing, whatever the answer showed.
    expect((await confirm(10)).status).toBe(400);
    expect((await confirm(9)).status).toBe(200);
  });

  test('for a new password are five a day from one client, whoever asks', async () => {
    const email = await signUp(running.url);
    const codes: Awaited<ReturnType<typeof post>>[] = [];
    for (let n = 0; n < 6; n += 1) codes.push(await post('/auth/forgot-password', { email }));
    expect(new Set(codes.map(({ status }) => status))).toEqual(new Set([200]));
    const set = ({ body }: (typeof codes)[number]) =>
      post('/auth/forgot-password/confirm', {
        ...{ email, otp: body['otp_demo'], nonce: body['nonce_demo'] },
        ...{ new_password: 'Nine-Rivers-10', confirm_password: 'Nine-Rivers-10' },
      });
    expect((await set(codes[5]!)).status).toBe(400);
    expect((await set(codes[0]!)).status).toBe(200);
  });
});

describe('who has an account cannot be found out', () => {
  const asks: readonly (readonly [string, string, (email: string) => object])[] = [
    ['signing up', '/auth/signup', (email) => ({ name: 'A', email, password: TEST_PASSWORD })],
    [
      'a wrong password',
      '/auth/login',
      (email) => ({
        ...{ email, password: 'Wrong-Rivers-0', device_fingerprint },
      }),
    ],
    ['a forgotten password', '/auth/forgot-password', (email) => ({ email })],
    [
      'a code of no challenge',
      '/auth/login/confirm',
      (email) => ({
        ...{ email, otp: '123456', nonce: 'A'.repeat(22), device_fingerprint },
      }),
    ],
    ['a code for an address', '/auth/verify-email', (email) => ({ email, otp: '123456' })],
  ];

  test.each(asks)('by %s: the words are the same', async (_, path, bodyFor) => {
    const email = await signUp(discreet.url);
    const known = await post(path, bodyFor(email), discreet);
    const unknown = await post(path, bodyFor(`x${email}`), discreet);
    const words = ({ status, body }: typeof known) => {
      const { request_id: _id, nonce_demo: nonce, otp_demo: otp, ...rest } = body;
      return { status, ...rest, nonce: typeof nonce, otp: typeof otp };
    };
    expect(words(known)).toEqual(words(unknown));
  });

  test.each(asks)('by %s: it takes as long', async (_, path, bodyFor) => {
    const known = await signUp(discreet.url);
    const forget = () => discreet.ownerPool.query('delete from login_failures');
    let strangers = 0;
    const measure = async () => {
      const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
      for (let n = 0; n < 60; n += 1) {
        if (n % 4 === 0) await forget();
        for (const who of ['known', 'unknown'] as const) {
          const email = who === 'known' ? known : `u${(strangers += 1)}-${known}`;
          const began = performance.now();
          await post(path, bodyFor(email), discreet);
          times[who].push(performance.now() - began);
        }
      }
      // The quickest: a busy machine makes requests slower, and none quicker.
      return Math.abs(Math.min(...times.known) - Math.min(...times.unknown));
    };
    let apart = await measure();
    // What tells them apart does so each time.
    for (let more = 2; more > 0 && apart >= 20; more -= 1) apart = await measure();
    // Without bcrypt’s quarter of a second around it, so that any difference would stand out.
    expect(apart).toBeLessThan(20);
  });

  test('nor by signing up with an address and then signing in', async () => {
    const known = await signUp(discreet.url);
    const answers = [known, `x${known}`].map(async (email) => {
      const mine = { email, password: 'Other-Rivers-7' };
      await post('/auth/signup', { name: 'A', ...mine }, discreet);
      return post('/auth/login', { ...mine, device_fingerprint }, discreet);
    });
    for (const { status, body } of await Promise.all(answers)) {
      expect([status, body['code']]).toEqual([401, 'auth/credentials_invalid']);
    }
  });

  test('the owner of an address is told that somebody signed up with it', async () => {
    const email = await signUp(discreet.url);
    const again = { name: 'A', email, password: 'Other-Rivers-7' };
    expect((await post('/auth/signup', again, discreet)).status).toBe(201);
    const { rows } = await discreet.ownerPool.query<{ template: string }>(
      `select template from mails order by id desc limit 1`,
    );
    expect(rows).toEqual([{ template: 'someone_signed_up' }]);
    // And nothing of the account is another now.
    await expect(signIn(discreet.url, { email })).resolves.toMatchObject({ email });
  });
});
