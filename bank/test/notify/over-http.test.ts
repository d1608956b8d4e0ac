import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEMO_PASSWORD } from '../../src/demo/index.ts';
import * as phones from '../http/phone.ts';
import { bodyOf, startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { postJson, signIn, signUp, signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';
import { readStream } from './reader.ts';
import type { StreamReader } from './reader.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

interface Opened extends StreamReader {
  readonly status: number;
  hangUp(): void;
}

async function openStream(authorization: string, lastEventId?: string): Promise<Opened> {
  const end = new AbortController();
  const headers = new Headers({ authorization });
  if (lastEventId !== undefined) headers.set('last-event-id', lastEventId);
  const response = await fetch(`${running.url}/api/v1/events`, { headers, signal: end.signal });
  const reader = readStream(textOf(response));
  void reader.done.catch(() => undefined);
  return { ...reader, status: response.status, hangUp: () => end.abort() };
}

async function* textOf(response: Response): AsyncGenerator<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return;
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) yield decoder.decode(chunk, { stream: true });
}

async function soon<T>(read: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = read();
    if (found !== undefined) return found;
    await pause(50);
  }
  throw new Error('It did not come.');
}

const kindsOf = (stream: StreamReader) => stream.messages.map(({ event }) => event);

function ok<T>(answer: { ok: true; value: T } | { ok: false; problem: { code: string } }): T {
  if (!answer.ok) throw new Error(answer.problem.code);
  return answer.value;
}

const walletOf = async (account: string, kind: 'current' | 'offline') =>
  ok(await running.client(account).listWallets()).find(({ wallet_type: own }) => own === kind)!.id;

async function pay(account: string, amount: string): Promise<void> {
  const [from_wallet_id, to_wallet_id] = [
    await walletOf(account, 'current'),
    await walletOf(account, 'offline'),
  ];
  const body = { from_wallet_id, to_wallet_id, amount, currency: 'PKR' as const };
  ok(await running.client(account).createTransfer({ body }));
}

const demoPerson = (account: string) =>
  signIn(running.url, { email: `${account}@example.com`, password: DEMO_PASSWORD });

describe('the mailbox of a demo', () => {
  test('shows the code of a sign-up, and has no way to run anything', async () => {
    const email = await signUp(running.url, { email: 'mailbox@example.com' });
    const shown = await soonPage(email);
    expect(shown).toMatch(/<p class="code" dir="ltr">\d{6}<\/p>/);
    const response = await running.fetch('/demo/mailbox');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await running.fetch('/demo/mailbox.css')).headers.get('content-type')).toMatch(/css/);
    expect((await running.fetch('/demo/mailbox?lang=xx')).status).toBe(422);
  });

  async function soonPage(email: string): Promise<string> {
    for (let tries = 0; tries < 400; tries += 1) {
      const page = await (await running.fetch('/demo/mailbox?lang=ur')).text();
      if (page.includes(email)) return page;
      await pause(50);
    }
    throw new Error('No mail came.');
  }
});

describe('a stream over HTTP', () => {
  test('brings a transfer within a second, and goes on where it broke off', async () => {
    const { authorization } = await demoPerson('ayesha');
    const first = await openStream(authorization);
    await soon(() => first.messages[0]);
    await pay('ayesha', '10.00');
    await soon(() => first.messages[2]);
    expect(kindsOf(first)).toEqual(['ready', 'balance.changed', 'balance.changed']);
    first.hangUp();
    await pay('ayesha', '20.00');
    const second = await openStream(authorization, first.lastId());
    await soon(() => second.messages[1]);
    const changes = second.messages.map(({ data }) => (data['data'] as { change: string }).change);
    expect(changes).toEqual(['-20.00', '+20.00']);
    second.hangUp();
  });

  test('tells payer and payee what settled, and who handed it in what was refused', async () => {
    const [ayesha, bilal] = [running.client('ayesha'), running.client('bilal')];
    await pay('ayesha', '1000.00');
    const { phone } = await phones.enrolled(ayesha, 'ayesha', 'payer');
    await phones.enrolled(bilal, 'bilal', 'payee');
    const challenge = await phones.challengeFor(ayesha, 'allowance');
    const asked = { account: 'ayesha', challenge, amountMinor: 50_000n };
    const request = await phones.allowanceRequestOf(phone, asked);
    const held = phones.heldOf(ok(await ayesha.createAllowance({ body: { request } })).packet);
    const payeeWallet = await walletOf('bilal', 'current');
    const sequence = { sequence: 1, amountMinor: 12_345n, spentMinor: 12_345n, payeeWallet };
    const payment = await phones.paymentOf(phone, held, { ...sequence, previous: held.id });
    const forked = await phones.paymentOf(phone, held, { ...sequence, previous: held.id });
    const streams = [
      await openStream((await demoPerson('ayesha')).authorization),
      await openStream((await demoPerson('bilal')).authorization),
    ] as const;
    for (const stream of streams) await soon(() => stream.messages[0]);
    ok(await bilal.handInDocuments({ body: phones.batchOf(payment.packet, forked.packet) }));
    await soon(() => (kindsOf(streams[1]).includes('payment.rejected') ? true : undefined));
    await soon(() => (kindsOf(streams[0]).includes('balance.changed') ? true : undefined));
    const amount = { amount: '123.45', currency: 'PKR' };
    expect(streams[0].messages.map(({ data }) => [data['kind'], data['data']]).slice(1)).toEqual(
      expect.arrayContaining([
        ['payment.settled', expect.objectContaining({ ...amount, payment_id: payment.idText })],
        ['balance.changed', expect.objectContaining({ change: '-123.45', reason: 'settlement' })],
      ]),
    );
    expect(streams[1].messages.map(({ data }) => [data['kind'], data['data']]).slice(1)).toEqual([
      ['payment.received', { ...amount, payment_id: payment.idText, wallet_id: payeeWallet }],
      [
        'balance.changed',
        { wallet_id: payeeWallet, change: '+123.45', currency: 'PKR', reason: 'settlement' },
      ],
      ['payment.rejected', { payment_id: forked.idText, code: 'double_spend' }],
    ]);
    for (const stream of streams) stream.hangUp();
  });

  test('ends within seconds of its session, and nobody without a token has one', async () => {
    const person = await signUpAndIn(running.url);
    const stream = await openStream(person.authorization);
    await soon(() => stream.messages[0]);
    await postJson(running.url, '/auth/logout', { refresh_token: person.refreshToken }, 200);
    const ended = Date.now();
    await stream.done;
    expect(Date.now() - ended).toBeLessThan(15_000);
    expect((await openStream(person.authorization)).status).toBe(401);
    expect((await openStream('')).status).toBe(401);
  });

  test('is refused beside five others of its account', async () => {
    const { authorization } = await signUpAndIn(running.url);
    const streams = await Promise.all([...Array(6).keys()].map(() => openStream(authorization)));
    expect(streams.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 429]);
    const headers = { authorization };
    const sixth = await bodyOf(await fetch(`${running.url}/api/v1/events`, { headers }));
    expect(sixth['code']).toBe('event/too_many_streams');
    for (const stream of streams) stream.hangUp();
  });
});

describe('a webhook over HTTP', () => {
  const url = 'https://hooks.shop.example/sikka';
  let person: SignedInPerson;
  beforeAll(async () => {
    person = await signUpAndIn(running.url);
  });

  test('is registered in a fresh session only, and its owner is told by mail', async () => {
    const token = await running.bank.token('bilal');
    const order = { url, kinds: ['payment.received'] };
    const stale = await postJson(running.url, '/api/v1/webhooks', order, 403, {
      authorization: `Bearer ${token}`,
    });
    expect(stale['code']).toBe('auth/step_up_required');
    const { authorization } = person;
    const made = await postJson(running.url, '/api/v1/webhooks', order, 201, { authorization });
    expect(made).toMatchObject({ url, kinds: ['payment.received'], is_active: true });
    expect(made['secret']).toMatch(/^whsec_[\w-]{43}$/);
    const mine = { headers: { authorization } };
    const listed = await bodyOf(await running.fetch('/api/v1/webhooks', mine));
    expect(JSON.stringify(listed)).not.toContain('whsec_');
    const { rows } = await running.ownerPool.query(
      `select id from mails where template = 'webhook_added'`,
    );
    expect(rows.length).toBe(1);
    const path = `/api/v1/webhooks/${String(made['webhook_id'])}`;
    expect((await running.fetch(`${path}/deliveries`, mine)).status).toBe(200);
    expect((await running.fetch(path, { ...mine, as: 'chaudhry', method: 'DELETE' })).status).toBe(
      404,
    );
    expect((await running.fetch(path, { ...mine, method: 'DELETE' })).status).toBe(200);
    expect((await running.fetch(path, { ...mine, method: 'DELETE' })).status).toBe(404);
  });

  test.each([
    [{ url: 'http://hooks.shop.example/sikka' }, 400, 'webhook/url_refused'],
    [{ url: 'https://169.254.169.254/latest' }, 400, 'webhook/url_refused'],
    [{ url: 'https://[::ffff:127.0.0.1]/' }, 400, 'webhook/url_refused'],
    [{ url, kinds: [] }, 422, 'request/invalid'],
    [{ url, kinds: ['payment.received', 'payment.received'] }, 422, 'request/invalid'],
    [{ url, kinds: ['everything'] }, 422, 'request/invalid'],
    [{ url, secret: 'mine' }, 422, 'request/invalid'],
    [{ url, disabled_at: null }, 422, 'request/invalid'],
  ])('%j is refused', async (order, status, code) => {
    const { authorization } = person;
    const answer = await postJson(running.url, '/api/v1/webhooks', order, status, {
      authorization,
    });
    expect(answer['code']).toBe(code);
  });

  test('is switched off when its owner resets the password', async () => {
    const { authorization, email } = person;
    await postJson(running.url, '/api/v1/webhooks', { url }, 201, { authorization });
    const asked = await postJson(running.url, '/auth/forgot-password', { email }, 200);
    const code = { otp: asked['otp_demo'], nonce: asked['nonce_demo'] };
    const password = { new_password: 'Eight-Rivers-10', confirm_password: 'Eight-Rivers-10' };
    const reset = { email, ...code, ...password };
    await postJson(running.url, '/auth/forgot-password/confirm', reset, 200);
    const back = await signIn(running.url, { email, password: password.new_password });
    const mine = { headers: { authorization: back.authorization } };
    const listed = await bodyOf(await running.fetch('/api/v1/webhooks', mine));
    expect(listed).toMatchObject({ webhooks: [{ is_active: false }] });
  });
});
