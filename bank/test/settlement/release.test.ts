import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { createDesk } from '../identity/desk.ts';
import { signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';
import { topUpAs, walletsAs } from '../wallets/calls.ts';
import { makeKey, pay } from './key-town.ts';
import type { HeldKey } from './key-town.ts';
import { batchOf } from './town.ts';
import type { Person } from './town.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const { call, staff } = createDesk(() => running);

async function keyHolder(): Promise<HeldKey & { readonly who: SignedInPerson }> {
  const who = await signUpAndIn(running.url);
  const { offline } = await walletsAs(running.url, who);
  const key = await makeKey({ offline: { number: offline } } as Person);
  const put = await call(`/api/v1/wallets/${offline}/offline-signing-key`, {
    method: 'PUT',
    as: who.accessToken,
    body: { public_key_pem: key.pem },
  });
  expect(put.status).toBe(200);
  return { ...key, who };
}

async function handIn(who: SignedInPerson, item: Uint8Array) {
  const response = await fetch(`${running.url}/api/v1/documents`, {
    method: 'POST',
    headers: { authorization: who.authorization, 'content-type': 'application/cbor' },
    body: new Uint8Array(batchOf([item])),
  });
  const { outcomes } = (await response.json()) as { readonly outcomes: readonly object[] };
  return outcomes[0];
}

test('what came during a review settles when it ends, without being handed in again', async () => {
  const [payer, shop] = [await keyHolder(), await keyHolder()];
  const wallet = payer.owner.offline.number;
  await topUpAs(running.url, payer.who, wallet, 100);
  const risk = await staff('risk');
  const path = `/api/v1/users/${payer.who.account}`;
  const order = { as: risk.accessToken, body: { reason: 'looked odd' } };
  expect((await call(`${path}/block`, order)).status).toBe(200);
  // The bank's times are whole seconds: of the second of the block, nothing counts as before it.
  const { bytes } = await pay(payer, shop, { amount: 2_500 });
  const held = { result: 'rejected', code: 'payer_under_review' };
  expect(await handIn(shop.who, bytes)).toMatchObject(held);
  expect((await call(`${path}/release`, order)).status).toBe(200);
  await expect
    .poll(
      async () => (await call(`/api/v1/wallets/${wallet}`, { as: payer.who.accessToken })).body,
      {
        timeout: 20_000,
      },
    )
    .toMatchObject({ balance: '75.00' });
  expect(await handIn(payer.who, bytes)).toMatchObject({ result: 'settled', amount: '25.00' });
});
