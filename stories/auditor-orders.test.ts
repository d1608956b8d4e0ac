import { audit } from '@sikka/auditor';
import { encodeCbor } from '@sikka/protocol';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOrderTown } from './auditor-town/orders.ts';
import type { OrderTown } from './auditor-town/orders.ts';

/** spec/settlement.md §7: orders of ledgers and tills, as an auditor sees them. */

let town: OrderTown;
beforeAll(async () => {
  town = await openOrderTown();
  const [sender, receiver] = [await town.person(), await town.person()];
  const till = await town.till();
  const payee = await town.walletOf('bilal');
  const { entry, bundle, hand } = town;
  const first = await entry(sender, receiver, { amount: '12.34', walletId: sender.walletId });
  expect(await hand(encodeCbor([first]))).toEqual(['settled']);
  const txnId = randomUUID();
  const refused = encodeCbor([
    await entry(sender, receiver, { txnId }),
    await entry(sender, receiver, { txnId, amount: '6' }),
    await entry(sender, sender),
    await entry(sender, receiver, { amount: '1.005' }),
    await entry(sender, receiver, { amount: '5000' }),
    await entry(sender, receiver, { walletId: receiver.walletId }),
    await entry({ ...sender, signer: receiver.signer }, receiver),
    await entry({ ...sender, userId: randomUUID() }, receiver),
    await entry(sender, { ...receiver, userId: randomUUID() }),
  ]);
  expect(await hand(refused)).toEqual([
    ...['settled', 'order_conflict', 'self_payment', 'amount_invalid', 'insufficient_funds'],
    ...['payer_mismatch', 'payer_signature_invalid', 'order_key_unknown', 'payee_unknown'],
  ]);
  const localId = randomUUID();
  const cashIn = { receiver: payee };
  const taken = await bundle(till, [{ ...cashIn, localId }, cashIn, { ...cashIn, amount: 5000 }]);
  expect(await hand(taken)).toEqual(['recorded', 'settled', 'settled', 'insufficient_funds']);
  const conflict = await bundle(till, [{ ...cashIn, localId, amount: 7 }]);
  expect(await hand(conflict)).toEqual(['recorded', 'order_conflict']);
  const foreign = await bundle(till, [cashIn], { own: false });
  expect(await hand(foreign)).toEqual(['recorded', 'payment_missing']);
  const held = await bundle(till, [cashIn], { cleared: false });
  expect(await hand(held)).toEqual(['recorded', 'bundle_not_cleared']);
});
afterAll(() => town.stop());

const wrong = async () => {
  const { checks } = await audit({ databaseUrl: town.database.url });
  return checks.filter(({ ok }) => !ok);
};

describe('an honest bank with orders', () => {
  test('passes every check', async () => {
    expect(await wrong()).toEqual([]);
    const { checks, balances } = await audit({ databaseUrl: town.database.url });
    expect(checks.find(({ name }) => name === 'orders')?.rows).toBeGreaterThan(4);
    const refusals = checks.find(({ name }) => name === 'rejections');
    expect(refusals?.detail).toMatch(/insufficient_funds, by a state that is past/);
    const other = checks.find(({ name }) => name === 'other transfers');
    expect(other?.detail).toMatch(/fundings approved by one person alone/);
    expect(balances.totals).toMatchObject([{ settledMinor: 2_734n, sumMinor: 0n }]);
  });
});
