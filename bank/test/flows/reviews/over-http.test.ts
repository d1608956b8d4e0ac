import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import { openAccount } from '../../../src/identity/index.ts';
import { startStaffedBank } from '../../support/staffed-bank.ts';
import type { StaffedBank } from '../../support/staffed-bank.ts';
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
const MAIN = fileURLToPath(new URL('../../../../cli/src/main.ts', import.meta.url));

let bank: StaffedBank;
let till: Till;
let customer: number;

beforeAll(async () => {
  bank = await startStaffedBank({ FOUR_EYES_ABOVE: '1000.00' });
  for (const publicId of ['first-risk', 'second-risk']) {
    await inTransaction(bank.ownerPool, (tx) =>
      openAccount(tx, { publicId, currency: 586, roles: ['risk'] }, new Date()),
    );
  }
  await setPolicy(bank, { require_agent_approval_above: '100.00' });
  till = await openTill(bank);
  await fundFloat(bank, till, '100000.00');
  customer = await openCustomer(bank);
}, 120_000);
afterAll(() => bank.stop());

/** `sikka …`, as that person. */
async function sikka(as: string, ...args: readonly string[]): Promise<string> {
  const command = ['--import', 'tsx', MAIN, ...args, '--bank', bank.url];
  const env = { ...process.env, SIKKA_TOKEN: await bank.bank.token(as) };
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
