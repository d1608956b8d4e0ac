import { createPrivateKey, createPublicKey } from 'node:crypto';
import {
  publicKeyPem,
  publicKeySpki,
  readEmvQr,
  sha256,
  walletKeyPossessionBytes,
} from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import { fromBase64url, toBase64url } from '@sikka/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkBooks } from '../../src/ledger/index.ts';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';
import { callAs, IBAN, topUpAs, walletsAs } from './calls.ts';
import type { CallArguments, TopUpArguments } from './calls.ts';

let running: RunningBank;
let ayesha: SignedInPerson;
let bilal: SignedInPerson;

beforeAll(async () => {
  running = await startTestBank();
  ayesha = await signUpAndIn(running.url, { name: 'Ayesha Bibi' });
  bilal = await signUpAndIn(running.url, { name: 'Bilal Kiryana Store' });
});
afterAll(async () => {
  const books = await checkBooks(running.ownerPool);
  await running.stop();
  expect(books).toMatchObject({ ok: true });
});

const call = (...asked: CallArguments) => callAs(running.url, ...asked);
const walletsOf = (who: SignedInPerson) => walletsAs(running.url, who);
const topUp = (...asked: TopUpArguments) => topUpAs(running.url, ...asked);

describe('making a wallet', () => {
  test('gives the one of sign-up once, with its key; then says that it is there', async () => {
    const person = await signUpAndIn(running.url);
    const { offline, current } = await walletsOf(person);
    const order = { wallet_type: 'offline', currency: 'PKR', role: 'admin', balance: '9999' };
    const first = await call(person, 'POST /api/v1/wallets/', order);
    expect(first).toMatchObject({
      status: 201,
      body: { id: offline, user_id: person.account, balance: '0.00', is_active: true },
    });
    expect(String(first.body['public_key'])).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    const again = await call(person, 'POST /wallet/create', order);
    expect(again).toMatchObject({ status: 400, body: { code: 'wallet/exists' } });
    expect(again.body['detail']).toContain('already has');
    const other = await call(person, 'POST /wallet/create', { wallet_type: 'current' });
    expect(other).toMatchObject({ status: 201, body: { id: current, public_key: null } });
  });

  test('of two first calls at once one gets it', async () => {
    const person = await signUpAndIn(running.url);
    const order = { wallet_type: 'current', currency: 'PKR' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call(person, 'POST /api/v1/wallets/', order)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, ...Array.from({ length: 7 }, () => 400)]);
  });

  test('opens each of the four currencies, and no fifth', async () => {
    const person = await signUpAndIn(running.url);
    for (const currency of ['USD', 'AED', 'SAR']) {
      const made = await call(person, 'POST /api/v1/wallets/', {
        wallet_type: 'offline',
        currency,
      });
      expect(made).toMatchObject({ status: 201, body: { currency, balance: '0.00' } });
    }
    for (const currency of ['XOF', 'EUR', 'pkr', '']) {
      const made = await call(person, 'POST /api/v1/wallets/', {
        wallet_type: 'offline',
        currency,
      });
      expect(made.status).toBe(422);
    }
  });

  test('with an idempotency key repeats the answer, and stores no account number', async () => {
    const person = await signUpAndIn(running.url);
    const order = { wallet_type: 'current', bank_account_number: IBAN };
    const key = { 'idempotency-key': 'my-first-wallet' };
    const first = await call(person, 'POST /api/v1/wallets/', order, key);
    const iban = 'PK36SCBL0000001123456702';
    expect(first).toMatchObject({ status: 201, body: { bank_account_number: iban } });
    const again = await call(person, 'POST /api/v1/wallets/', order, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    const another = await call(person, 'POST /api/v1/wallets/', { ...order, currency: 'USD' }, key);
    expect(another.body.code).toBe('idempotency/key_reused');
    const { rows } = await running.ownerPool.query<{ answer: string }>(
      `select coalesce(answer::text, '') as answer from idempotency_keys where key = $1`,
      ['my-first-wallet'],
    );
    expect(rows.map(({ answer }) => answer.includes('SCBL'))).toEqual([false]);
  });

  test.each([
    [
      'a wrong check digit',
      { bank_account_number: 'PK37SCBL0000001123456702' },
      'wallet/bank_account_invalid',
    ],
    [
      'another alphabet',
      { bank_account_number: 'PK٣٦SCBL0000001123456702' },
      'wallet/bank_account_invalid',
    ],
    [
      'no number at all',
      { bank_account_number: "'; drop table wallets" },
      'wallet/bank_account_invalid',
    ],
    ['no key', { public_key_pem: 'no key' }, 'wallet/key_invalid'],
    ['no kind', { wallet_type: 'savings' }, 'request/invalid'],
  ])('refuses %s, and makes none', async (_, change, code) => {
    const person = await signUpAndIn(running.url);
    const order = { wallet_type: 'offline', currency: 'USD', ...change };
    const refused = await call(person, 'POST /api/v1/wallets/', order);
    expect(refused).toMatchObject({ status: 422, body: { code } });
    const { body } = await call(person, 'GET /api/v1/wallets/');
    expect(body).toHaveLength(2);
  });

  test('in two steps: the code makes what was asked for, once', async () => {
    const person = await signUpAndIn(running.url);
    const order = { wallet_type: 'offline', currency: 'SAR' };
    const early = await call(person, 'POST /api/v1/wallets/create-verify', { otp: '123456' });
    expect(early).toMatchObject({ status: 400, body: { code: 'otp/invalid' } });
    const asked = await call(person, 'POST /api/v1/wallets/create-request', order);
    expect(asked.status).toBe(200);
    const otp = String(asked.body['otp_demo']);
    const wrong = otp === '000000' ? '111111' : '000000';
    const verify = 'POST /api/v1/wallets/create-verify';
    expect((await call(person, verify, { otp: wrong })).body.code).toBe('otp/invalid');
    const made = await call(person, verify, { otp });
    expect(made).toMatchObject({ status: 201, body: { currency: 'SAR', wallet_type: 'offline' } });
    expect((await call(person, verify, { otp })).body.code).toBe('otp/invalid');
    const repeat = await call(person, 'POST /api/v1/wallets/create-request', order);
    expect(repeat).toMatchObject({ status: 400, body: { code: 'wallet/exists' } });
  });
});

test('a wallet that is deactivated takes and gives nothing until it is activated', async () => {
  const person = await signUpAndIn(running.url);
  const { current, offline } = await walletsOf(person);
  await topUp(person, current, '50.00');
  const order = { from_wallet_id: current, to_wallet_id: offline, amount: '1', currency: 'PKR' };
  const off = await call(person, `POST /api/v1/wallets/${offline}/deactivate`);
  expect(off).toMatchObject({ status: 200, body: { id: offline, is_active: false } });
  const refused = await call(person, 'POST /api/v1/wallets/transfer', order);
  expect(refused).toMatchObject({ status: 409, body: { code: 'wallet/inactive' } });
  const qr = await call(person, 'POST /api/v1/wallets/qr-code', { wallet_id: offline });
  expect(qr.body.code).toBe('wallet/inactive');
  const on = await call(person, `POST /api/v1/wallets/${offline}/activate`);
  expect(on).toMatchObject({ status: 200, body: { is_active: true } });
  expect((await call(person, 'POST /wallet/transfer', order)).status).toBe(201);
});

test('of somebody else’s wallet nothing can be seen or changed', async () => {
  const { current, offline } = await walletsOf(ayesha);
  const { publicKey } = await generateNodeSigningKey('PS256');
  const public_key_pem = publicKeyPem('PS256', publicKey);
  const tries: readonly (readonly [string, unknown?])[] = [
    [`GET /api/v1/wallets/${offline}`],
    [`GET /wallet/${offline}`],
    [`GET /wallet/qr/${offline}`],
    [`GET /api/v1/wallets/${offline}/private-key`],
    [`GET /api/v1/wallets/${offline}/emv-qr`],
    [`POST /api/v1/wallets/${offline}/deactivate`],
    [`POST /api/v1/wallets/${offline}/activate`],
    ['POST /api/v1/wallets/qr-code', { wallet_id: offline }],
    [`PUT /api/v1/wallets/${offline}/offline-signing-key`, { public_key_pem }],
    [
      'POST /api/v1/wallets/topup',
      { wallet_id: current, amount: '1', password: bilal.password, bank_account_number: IBAN },
    ],
    ['POST /api/v1/wallets/topup/verify', { wallet_id: current, otp: '123456' }],
  ];
  for (const [line, body] of tries) {
    const answer = await call(bilal, line, body);
    expect([line, answer.status, answer.body.code]).toEqual([line, 404, 'wallet/not_found']);
  }
  const { body } = await call(ayesha, `GET /api/v1/wallets/${offline}`);
  expect(body).toMatchObject({ is_active: true });
});

describe('a key over HTTP', () => {
  test('in escrow is released to a fresh session, and gone when a device’s comes', async () => {
    const person = await signUpAndIn(running.url);
    const { offline } = await walletsOf(person);
    const path = `GET /api/v1/wallets/${offline}/private-key`;
    const released = await call(person, path);
    expect(released).toMatchObject({ status: 200, body: { wallet_id: offline } });
    const { body: shown } = await call(person, `GET /api/v1/wallets/${offline}`);
    const half = createPrivateKey(String(released.body['private_key']));
    const derived = createPublicKey(half).export({ format: 'pem', type: 'spki' });
    expect(shown['public_key']).toBe(derived);
    await running.ownerPool.query(
      `update sessions set stepped_up_at = stepped_up_at - interval '6 minutes'`,
    );
    expect(await call(person, path)).toMatchObject({
      status: 403,
      body: { code: 'auth/step_up_required' },
    });
    const { publicKey } = await generateNodeSigningKey('PS256');
    const public_key_pem = publicKeyPem('PS256', publicKey);
    const put = `PUT /api/v1/wallets/${offline}/offline-signing-key`;
    const registered = await call(person, put, { public_key_pem, alg: 'none' });
    expect(registered).toMatchObject({ status: 200, body: { public_key: public_key_pem } });
    const second = await generateNodeSigningKey('PS256');
    const again = { public_key_pem: publicKeyPem('PS256', second.publicKey) };
    expect((await call(person, put, again)).body.code).toBe('auth/step_up_required');
    await running.ownerPool.query('update sessions set stepped_up_at = now()');
    expect((await call(person, path)).body.code).toBe('wallet/key_device_held');
    const { rows } = await running.ownerPool.query<{ sealed: bigint }>(
      'select count(sealed_private) as sealed from wallet_keys where wallet = $1',
      [offline],
    );
    expect(rows[0]?.sealed).toBe(0n);
  });

  test.each([
    ['that nobody showed to have stops', false, []],
    ['that was shown goes on', true, ['device']],
  ])('%s with a reset password', async (_, shown, left) => {
    const person = await signUpAndIn(running.url);
    const { offline } = await walletsOf(person);
    const { publicKey } = await generateNodeSigningKey('PS256');
    const public_key_pem = publicKeyPem('PS256', publicKey);
    await call(person, `PUT /api/v1/wallets/${offline}/offline-signing-key`, { public_key_pem });
    const { ownerPool } = running;
    if (shown) {
      const sql = `update wallet_keys set proved_at = now()
        where wallet = $1 and origin = 'device'`;
      await ownerPool.query(sql, [offline]);
    }
    const { email } = person;
    const { body } = await call(person, 'POST /auth/forgot-password', { email });
    const code = { email, otp: body['otp_demo'], nonce: body['nonce_demo'] };
    const password = { new_password: 'Other-Rivers-8', confirm_password: 'Other-Rivers-8' };
    const confirm = 'POST /auth/forgot-password/confirm';
    expect(await call(person, confirm, { ...code, ...password })).toMatchObject({ status: 200 });
    const { rows } = await ownerPool.query<{ origin: string }>(
      'select origin from wallet_keys where wallet = $1 and retired_at is null',
      [offline],
    );
    expect(rows.map(({ origin }) => origin)).toEqual(left);
  });

  test('is registered with proof of possession', async () => {
    const person = await signUpAndIn(running.url);
    const { offline } = await walletsOf(person);
    const key = await generateNodeSigningKey('PS256');
    const public_key_pem = publicKeyPem('PS256', key.publicKey);
    const asked = await call(person, 'POST /api/v1/devices/challenges', { purpose: 'wallet_key' });
    const challenge = String(asked.body['challenge']);
    const bytes = walletKeyPossessionBytes({
      challenge: fromBase64url(challenge) ?? new Uint8Array(),
      account: person.account,
      wallet: offline,
      keyId: sha256(publicKeySpki('PS256', key.publicKey)),
    });
    const signature = toBase64url(await nodeSigner('PS256', key.privateKey).sign(bytes));
    const path = `POST /api/v1/wallets/${offline}/keys`;
    const forged = { public_key_pem, challenge, signature: 'A'.repeat(342) };
    expect((await call(person, path, forged)).body.code).toBe('wallet/possession_unproven');
    const proved = await call(person, path, { public_key_pem, challenge, signature });
    expect(proved).toMatchObject({ status: 200, body: { public_key: public_key_pem } });
  });
});

describe('codes', () => {
  test('of a receiver hold the wallet, its key and the owner’s name, as PNG and SVG', async () => {
    const { offline, current } = await walletsOf(bilal);
    const { body: wallet } = await call(bilal, `GET /api/v1/wallets/${offline}`);
    const made = await call(bilal, 'POST /api/v1/wallets/qr-code', { wallet_id: offline });
    expect(made.body['qr_data']).toMatchObject({
      version: '1.0',
      type: 'offline_payment_receiver',
      public_key: wallet['public_key'],
      user_id: bilal.account,
      wallet_id: offline,
      payeeId: bilal.account,
      payeeName: 'Bilal Kiryana Store',
    });
    const png = Buffer.from(String(made.body['qr_image_base64']), 'base64');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.length).toBeLessThan(40_000);
    expect(made.body['qr_svg']).toMatch(/^<svg /);
    expect(made.body['qr_text']).toBeNull();
    const older = await call(bilal, `GET /wallet/qr/${current}`);
    expect(older.body['qr_data']).toMatchObject({
      wallet_id: current,
      public_key: wallet['public_key'],
    });
  });

  test('of merchants are for who has a verified name', async () => {
    const { current } = await walletsOf(bilal);
    const unnamed = await call(bilal, `GET /api/v1/wallets/${current}/emv-qr`);
    expect(unnamed.body.code).toBe('device/name_unverified');
    const shop = running.client('bilal');
    const wallets = await shop.listWallets();
    const wallet_id = wallets.ok ? (wallets.value[0]?.id ?? 0) : 0;
    const open = await shop.getEmvQr({ params: { wallet_id } });
    const sale = await shop.getEmvQr({ params: { wallet_id }, query: { amount: '125.5' } });
    const zero = await shop.getEmvQr({ params: { wallet_id }, query: { amount: '0' } });
    const read = [open, sale].map((made) => readEmvQr(made.ok ? made.value.payload : ''));
    expect(read).toMatchObject([
      { ok: true, value: { initiation: 'static', sikka: { wallet: wallet_id } } },
      { ok: true, value: { initiation: 'dynamic', amount: '125.50' } },
    ]);
    expect(zero).toMatchObject({ ok: false, problem: { code: 'amount/invalid' } });
  });
});
