import { createClient } from '@sikka/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { postJson, signIn, signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

async function call(path: string, init: RequestInit & { as?: string } = {}) {
  const { as, ...rest } = init;
  const headers = new Headers(rest.headers);
  if (as !== undefined) headers.set('authorization', `Bearer ${as}`);
  if (rest.body !== undefined) headers.set('content-type', 'application/json');
  const response = await fetch(`${running.url}${path}`, { ...rest, headers });
  return { status: response.status, body: await bodyOf(response) };
}

function refresh(token: string, fingerprint = 'test-device') {
  const body = JSON.stringify({ refresh_token: token, device_fingerprint: fingerprint });
  return call('/auth/token/refresh', { method: 'POST', body });
}

function next(answer: { readonly body: Record<string, unknown> }): string {
  return String(answer.body['refresh_token']);
}

/** Moves the whole history of a person's sessions back in time. */
async function age(me: SignedInPerson, ms: number): Promise<void> {
  const by = `${ms} milliseconds`;
  await running.ownerPool.query(
    `update sessions s set created_at = s.created_at - $2::interval,
       last_used_at = s.last_used_at - $2::interval, expires_at = s.expires_at - $2::interval,
       absolute_until = s.absolute_until - $2::interval,
       stepped_up_at = s.stepped_up_at - $2::interval
     from accounts a where a.id = s.account_id and a.public_id = $1`,
    [me.account, by],
  );
  await running.ownerPool.query(
    `update refresh_tokens t set created_at = t.created_at - $2::interval,
       expires_at = t.expires_at - $2::interval, used_at = t.used_at - $2::interval
     from sessions s, accounts a
     where s.id = t.session_id and a.id = s.account_id and a.public_id = $1`,
    [me.account, by],
  );
}

const DAY = 86_400_000;
const invalid = { status: 401, body: { code: 'auth/refresh_invalid' } };
const ended = { status: 401, body: { code: 'auth/session_ended' } };

describe('a refresh token', () => {
  test('gives fresh tokens, again and again', async () => {
    const me = await signUpAndIn(running.url);
    let token = me.refreshToken;
    for (let time = 0; time < 4; time += 1) {
      const answer = await refresh(token);
      expect(answer.status).toBe(200);
      expect(next(answer)).not.toBe(token);
      const as = String(answer.body['access_token']);
      expect((await call('/auth/me', { as })).body['id']).toBe(me.account);
      token = next(answer);
    }
  });

  test('whose answer was lost gives the same answer again', async () => {
    const me = await signUpAndIn(running.url);
    const [first, second] = [await refresh(me.refreshToken), await refresh(me.refreshToken)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(next(second)).toBe(next(first));
    expect((await refresh(next(first))).status).toBe(200);
  });

  test('used eight times at once leaves one family, which goes on', async () => {
    const me = await signUpAndIn(running.url);
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(me.refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(new Set(answers.map(next)).size).toBe(1);
  });

  test('used after its successor was used ends the session, for whoever has which', async () => {
    const me = await signUpAndIn(running.url);
    const first = await refresh(me.refreshToken);
    const second = await refresh(next(first));
    expect(second.status).toBe(200);
    expect(await refresh(me.refreshToken)).toMatchObject(invalid);
    expect(await refresh(next(second))).toMatchObject(invalid);
    const as = String(second.body['access_token']);
    expect(await call('/auth/me', { as })).toMatchObject(ended);
    const { rows } = await running.ownerPool.query<{ action: string }>(
      `select action from audit_events where subject = $1 and action = 'session.reuse'`,
      [`account:${me.account}`],
    );
    expect(rows).toHaveLength(1);
  });

  test('copied, and used by both later than a lost answer explains, is found out', async () => {
    const me = await signUpAndIn(running.url);
    const owner = await refresh(me.refreshToken);
    await age(me, 60_000);
    const thief = await refresh(me.refreshToken);
    // Both have a token, and they are not the same.
    expect([owner.status, thief.status]).toEqual([200, 200]);
    expect(next(thief)).not.toBe(next(owner));
    expect((await refresh(next(owner))).status).toBe(200);
    expect(await refresh(next(thief))).toMatchObject(invalid);
    expect(await call('/auth/me', { as: me.accessToken })).toMatchObject(ended);
  });

  test.each<[string, (me: SignedInPerson) => Promise<{ readonly status: number }>]>([
    ['from another device', (me) => refresh(me.refreshToken, 'another')],
    [
      'from no device',
      (me) =>
        call('/auth/token/refresh', {
          method: 'POST',
          body: JSON.stringify({ refresh_token: me.refreshToken }),
        }),
    ],
    ['with a character changed', (me) => refresh(`${me.refreshToken.slice(0, -2)}AA`)],
    ['with something after it', (me) => refresh(`${me.refreshToken}=`)],
    ['that is an access token', (me) => refresh(me.accessToken)],
    ['that is the text null', () => refresh('null')],
    ['of no length', () => refresh('')],
  ])('%s is refused', async (_, present) => {
    const me = await signUpAndIn(running.url);
    expect(await present(me)).toMatchObject(invalid);
  });

  test('is no access token', async () => {
    const me = await signUpAndIn(running.url);
    expect((await call('/auth/me', { as: me.refreshToken })).status).toBe(401);
  });

  test('not used for 31 days is over; used on day 29, it is not', async () => {
    const [idle, used] = [await signUpAndIn(running.url), await signUpAndIn(running.url)];
    await age(idle, 31 * DAY);
    expect(await refresh(idle.refreshToken)).toMatchObject(invalid);
    await age(used, 29 * DAY);
    const kept = await refresh(used.refreshToken);
    expect(kept.status).toBe(200);
    await age(used, 29 * DAY);
    expect((await refresh(next(kept))).status).toBe(200);
  });

  test('used every week is over on day 91', async () => {
    const me = await signUpAndIn(running.url);
    let token = me.refreshToken;
    for (let week = 1; week <= 12; week += 1) {
      await age(me, 7 * DAY);
      token = next(await refresh(token));
    }
    await age(me, 7 * DAY);
    expect(await refresh(token)).toMatchObject(invalid);
  });

  test('is stored nowhere, and neither is a code or a password', async () => {
    const me = await signUpAndIn(running.url);
    const { email, password } = me;
    const device_fingerprint = 'test-device';
    const ask = { email, password, device_fingerprint };
    const begun = await postJson(running.url, '/auth/login', ask, 200);
    const { rows } = await running.ownerPool.query<{ text: string }>(
      `select concat(
         (select string_agg(t::text, ' ') from refresh_tokens t),
         (select string_agg(c::text, ' ') from otp_challenges c),
         (select string_agg(p::text, ' ') from passwords p),
         (select string_agg(a::text, ' ') from accounts a),
         (select string_agg(d::text, ' ') from personal_data d),
         (select string_agg(e::text, ' ') from audit_events e)
       ) as text`,
    );
    const text = rows[0]?.text ?? '';
    const hex = Buffer.from(me.refreshToken, 'base64url').toString('hex');
    for (const secret of [me.refreshToken, hex, me.password, me.email, '+923001234567']) {
      expect(text.includes(secret), 'found one').toBe(false);
    }
    const code = String(begun['otp_demo']);
    expect(new RegExp(`(?<![0-9a-z])${code}(?![0-9a-z])`, 'i').test(text)).toBe(false);
  });
});

describe('an access token stops at once', () => {
  test.each<[string, (me: SignedInPerson) => Promise<unknown>]>([
    [
      'when its session is logged out',
      (me) => postJson(running.url, '/auth/logout', { refresh_token: me.refreshToken }, 200),
    ],
    [
      'when it is logged out by the bare token',
      (me) => postJson(running.url, '/auth/logout', me.refreshToken, 200),
    ],
    ['when the person signs in on that device again', (me) => signIn(running.url, me)],
    [
      'when its session is ended from elsewhere',
      async (me) => {
        const other = await signIn(running.url, { ...me, fingerprint: 'elsewhere' });
        const { body } = await call('/api/v1/sessions', { as: other.accessToken });
        const sessions = body['sessions'] as readonly { id: string; current: boolean }[];
        const id = sessions.find(({ current }) => !current)?.id ?? '';
        await call(`/api/v1/sessions/${id}`, { method: 'DELETE', as: other.accessToken });
      },
    ],
    ['after 31 days, however long it was to live', (me) => age(me, 31 * DAY)],
  ])('%s', async (_, end) => {
    const me = await signUpAndIn(running.url);
    expect((await call('/api/v1/wallets/', { as: me.accessToken })).status).toBe(200);
    await end(me);
    const order = { from_wallet_id: 100_000_000_008, to_wallet_id: 100_000_000_016 };
    const body = JSON.stringify({ ...order, amount: '1.00', currency: 'PKR' });
    const moved = { method: 'POST', body, as: me.accessToken };
    expect(await call('/api/v1/wallets/transfer', moved)).toMatchObject(ended);
    expect(await refresh(me.refreshToken)).toMatchObject(invalid);
  });

  test('and nobody is told whether there was a session to log out', async () => {
    const me = await signUpAndIn(running.url);
    const answers = [
      await call('/auth/logout', {
        method: 'POST',
        body: JSON.stringify({ refresh_token: me.refreshToken }),
      }),
      await call('/auth/logout', { method: 'POST', body: JSON.stringify({ refresh_token: 'x' }) }),
      await call('/auth/logout', { method: 'POST', body: JSON.stringify('') }),
    ];
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });
});

describe('one’s sessions', () => {
  test('are listed, with the one that asks', async () => {
    const me = await signUpAndIn(running.url);
    await signIn(running.url, { ...me, fingerprint: 'second' });
    const { body } = await call('/api/v1/sessions', { as: me.accessToken });
    const sessions = body['sessions'] as readonly { current: boolean; agent: string }[];
    expect(sessions.filter(({ current }) => current)).toHaveLength(1);
    expect(sessions).toHaveLength(2);
    expect(sessions[0]?.agent).toBe('node');
  });

  test('are nobody else’s to see or end', async () => {
    const [me, other] = [await signUpAndIn(running.url), await signUpAndIn(running.url)];
    const { body } = await call('/api/v1/sessions', { as: me.accessToken });
    const [own] = body['sessions'] as readonly { id: string }[];
    const end = (id: string) =>
      call(`/api/v1/sessions/${id}`, { method: 'DELETE', as: other.accessToken });
    const theirs = await end(own?.id ?? '');
    const nobodys = await end('A'.repeat(22));
    expect(theirs).toMatchObject({ status: 404, body: { code: 'session/not_found' } });
    expect({ ...theirs.body, request_id: '' }).toEqual({ ...nobodys.body, request_id: '' });
    expect((await call('/auth/me', { as: me.accessToken })).status).toBe(200);
  });

  test('are at most twenty: the one longest unused ends', async () => {
    const me = await signUpAndIn(running.url);
    for (let n = 0; n < 20; n += 1) {
      await running.ownerPool.query(
        `insert into sessions
           (id, account_id, fingerprint, created_at, last_used_at, expires_at, absolute_until)
         select decode(lpad(to_hex($2::int), 32, '0'), 'hex'), id,
           decode(lpad(to_hex($2::int), 64, '0'), 'hex'),
           now(), now(), now() + interval '1 day', now() + interval '1 day'
         from accounts where public_id = $1`,
        [me.account, n],
      );
    }
    const last = await signIn(running.url, { ...me, fingerprint: 'one more' });
    const { body } = await call('/api/v1/sessions', { as: last.accessToken });
    expect(body['sessions']).toHaveLength(20);
    expect(await call('/auth/me', { as: me.accessToken })).toMatchObject(ended);
  });
});

describe('a token of another session', () => {
  test('that belongs to somebody else opens nothing', async () => {
    const [me, other] = [await signUpAndIn(running.url), await signUpAndIn(running.url)];
    // The same session id under another account’s name cannot be made without the key; were it
    // made, the session would have to be that account’s.
    await running.ownerPool.query(
      `update sessions s set account_id = (select id from accounts where public_id = $1)
       from accounts a where a.id = s.account_id and a.public_id = $2`,
      [other.account, me.account],
    );
    expect(await call('/auth/me', { as: me.accessToken })).toMatchObject(ended);
  });

  test('that the command line makes belongs to none: it works, and is never fresh', async () => {
    const client = createClient({
      baseUrl: running.url,
      token: () => running.bank.token('ayesha'),
    });
    expect(await client.getMe()).toMatchObject({ ok: true });
    expect(await client.askStepUp()).toMatchObject({
      ok: false,
      problem: { code: 'auth/session_missing', status: 403 },
    });
  });
});
