import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';
import { balanceOf, done, enrolPhone, loadPhone } from './support/phones.ts';

let story: StoryBank;
beforeAll(async () => {
  story = await openStoryBank();
});
afterAll(() => story.stop());

async function post(path: string, body: object, token?: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${story.bank.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${path}: ${String(answer['code'])}`);
  return answer;
}

/** As an app does it, with the codes that a demo shows. The public id. */
async function signUpMerchant(name: string): Promise<string> {
  const who = { email: `m${randomBytes(8).toString('hex')}@example.com`, role: 'merchant' };
  const password = 'Seven-Rivers-9';
  const asked = await post('/auth/signup', { ...who, name, password, phone: '+923001234567' });
  await post('/auth/verify-email', { email: who.email, otp: asked['otp_demo'] });
  const device = { email: who.email, device_fingerprint: 'a till' };
  const begun = await post('/auth/login', { ...device, password });
  const code = { otp: begun['otp_demo'], nonce: begun['nonce_demo'] };
  const tokens = await post('/auth/login/confirm', { ...device, ...code });
  const me = await fetch(`${story.bank.url}/auth/me`, {
    headers: { authorization: `Bearer ${String(tokens['access_token'])}` },
  });
  return ((await me.json()) as { readonly id: string }).id;
}

/** Somebody of the bank's staff, who may do what the role says. */
async function tokenOfSupport(): Promise<string> {
  const account = await signUpMerchant('Help Desk');
  await story.database.ownerPool.query(
    `insert into account_roles (account_id, role, granted_at)
     select id, 'support', now() from accounts where public_id = $1`,
    [account],
  );
  return story.bank.token(account);
}

it('a merchant signs up, the bank sees papers, and a customer pays by two phones', async () => {
  const merchant = await signUpMerchant('Anything I Like');
  const till = () => enrolPhone(story.bank, { account: merchant, role: 'payee' });
  // Nobody is paid under a name of their own choosing.
  await expect(till()).rejects.toThrow('device/name_unverified');

  const papers = { name: 'Karim General Store', town: 'Chakwal', reason: 'identity card seen' };
  await post(`/api/v1/users/${merchant}/verified-name`, papers, await tokenOfSupport());

  const payee = await till();
  const payer = await enrolPhone(story.bank, { account: 'ayesha', role: 'payer' });
  await loadPhone(payer, 50_000n);
  const request = done(await payee.payee.createRequest({ amountMinor: 12_000n }));
  const payment = done(await payer.payer.pay(request.text));
  expect(payment).toMatchObject({ payee: { name: papers.name, town: papers.town } });
  const accepted = done(await payee.payee.accept(payment.text));
  done(await payer.payer.acceptReceipt(accepted.receiptText));
  done(await payee.payee.sync());
  expect(await balanceOf(payee, 'current')).toBe('120.00');
});

it('whoever comes second with a name and town cannot be paid under them', async () => {
  const second = await signUpMerchant('Somebody Else');
  const papers = { name: 'KARIM General Store', town: 'Chakwal', reason: 'papers seen' };
  await post(`/api/v1/users/${second}/verified-name`, papers, await tokenOfSupport());
  const till = enrolPhone(story.bank, { account: second, role: 'payee' });
  await expect(till).rejects.toThrow('device/name_taken');
});
