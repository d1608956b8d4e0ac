import { randomUUID } from 'node:crypto';
import { encodeBase64 } from '@sikka/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unmoved } from '../../support/unmoved.ts';
import {
  balanceOf,
  bundleOf,
  cashIn,
  fundFloat,
  minutesAgo,
  openCounter,
  openCustomer,
  openTill,
  push,
  reviewOf,
  seen,
  send,
  setPolicy,
} from './counter.ts';
import type { Counter, Till } from './counter.ts';
import { openSender, signedPayment, walletOfSender } from './sender.ts';
import type { Sender } from './sender.ts';

let bank: Counter['bank'];
let till: Till;
let customer: number;
beforeAll(async () => {
  ({ bank, till, customer } = await openCounter());
}, 120_000);
afterAll(() => bank.stop());

const still = <T>(act: () => Promise<T>) => unmoved(bank, act);

async function walletOfTenant({ tenantId }: Till): Promise<number> {
  const { rows } = await bank.ownerPool.query<{ number: bigint }>(
    `select w.number from tenants as t join wallets as w on w.account_id = t.account_id
     where t.tenant_id = $1 and w.kind = 'current'`,
    [tenantId],
  );
  return Number(rows[0]?.number);
}

describe('held, and nothing moves', () => {
  test.each<[string, () => Promise<object>, string]>([
    ['for a receiver that nobody is', async () => cashIn('nobody'), 'receiver_unknown'],
    [
      'for a wallet number with a digit too many',
      async () => cashIn(`${customer}0`),
      'receiver_unknown',
    ],
    ['for a phone number', async () => cashIn('+923001234567'), 'receiver_unknown'],
    [
      'for a stranger’s wallet as sender without his signature',
      async () => cashIn(customer, { type: 'p2p', sender: String(await openCustomer(bank)) }),
      'unsigned_debit',
    ],
    [
      'for another tenant’s name as sender',
      async () => cashIn(customer, { type: 'agent', sender: (await openTill(bank)).tenantId }),
      'unsigned_debit',
    ],
    [
      'for a cash-out without the customer’s signature, in the tenant’s own name too',
      async () => cashIn(customer, { type: 'cashout', sender: till.tenantId }),
      'unsigned_debit',
    ],
  ])('%s', async (_, made, reason) => {
    const transaction = await made();
    const answer = await still(() => push(bank, till, [transaction]));
    expect(answer.body).toMatchObject({ status: 'pending_review' });
    expect(JSON.stringify(answer.body)).not.toContain(reason);
    expect(await reviewOf(bank, answer.bundleId)).toEqual(expect.arrayContaining([reason, 'held']));
    const read = await seen(bank, answer.bundleId);
    expect(read).toMatchObject({ status: 'pending_review', transactions: [{ status: 'pending' }] });
  });

  test('with a good one beside it', async () => {
    const answer = await still(() => push(bank, till, [cashIn(customer), cashIn('nobody')]));
    expect(answer.body['status']).toBe('pending_review');
  });

  test('over what an agent may do alone', async () => {
    await setPolicy(bank, { require_agent_approval_above: '100.00' });
    const answer = await still(() => push(bank, till, [cashIn(customer, { amount: 100.01 })]));
    expect(answer.body['status']).toBe('pending_review');
    expect(await reviewOf(bank, answer.bundleId)).toContain('agent_approval');
    const below = await push(bank, till, [cashIn(customer, { amount: 100 })]);
    expect(below.body['status']).toBe('accepted');
    await setPolicy(bank);
  });

  test('by its score, in quarantine where the policy says so', async () => {
    await setPolicy(bank, { review_from: 0, quarantine_from: 1 });
    const review = await still(() => push(bank, till, [cashIn(customer)]));
    expect(review.body['status']).toBe('pending_review');
    await setPolicy(bank, { review_from: 0, quarantine_from: 0 });
    const quarantine = await still(() => push(bank, till, [cashIn(customer)]));
    expect(quarantine.body).toMatchObject({ status: 'quarantined', success: true });
    await setPolicy(bank);
  });
});

test('wrong PINs at the device raise its score; what is no count of them does not', async () => {
  const scoreWith = async (metadata: unknown) => {
    // Each device for the first time, so that nothing else is different.
    const answer = await push(bank, await openTill(bank), [cashIn(customer)], { metadata });
    return Number(answer.body['sira_score']);
  };
  const none = await scoreWith({ sdk_version: '1.0.0' });
  for (const metadata of [{ failed_pins: '6' }, { failed_pins: -6 }, [6], null]) {
    expect(await scoreWith(metadata)).toBe(none);
  }
  const few = await scoreWith({ failed_pins: 3 });
  const many = await scoreWith({ failed_pins: 6 });
  expect([few > none, many > few]).toEqual([true, true]);
  expect(await scoreWith({ failed_pins: 10_000 })).toBe(many);
});

describe('the same transaction', () => {
  test('bundled again after a lost reply is the same one, however old it has become', async () => {
    const transaction = cashIn(customer, { initiated_at: minutesAgo(71 * 60) });
    expect((await push(bank, till, [transaction])).body['status']).toBe('accepted');
    await setPolicy(bank, { max_bundle_age_hours: 1, max_offline_amount: '0.01' });
    const again = await still(() => push(bank, till, [transaction]));
    expect(again.body).toMatchObject({ status: 'accepted', message: 'Bundle accepted' });
    const read = await seen(bank, again.bundleId);
    expect(read).toMatchObject({ status: 'reconciled', transactions: [{ status: 'settled' }] });
    await setPolicy(bank);
  });

  test('under a held bundle is still held when it comes again', async () => {
    const transaction = cashIn('nobody');
    await push(bank, till, [transaction]);
    const again = await still(() => push(bank, till, [transaction]));
    expect(await seen(bank, again.bundleId)).toMatchObject({
      ...{ status: 'accepted', transactions: [{ status: 'pending' }] },
    });
  });

  test('saying something else is refused, and the rest goes on', async () => {
    const first = cashIn(customer, { local_id: randomUUID(), amount: 10 }) as { local_id: string };
    await push(bank, till, [first]);
    const before = await balanceOf(bank, customer);
    const mixed = await push(bank, till, [{ ...first, amount: 4000 }, cashIn(customer)]);
    expect(await balanceOf(bank, customer)).toBe(before + 5_000);
    expect(await seen(bank, mixed.bundleId)).toMatchObject({
      status: 'partially_reconciled',
      transactions: [{ status: 'refused', amount: 10 }, { status: 'settled' }],
    });
  });

  test('of two devices is two', async () => {
    const neighbour = await openTill(bank);
    await fundFloat(bank, neighbour, '500.00');
    const transaction = cashIn(customer);
    const before = await balanceOf(bank, customer);
    const answers = await Promise.all(
      [till, neighbour].map((each) => push(bank, each, [transaction])),
    );
    expect(answers.map(({ body }) => body['status'])).toEqual(['accepted', 'accepted']);
    expect(await balanceOf(bank, customer)).toBe(before + 10_000);
  });

  test('in ten bundles at once moves money once', async () => {
    const transaction = cashIn(customer);
    const before = await balanceOf(bank, customer);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => push(bank, till, [transaction])),
    );
    expect(answers.map(({ body }) => body['status'])).toEqual(Array(10).fill('accepted'));
    expect(await balanceOf(bank, customer)).toBe(before + 5_000);
  });
});

describe('what a device may do', () => {
  test('is counted: 20 bundles at once over the day’s count are never over it', async () => {
    const busy = await openTill(bank);
    await fundFloat(bank, busy, '10000.00');
    await setPolicy(bank, { max_offline_per_device_per_day: 7 });
    const noon = `${new Date(Date.now() - 36 * 3_600_000).toISOString().slice(0, 10)}T12:00:00Z`;
    const payee = await openCustomer(bank);
    const two = () => [1, 2].map(() => cashIn(payee, { initiated_at: noon }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => push(bank, busy, two())));
    const accepted = answers.filter(({ body }) => body['status'] === 'accepted');
    expect(accepted).toHaveLength(3);
    const others = answers.filter(({ status }) => status !== 200);
    expect(new Set(others.map(({ body }) => body['code']))).toEqual(new Set(['bundle/policy']));
    expect(await balanceOf(bank, payee)).toBe(6 * 5_000);
    const one = await push(bank, busy, [cashIn(payee, { initiated_at: noon })]);
    expect(one.body['status']).toBe('accepted');
    await setPolicy(bank);
  });

  test('ends with its float: the rest waits for money and is no loss', async () => {
    const poor = await openTill(bank);
    await fundFloat(bank, poor, '75.00');
    const answer = await push(bank, poor, [cashIn(customer), cashIn(customer)]);
    expect(await seen(bank, answer.bundleId)).toMatchObject({
      status: 'partially_reconciled',
      transactions: [{ status: 'settled' }, { status: 'pending' }],
    });
  });

  test('a name of a bundle that another device took is another bundle’s', async () => {
    const neighbour = await openTill(bank);
    const bundle_id = randomUUID();
    await push(bank, neighbour, [cashIn('nobody')], { bundle_id });
    const mine = [cashIn(customer)];
    const taken = await still(() => push(bank, till, mine, { bundle_id }));
    expect([taken.status, taken.body['code']]).toEqual([409, 'bundle/conflict']);
    expect((await push(bank, till, mine)).body['status']).toBe('accepted');
  });

  test('two bundles under one name at once: one is taken, the other hears of it', async () => {
    const [other, bundle_id] = [await openTill(bank), randomUUID()];
    const bodies = await Promise.all(
      [till, other].map((each) => bundleOf(each, [cashIn('nobody')], { bundle_id })),
    );
    const answers = await Promise.all(bodies.map((body) => send(bank, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe('a payment that the payer has signed', () => {
  let [payer, payee]: Sender[] = [];
  let shop: number;
  beforeAll(async () => {
    [payer, payee] = [await openSender(bank), await openSender(bank)];
    shop = await walletOfSender(bank, payee);
  }, 60_000);
  const sale = async (change: object = {}, amount = '50') =>
    cashIn(shop, {
      ...{ type: 'merchant', sender: 'somebody' },
      meta: { payment: await signedPayment(payer!, payee!, amount) },
      ...change,
    });

  test('settles, once, whatever else brings it', async () => {
    const before = await balanceOf(bank, shop);
    const one = await sale();
    const answer = await push(bank, till, [one]);
    expect(answer.body['status']).toBe('accepted');
    expect(await seen(bank, answer.bundleId)).toMatchObject({ status: 'reconciled' });
    expect(await balanceOf(bank, shop)).toBe(before + 5_000);
    const neighbour = await openTill(bank);
    const theirs = await still(() => push(bank, neighbour, [{ ...one, local_id: randomUUID() }]));
    expect(await seen(bank, theirs.bundleId)).toMatchObject({ status: 'reconciled' });
  });

  test.each<[string, object, string]>([
    ['another amount', { amount: 60 }, 'says another amount'],
    ['a cash-out to somebody who is not this tenant', { type: 'cashout' }, 'says another amount'],
    ['no payment at all', { meta: { payment: encodeBase64(new Uint8Array(40)) } }, 'says another'],
  ])('under %s is refused, and the rest goes on', async (_, change, reason) => {
    const before = await balanceOf(bank, shop);
    const answer = await push(bank, till, [await sale(change), cashIn(customer)]);
    const { transactions } = await seen(bank, answer.bundleId);
    expect(transactions.map(({ status }) => status)).toEqual(['refused', 'settled']);
    expect(transactions[0]?.reason).toContain(reason);
    expect(await balanceOf(bank, shop)).toBe(before);
  });

  test('to another receiver than the device says is refused', async () => {
    const answer = await still(async () =>
      push(bank, till, [await sale({ receiver: String(customer) })]),
    );
    expect(answer.body['status']).toBe('accepted');
    expect(await seen(bank, answer.bundleId)).toMatchObject({ status: 'failed' });
  });

  test('pays one transaction of a device, not two', async () => {
    const one = await sale();
    const two = { ...one, local_id: randomUUID() };
    const answer = await push(bank, till, [one, two]);
    const { transactions } = await seen(bank, answer.bundleId);
    expect(transactions.map(({ status }) => status)).toEqual(['settled', 'refused']);
  });

  test('that the payer has not the money for is refused by settlement, not held', async () => {
    const answer = await still(async () =>
      push(bank, till, [await sale({ amount: 2000 }, '2000')]),
    );
    expect(answer.body['status']).toBe('accepted');
    const { transactions } = await seen(bank, answer.bundleId);
    expect(transactions[0]?.status).toBe('pending');
  });
});

test('whoever registered a till does not review it, over HTTP either', async () => {
  await bank.ownerPool.query(
    `insert into account_roles (account_id, role, granted_at)
     select id, 'risk', now() from accounts where public_id = any ($1::text[])`,
    [[bank.firstOperator, bank.secondOperator]],
  );
  const { bundleId } = await push(bank, till, [cashIn('nobody')]);
  const { rows } = await bank.ownerPool.query<{ id: bigint }>(
    'select id from reviews where subject = $1',
    [`bundle:${bundleId}`],
  );
  const release = (as: string) =>
    bank.ask(as, `/api/v1/operator/reviews/${String(rows[0]?.id)}/release`, { reason: 'Mine.' });
  const own = await still(() => release(bank.firstOperator));
  expect([own.status, own.body['code']]).toEqual([403, 'review/own']);
  expect(await release(bank.secondOperator)).toMatchObject({ body: { status: 'done' } });
});

test('a tenant is paid by its name, and by its own wallet’s number', async () => {
  const shop = await openTill(bank, { tenant_type: 'merchant' });
  const number = await walletOfTenant(shop);
  const named = [shop.tenantId, `merchant:${shop.tenantId}`, String(number)];
  const answer = await push(
    bank,
    till,
    named.map((receiver) => cashIn(receiver, { type: 'p2p', sender: `agent:${till.tenantId}` })),
  );
  expect(answer.body['status']).toBe('accepted');
  expect(await balanceOf(bank, number)).toBe(15_000);
});

test('a day’s 1,000 transactions in one bundle settle before the answer', async () => {
  await setPolicy(bank, { max_offline_per_device_per_day: 2_000 });
  const payee = await openCustomer(bank);
  const sales = Array.from({ length: 1_000 }, (_, i) =>
    cashIn(payee, { amount: '1.00', initiated_at: minutesAgo(5 + i * 4) }),
  );
  const answer = await push(bank, till, sales);
  expect(answer.body).toMatchObject({ status: 'accepted', transactions_count: 1_000 });
  expect(await balanceOf(bank, payee)).toBe(100_000);
  const refused = await push(bank, till, [...sales, cashIn(payee)]);
  expect(refused.body['code']).toBe('bundle/invalid');
  await setPolicy(bank);
}, 60_000);
