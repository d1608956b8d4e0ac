import { randomBytes } from 'node:crypto';
import { toBase64url } from '@sikka/api';
import type { Client } from '@sikka/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as phones from '../http/phone.ts';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';

let running: RunningBank;
let ayesha: Client;
let phone: phones.Phone;
let till: number;

beforeAll(async () => {
  running = await startTestBank();
  ayesha = running.client('ayesha');
  const wallets = await ayesha.listWallets();
  const of = (kind: string) =>
    wallets.ok ? (wallets.value.find((own) => own.wallet_type === kind)?.id ?? 0) : 0;
  const load = { from_wallet_id: of('current'), to_wallet_id: of('offline') };
  await ayesha.createTransfer({ body: { ...load, amount: '15000.00', currency: 'PKR' } });
  const enrolled = await phones.enrolled(ayesha, 'ayesha', 'payer');
  phone = enrolled.phone;
  till = enrolled.device.till;
});
afterAll(() => running.stop());

type Fields = Partial<Parameters<typeof phones.allowanceRequestOf>[1]>;

async function ask(fields: Fields = {}, by: phones.Phone = phone) {
  const challenge = await phones.challengeFor(ayesha, 'allowance');
  const usual = { account: 'ayesha', challenge, amountMinor: 1_000n };
  return phones.allowanceRequestOf(by, { ...usual, ...fields });
}

const nonce = randomBytes(8);

/** Each request breaks one thing; what it is refused with is the problem's code. */
test.each<[string, () => Promise<string>, string]>([
  ['random bytes', async () => toBase64url(randomBytes(90)), 'allowance/request_invalid'],
  ['text', async () => 'A', 'allowance/request_invalid'],
  ['another bank', () => ask({ bank: 'other' }), 'allowance/wrong_bank'],
  ['another account', () => ask({ account: 'bilal' }), 'allowance/wrong_account'],
  ['a key not enrolled', async () => ask({}, await phones.newPhone()), 'allowance/device_unknown'],
  [
    'another key’s signature',
    async () => ask({ signedBy: (await phones.newPhone()).signer }),
    'allowance/signature_invalid',
  ],
  [
    'a challenge for enrolling',
    async () => ask({ challenge: await phones.challengeFor(ayesha, 'enrolment') }),
    'device/challenge_invalid',
  ],
  [
    'a challenge of somebody else',
    async () => ask({ challenge: await phones.challengeFor(running.client('bilal'), 'allowance') }),
    'device/challenge_invalid',
  ],
  ['a currency without a policy', () => ask({ currency: 48 }), 'allowance/currency_unsupported'],
  ['a currency without a wallet', () => ask({ currency: 840 }), 'wallet/not_found'],
  ['more than one may hold', () => ask({ amountMinor: 2_000_001n }), 'allowance/over_limit'],
  ['more than there is', () => ask({ amountMinor: 1_600_000n }), 'wallet/insufficient_funds'],
])('an allowance on %s: %s', async (_, make, code) => {
  const answer = await ayesha.createAllowance({ body: { request: await make() } });
  expect(answer).toMatchObject({ ok: false, problem: { code } });
});

test('asked twice at once, one allowance; another request with its nonce is refused', async () => {
  const request = await ask({ journalNonce: nonce });
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => ayesha.createAllowance({ body: { request } })),
  );
  expect(answers.map((answer) => answer.ok && answer.status).sort()).toEqual([
    200, 200, 200, 200, 201,
  ]);
  expect(new Set(answers.map((answer) => answer.ok && answer.value.allowance_id)).size).toBe(1);
  const other = await ask({ journalNonce: nonce, amountMinor: 2_000n });
  expect(await ayesha.createAllowance({ body: { request: other } })).toMatchObject({
    ok: false,
    problem: { code: 'allowance/nonce_used' },
  });
});

test('too much outstanding, then a wallet that sleeps, then a lost phone', async () => {
  const wallets = await ayesha.listWallets();
  const current = wallets.ok
    ? wallets.value.find((own) => own.wallet_type === 'current')
    : undefined;
  const offline = wallets.ok
    ? wallets.value.find((own) => own.wallet_type === 'offline')
    : undefined;
  await running.ownerPool.query(
    `insert into allowance_policies
     select 586, 2, limit_minor, per_payment_minor, count, valid_days, claim_days,
       1500, 1500, now() - interval '1 hour'
     from allowance_policies where currency = 586 and epoch = 1`,
  );
  const over = await ayesha.createAllowance({ body: { request: await ask() } });
  expect(over).toMatchObject({ ok: false, problem: { code: 'allowance/limit_reached' } });

  const set = (status: string) =>
    running.ownerPool.query('update wallets set status = $1 where number = $2', [
      status,
      offline?.id,
    ]);
  await set('inactive');
  const asleep = await ayesha.createAllowance({ body: { request: await ask() } });
  expect(asleep).toMatchObject({ ok: false, problem: { code: 'wallet/inactive' } });
  await set('active');

  await ayesha.revokeDevice({ params: { till }, body: { reason: 'lost' } });
  const lost = await ayesha.createAllowance({ body: { request: await ask() } });
  expect(lost).toMatchObject({ ok: false, problem: { code: 'device/revoked' } });
  expect(current?.is_active).toBe(true);
});
