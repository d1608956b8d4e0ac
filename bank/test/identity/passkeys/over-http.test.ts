import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, startTestBank } from '../../http/running-bank.ts';
import type { RunningBank } from '../../http/running-bank.ts';
import { createAuthenticator } from './authenticator.ts';

type Body = Readonly<Record<string, unknown>>;

const site = { origin: 'https://bank.example', rpId: 'bank.example' };
const password = 'Seven-Rivers-9';
const device_fingerprint = 'pixel-8-a1b2';

describe('a passkey over HTTP', () => {
  let bank: RunningBank;
  let number = 0;

  beforeAll(async () => {
    bank = await startTestBank({ PUBLIC_URL: site.origin });
  });
  afterAll(() => bank.stop());

  async function call(method: string, path: string, body?: Body, token?: string) {
    const answer = await fetch(`${bank.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await bodyOf(answer) };
  }
  const post = (path: string, body: Body, token?: string) => call('POST', path, body, token);

  async function logIn(email: string, fingerprint = device_fingerprint) {
    const { body } = await post('/auth/login', {
      email,
      password,
      device_fingerprint: fingerprint,
    });
    return { nonce: String(body['nonce_demo']), otp: String(body['otp_demo']) };
  }

  /** Signed up, verified, signed in by code, with one passkey. */
  async function person() {
    number += 1;
    const email = `person${number}@example.com`;
    const signedUp = await post('/auth/signup', { name: 'Ayesha', email, password });
    const otp = String(signedUp.body['otp_demo']);
    await post('/auth/verify-email', { email, otp });
    const login = await logIn(email);
    const confirmed = await post('/auth/login/confirm', { email, ...login, device_fingerprint });
    const token = String(confirmed.body['access_token']);
    const authenticator = createAuthenticator(site);
    const asked = await post('/api/v1/passkeys/options', { purpose: 'register' }, token);
    const response = authenticator.create(asked.body['options']);
    const added = await post('/api/v1/passkeys', { name: 'My phone', response }, token);
    expect(added).toMatchObject({ status: 201, body: { id: authenticator.id, name: 'My phone' } });
    return { email, token, authenticator };
  }

  async function agePrivileges(): Promise<void> {
    await bank.ownerPool.query(`update sessions set stepped_up_at = now() - interval '6 minutes'`);
  }

  it('takes the place of the code in a login, once', async () => {
    const { email, authenticator } = await person();
    const { nonce, otp } = await logIn(email, 'another-phone');
    const on = { nonce, device_fingerprint: 'another-phone' };
    const asked = await post('/auth/login/passkey/options', on);
    const response = authenticator.get(asked.body['options']);
    const confirmed = await post('/auth/login/passkey', { ...on, response });
    expect(confirmed).toMatchObject({ status: 200, body: { token_type: 'bearer' } });
    const token = String(confirmed.body['access_token']);
    expect(await call('GET', '/api/v1/passkeys', undefined, token)).toMatchObject({ status: 200 });

    const again = await post('/auth/login/passkey', { ...on, response });
    expect(again).toMatchObject({ status: 400, body: { code: 'otp/invalid' } });
    const byCode = { email, nonce, otp, device_fingerprint: 'another-phone' };
    expect(await post('/auth/login/confirm', byCode)).toMatchObject({ status: 400 });
  });

  it('confirms nothing from another device, for another person, on another site', async () => {
    const { email, authenticator } = await person();
    const other = await person();
    const { nonce } = await logIn(email);
    const elsewhere = { nonce, device_fingerprint: 'somebody-else' };
    const refused = { status: 400, body: { code: 'otp/invalid' } };
    expect(await post('/auth/login/passkey/options', elsewhere)).toMatchObject(refused);
    const unknown = { nonce: 'A'.repeat(22), device_fingerprint };
    expect(await post('/auth/login/passkey/options', unknown)).toMatchObject(refused);

    const asked = await post('/auth/login/passkey/options', { nonce, device_fingerprint });
    const response = other.authenticator.get(asked.body['options']);
    const stolen = await post('/auth/login/passkey', { nonce, device_fingerprint, response });
    expect(stolen).toMatchObject({ status: 400, body: { code: 'passkey/invalid' } });

    const right = authenticator.get(asked.body['options'], { origin: 'https://evil.example' });
    const phished = { nonce, device_fingerprint, response: right };
    expect(await post('/auth/login/passkey', phished)).toMatchObject({ status: 400 });
    expect(bank.log.join('')).toContain('passkey.refused');
  });

  it('is told to who has none', async () => {
    const { email, token, authenticator } = await person();
    const path = `/api/v1/passkeys/${authenticator.id}`;
    expect(await call('DELETE', path, undefined, token)).toMatchObject({ status: 200 });
    expect(await call('DELETE', path, undefined, token)).toMatchObject({
      status: 404,
      body: { code: 'passkey/not_found' },
    });
    const { nonce } = await logIn(email);
    const asked = await post('/auth/login/passkey/options', { nonce, device_fingerprint });
    expect(asked).toMatchObject({ status: 409, body: { code: 'passkey/none' } });
  });

  it('makes an old session fresh again, and none is added or removed in a stale one', async () => {
    const { token, authenticator } = await person();
    await agePrivileges();
    const stale = { status: 403, body: { code: 'auth/step_up_required' } };
    const path = `/api/v1/passkeys/${authenticator.id}`;
    expect(await call('DELETE', path, undefined, token)).toMatchObject(stale);
    const response = createAuthenticator(site).create({ challenge: 'A'.repeat(43) });
    expect(await post('/api/v1/passkeys', { name: 'Thief', response }, token)).toMatchObject(stale);

    const asked = await post('/api/v1/passkeys/options', { purpose: 'step_up' }, token);
    const wrong = authenticator.get(asked.body['options'], { flags: 0x01 });
    expect(await post('/api/v1/passkeys/step-up', { response: wrong }, token)).toMatchObject({
      status: 400,
      body: { code: 'passkey/invalid' },
    });
    expect(await call('DELETE', path, undefined, token)).toMatchObject(stale);

    const next = await post('/api/v1/passkeys/options', { purpose: 'step_up' }, token);
    const right = authenticator.get(next.body['options']);
    expect(await post('/api/v1/passkeys/step-up', { response: right }, token)).toMatchObject({
      status: 200,
      body: { msg: 'Proved.' },
    });
    expect(await call('DELETE', path, undefined, token)).toMatchObject({ status: 200 });
  });

  it('is audited and told by mail', async () => {
    await person();
    const { rows } = await bank.ownerPool.query<{ action: string }>(
      `select distinct action from audit_events where action like 'passkey.%' order by action`,
    );
    expect(rows.map(({ action }) => action)).toContain('passkey.add');
    const mails = await bank.ownerPool.query(
      `select 1 from mails where template = 'passkeys_changed'`,
    );
    expect(mails.rowCount).toBeGreaterThan(0);
  });
});
