import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { programFile } from '../../support/index.ts';
import { openStaff, startStaffedBank } from '../../support/staffed-bank.ts';
import type { StaffedBank } from '../../support/staffed-bank.ts';
import { unmoved } from '../../support/unmoved.ts';
import {
  balanceOf,
  cashIn,
  fundFloat,
  openCustomer,
  openTill,
  push,
  seen,
  setPolicy,
} from '../bundles/counter.ts';
import type { Till } from '../bundles/counter.ts';

const REVIEWS = '/api/v1/operator/reviews';

let bank: StaffedBank;
let till: Till;
let customer: number;

beforeAll(async () => {
  bank = await startStaffedBank({ FOUR_EYES_ABOVE: '1000.00' });
  for (const publicId of ['first-risk', 'second-risk']) await openStaff(bank, publicId, ['risk']);
  await setPolicy(bank, { require_agent_approval_above: '100.00' });
  till = await openTill(bank);
  await fundFloat(bank, till, '100000.00');
  customer = await openCustomer(bank);
}, 120_000);
afterAll(() => bank.stop());

/** `sikka …`, as that person. */
async function sikka(as: string, ...args: readonly string[]): Promise<string> {
  const command = [programFile('cli/src/main.ts'), ...args];
  const token = await bank.bank.token(as);
  const env = { ...process.env, SIKKA_BANK: bank.url, SIKKA_TOKEN: token };
  return (await promisify(execFile)(process.execPath, command, { env })).stdout;
}

async function pushed(amount: number) {
  const { body, bundleId } = await push(bank, till, [cashIn(customer, { amount })]);
  expect(body).toMatchObject({ status: 'pending_review' });
  const { body: listed } = await bank.ask('first-risk', REVIEWS);
  const reviews = listed['reviews'] as readonly { id: string }[];
  return { bundleId, id: reviews.at(-1)?.id ?? '' };
}

test('a pushed bundle waits for its review, and pays its customer once released', async () => {
  const before = await balanceOf(bank, customer);
  const { bundleId, id } = await pushed(150);
  expect((await seen(bank, bundleId)).status).toBe('pending_review');
  expect(await balanceOf(bank, customer)).toBe(before);
  const reason = { reason: 'The agent was called.' };
  const forbidden = await bank.ask(bank.firstFinance, `${REVIEWS}/${id}/release`, reason);
  expect(forbidden.body['code']).toBe('auth/role_missing');
  const released = await bank.ask('first-risk', `${REVIEWS}/${id}/release`, reason);
  expect(released).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await balanceOf(bank, customer)).toBe(before + 15_000);
  expect((await seen(bank, bundleId)).status).toBe('reconciled');
});

test('rejected, it has failed, and nothing was paid', async () => {
  const before = await balanceOf(bank, customer);
  const { bundleId, id } = await pushed(160);
  const rejected = await bank.ask('first-risk', `${REVIEWS}/${id}/reject`, { reason: 'No cash.' });
  expect(rejected.status).toBe(200);
  expect(await balanceOf(bank, customer)).toBe(before);
  expect((await seen(bank, bundleId)).status).toBe('failed');
});

test('of a till revoked meanwhile, it pays nobody, and nothing more is taken', async () => {
  const gone = await openTill(bank);
  await fundFloat(bank, gone, '1000.00');
  const order = [cashIn(customer, { amount: 170 })];
  const { body, bundleId } = await push(bank, gone, order);
  expect(body).toMatchObject({ status: 'pending_review' });
  const { body: listed } = await bank.ask('first-risk', REVIEWS);
  const review = (listed['reviews'] as readonly { id: string }[]).at(-1)?.id ?? '';
  await bank.ask(bank.firstOperator, `/offline/devices/${gone.deviceId}/revoke`, {});
  await unmoved(bank, async () => {
    const again = await push(bank, gone, order);
    expect([again.status, again.body['code']]).toEqual([403, 'till/not_active']);
    const released = `${REVIEWS}/${review}/release`;
    const reason = { reason: 'The agent was called.' };
    expect(await bank.ask('first-risk', released, reason)).toMatchObject({ status: 200 });
  });
  // For ever: a revoked till is never let in again.
  expect(await seen(bank, bundleId)).toMatchObject({ transactions: [{ status: 'refused' }] });
  const { rows } = await bank.ownerPool.query<{ code: string }>(
    `select r.code from rejected_items as r join device_bundles as b on b.upload_id = r.upload_id
      where b.bundle_id = $1`,
    [bundleId],
  );
  expect(rows).toEqual([{ code: 'device_revoked' }]);
});

test('two people release a large one at the command line', { timeout: 120_000 }, async () => {
  const before = await balanceOf(bank, customer);
  const { id } = await pushed(1_500);
  expect(await sikka('first-risk', 'review', 'list')).toContain('1500.00 PKR');
  expect(await sikka('first-risk', 'review', 'show', id)).toContain('the till’s own word');
  const release = ['review', 'release', id, '--reason', 'Seen.'];
  expect(await sikka('first-risk', ...release)).toContain('somebody else');
  expect(await balanceOf(bank, customer)).toBe(before);
  expect(await sikka('second-risk', ...release)).toContain('Decided');
  expect(await balanceOf(bank, customer)).toBe(before + 150_000);
  expect(await sikka(bank.firstOperator, 'held', 'list')).toBe('');
});

test('a debit that nobody signed is released, and is still nobody’s money', async () => {
  const stranger = await openCustomer(bank);
  await unmoved(bank, async () => {
    const debit = cashIn(customer, { type: 'p2p', sender: String(stranger) });
    const { bundleId } = await push(bank, till, [debit]);
    const { body } = await bank.ask('first-risk', REVIEWS);
    const id = (body['reviews'] as readonly { id: string }[]).at(-1)?.id ?? '';
    expect(await seen(bank, bundleId)).toMatchObject({ status: 'pending_review' });
    const reason = { reason: 'Let us see.' };
    const released = await bank.ask('first-risk', `${REVIEWS}/${id}/release`, reason);
    expect(released).toMatchObject({ status: 200, body: { status: 'done' } });
    expect(await seen(bank, bundleId)).toMatchObject({
      status: 'failed',
      transactions: [{ status: 'refused' }],
    });
    const { rows } = await bank.ownerPool.query<{ code: string }>(
      `select r.code from rejected_items as r join device_bundles as b on b.upload_id = r.upload_id
       where b.bundle_id = $1`,
      [bundleId],
    );
    expect(rows).toEqual([{ code: 'payment_missing' }]);
  });
});

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly rows: number;
  readonly detail: string;
}

test('an auditor finds all of it well, and by which limit it was judged', async () => {
  const { rows } = await bank.ownerPool.query<{ name: string }>(
    'select current_database() as name',
  );
  const url = new URL(inject('adminUrl'));
  url.pathname = rows[0]?.name ?? '';
  const said = await sikka('first-risk', 'audit', '--json', '--database', url.href);
  const { checks } = JSON.parse(said) as { readonly checks: readonly Check[] };
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  const reviews = checks.find(({ name }) => name === 'reviews');
  expect(reviews).toMatchObject({ rows: 5 });
  expect(reviews?.detail).toMatch(/5 where more than 100000 minor units take two people/);
  expect(reviews?.detail).not.toContain('alone');
});

test('a dispute is decided at the command line', async () => {
  const paymentId = 'ab'.repeat(32);
  // Its payment is made up: the auditor has looked before.
  const { rows } = await bank.ownerPool.query<{ id: bigint }>(
    `insert into disputes (payment_id, account_id, side, reason, opened_at)
     select decode($1, 'hex'), account_id, 'payee', 'money_missing', now()
       from wallets where number = $2
     returning id`,
    [paymentId, customer],
  );
  const one = String(rows[0]?.id);
  expect(await sikka('first-risk', 'disputes', 'list')).toMatch(
    /payee {2}money_missing {2}abababab/,
  );
  expect(await sikka('first-risk', 'disputes', 'show', one)).toContain(paymentId);
  const decide = ['disputes', 'decide', one, '--outcome', 'upheld', '--reason', 'Seen.'];
  expect(await sikka('first-risk', ...decide)).toContain('Decided: upheld');
  expect(await sikka('first-risk', 'disputes', 'list', '--status', 'decided')).toContain('upheld');
});
