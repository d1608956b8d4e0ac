import { createClient, toBase64url } from '@sikka/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionMessage } from '../../src/identity/index.ts';
import * as phones from '../http/phone.ts';
import type { Phone } from '../http/phone.ts';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { postJson, signUpAndIn } from '../support/person.ts';
import { createDesk } from './desk.ts';

/** Sessions that only an enrolled key renews: a copied token is worth nothing. */

let running: RunningBank;
const { call } = createDesk(() => running);
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const device_fingerprint = 'test-device';

async function proofBy(phone: Phone, purpose: 'confirm' | 'refresh', bound: string) {
  const message = sessionMessage(purpose, Buffer.from(bound, 'base64url'));
  const signature = toBase64url(await phone.signer.sign(message));
  return { key_hash: toBase64url(phone.keyHash), signature };
}

async function begin(email: string, password: string) {
  const ask = { email, password, device_fingerprint };
  const begun = await postJson(running.url, '/auth/login', ask, 200);
  const nonce = String(begun['nonce_demo']);
  return { email, otp: begun['otp_demo'], nonce, device_fingerprint };
}

/** Somebody with an enrolled phone, and a session that this phone opened. */
async function withDevice() {
  const me = await signUpAndIn(running.url);
  const client = createClient({ baseUrl: running.url, token: () => me.accessToken });
  const { phone, device } = await phones.enrolled(client, me.account, 'payer');
  const ask = await begin(me.email, me.password);
  const device_proof = await proofBy(phone, 'confirm', ask.nonce);
  const opened = await postJson(running.url, '/auth/login/confirm', { ...ask, device_proof }, 200);
  const token = String(opened['refresh_token']);
  return { me, phone, till: device.till, token, as: String(opened['access_token']) };
}

function refresh(refresh_token: string, device_proof?: unknown) {
  return call('/auth/token/refresh', {
    body: { refresh_token, device_fingerprint, ...(device_proof ? { device_proof } : {}) },
  });
}

const invalid = { status: 401, body: { code: 'auth/refresh_invalid' } };

test('a session that a phone opened is renewed by its signature, once for each token', async () => {
  const { phone, token } = await withDevice();
  const first = await refresh(token, await proofBy(phone, 'refresh', token));
  expect(first.status).toBe(200);
  const next = String(first.body['refresh_token']);
  const second = await refresh(next, await proofBy(phone, 'refresh', next));
  expect(second.status).toBe(200);
  // Strictly: a token a second time ends the session at once.
  expect(await refresh(next, await proofBy(phone, 'refresh', next))).toMatchObject(invalid);
  const last = String(second.body['refresh_token']);
  expect(await refresh(last, await proofBy(phone, 'refresh', last))).toMatchObject(invalid);
  const as = String(second.body['access_token']);
  expect(await call('/auth/me', { as })).toMatchObject({ body: { code: 'auth/session_ended' } });
});

describe('a copied token renews nothing', () => {
  test.each<[string, (of: Awaited<ReturnType<typeof withDevice>>) => Promise<unknown>]>([
    ['without a signature', async () => undefined],
    [
      'with another phone’s',
      async ({ token }) => proofBy(await phones.newPhone(), 'refresh', token),
    ],
    [
      'with another phone’s under this one’s name',
      async ({ phone, token }) => ({
        ...(await proofBy(await phones.newPhone(), 'refresh', token)),
        key_hash: toBase64url(phone.keyHash),
      }),
    ],
    ['with one over another token', async ({ phone }) => proofBy(phone, 'refresh', 'A'.repeat(43))],
    [
      'with one that opened the session',
      async ({ phone, token }) => proofBy(phone, 'confirm', token),
    ],
    [
      'with one that is no signature',
      async ({ phone }) => ({
        key_hash: toBase64url(phone.keyHash),
        signature: 'AAAA',
      }),
    ],
  ])('%s', async (_, make) => {
    const of = await withDevice();
    expect(await refresh(of.token, await make(of))).toMatchObject(invalid);
    // The owner goes on: nobody ends a session with what is not a proof.
    const own = await proofBy(of.phone, 'refresh', of.token);
    expect((await refresh(of.token, own)).status).toBe(200);
  });
});

test('a session is not opened by another person’s phone', async () => {
  const { phone } = await withDevice();
  const other = await signUpAndIn(running.url);
  const ask = await begin(other.email, other.password);
  const device_proof = await proofBy(phone, 'confirm', ask.nonce);
  expect(await call('/auth/login/confirm', { body: { ...ask, device_proof } })).toMatchObject({
    status: 400,
    body: { code: 'device/possession_unproven' },
  });
});

test('a phone reported lost ends its session at once', async () => {
  const { me, phone, till, token, as } = await withDevice();
  const revoke = { as, body: { reason: 'lost' } };
  expect((await call(`/api/v1/devices/${till}/revoke`, revoke)).status).toBe(200);
  expect(await call('/api/v1/wallets/', { as })).toMatchObject({
    status: 401,
    body: { code: 'auth/session_ended' },
  });
  expect(await refresh(token, await proofBy(phone, 'refresh', token))).toMatchObject(invalid);
  const ask = await begin(me.email, me.password);
  const device_proof = await proofBy(phone, 'confirm', ask.nonce);
  const again = await call('/auth/login/confirm', { body: { ...ask, device_proof } });
  expect(again).toMatchObject({ status: 400, body: { code: 'device/possession_unproven' } });
});
