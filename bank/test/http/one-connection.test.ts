import { toBase64url } from '@sikka/api';
import type { Client } from '@sikka/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as phones from './phone.ts';
import { startTestBank } from './running-bank.ts';
import type { RunningBank } from './running-bank.ts';

/*
 * Whoever holds a connection and waits for a second one can wait for ever: as many requests at once
 * as there are connections are enough. Of one connection, one request is; and a clock that moves on
 * at each look lets nothing that was read before be fresh enough to be used again.
 */
let running: RunningBank;
let ayesha: Client;
let bilal: Client;
beforeAll(async () => {
  let looks = 0;
  const clock = () => new Date(Date.now() + 2_000 * (looks += 1));
  const env = { DATABASE_POOL_SIZE: '1', WORKER: 'off' };
  running = await startTestBank(env, { clock });
  ayesha = running.client('ayesha');
  bilal = running.client('bilal');
});
afterAll(() => running.stop());

test('a credential, printed or not, is issued by the connection of its transaction', async () => {
  const { credential, device } = await phones.enrolled(bilal, 'bilal');
  expect(credential).toBeDefined();
  const order = {
    params: { till: String(device.till) },
    body: { ecdh_key: toBase64url(await phones.newPoint()) },
  };
  expect(await bilal.createPrintedCode(order)).toMatchObject({ ok: true, status: 201 });
});

test('an allowance is issued by the connection that reserves its money', async () => {
  const [current, offline] = await walletsOf(ayesha);
  const order = {
    from_wallet_id: current,
    to_wallet_id: offline,
    amount: '20.00',
    currency: 'PKR',
  };
  const load = await ayesha.createTransfer({ body: order, idempotencyKey: 'load' });
  expect(load).toMatchObject({ ok: true });
  const { phone } = await phones.enrolled(ayesha, 'ayesha', 'payer');
  const challenge = await phones.challengeFor(ayesha, 'allowance');
  const fields = { account: 'ayesha', challenge, amountMinor: 1_000n };
  const request = await phones.allowanceRequestOf(phone, fields);
  expect(await ayesha.createAllowance({ body: { request } })).toMatchObject({ ok: true });
});

test('a bulletin is issued, and an issuer key, by the connection that keeps it', async () => {
  const operator = running.client('operator');
  expect(await operator.issueBulletin()).toMatchObject({ ok: true });
  expect(await operator.rotateIssuerKey({ body: {} })).toMatchObject({ ok: true, status: 201 });
});

async function walletsOf(client: Client): Promise<readonly [number, number]> {
  const answer = await client.listWallets();
  if (!answer.ok) throw new Error(answer.problem.code);
  const idOf = (kind: string) => answer.value.find((wallet) => wallet.wallet_type === kind)?.id;
  return [idOf('current') ?? 0, idOf('offline') ?? 0];
}
