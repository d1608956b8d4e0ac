import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStaffedBank } from '../../support/staffed-bank.ts';
import type { StaffedBank } from '../../support/staffed-bank.ts';
import { unmoved } from '../../support/unmoved.ts';
import {
  balanceOf,
  bundleOf,
  cashIn,
  fundFloat,
  minutesAgo,
  openCustomer,
  openTill,
  push,
  seen,
  send,
  setPolicy,
} from './counter.ts';
import type { BundleChange, Till } from './counter.ts';

let bank: StaffedBank;
let till: Till;
let customer: number;
beforeAll(async () => {
  bank = await startStaffedBank();
  await setPolicy(bank);
  till = await openTill(bank);
  await fundFloat(bank, till, '100000.00');
  customer = await openCustomer(bank);
}, 120_000);
afterAll(() => bank.stop());

const still = <T>(act: () => Promise<T>) => unmoved(bank, act);

async function events(subject: string): Promise<readonly string[]> {
  const { rows } = await bank.ownerPool.query<{ said: string }>(
    `select action || ' ' || outcome as said from audit_events where subject = $1 order by id`,
    [subject],
  );
  return rows.map(({ said }) => said);
}

describe('a bundle', () => {
  test('of cash-ins is accepted and settled, and says so when it is read', async () => {
    const before = await balanceOf(bank, customer);
    const answer = await push(bank, till, [
      cashIn(customer),
      cashIn(customer, { amount: '70.25' }),
    ]);
    expect(answer.body).toMatchObject({
      ...{ success: true, status: 'accepted', transactions_count: 2, message: 'Bundle accepted' },
    });
    expect(await balanceOf(bank, customer)).toBe(before + 12_025);
    expect(await seen(bank, answer.bundleId)).toMatchObject({
      ...{ status: 'reconciled', push_attempts: 1, total_amount: 120.25, device_id: till.deviceId },
      transactions: [
        { status: 'settled', amount: 50 },
        { status: 'settled', amount: 70.25 },
      ],
    });
    expect(await events(`bundle:${answer.bundleId}`)).toEqual(['bundle.accepted ok']);
  });

  test('pushed again gets the first answer, however often and all at once', async () => {
    const body = await bundleOf(till, [cashIn(customer)]);
    const before = await balanceOf(bank, customer);
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(bank, body)));
    expect(answers.map(({ body: { status } }) => status)).toEqual(
      Array<string>(8).fill('accepted'),
    );
    const messages = answers.map(({ body: { message } }) => message);
    expect(messages.filter((message) => message === 'Bundle already processed')).toHaveLength(7);
    expect(await balanceOf(bank, customer)).toBe(before + 5_000);
    expect((await seen(bank, body.bundle_id)).push_attempts).toBe(8);
  });

  test('is read by staff alone', async () => {
    const { bundleId } = await push(bank, till, [cashIn(customer)]);
    const read = (as?: string, id = bundleId) => bank.ask(as, `/offline/bundles/${id}`);
    expect((await read()).status).toBe(401);
    expect((await read(bank.firstFinance)).body['code']).toBe('auth/role_missing');
    expect((await read(bank.firstOperator, 'nothing')).body['code']).toBe('bundle/not_found');
  });
});

describe('refused without a row of its own, and without anything else', () => {
  type Change = (till: Till) => Promise<object>;
  const other = async (change: BundleChange, outside: object = {}) => ({
    ...(await bundleOf(till, [cashIn(customer)], change)),
    ...outside,
  });
  test.each<[string, Change, number, string, string]>([
    [
      'of a device that nobody knows',
      () => other({}, { device_id: 'nobody' }),
      ...([404, 'till/not_found', 'till/not_found'] as const),
    ],
    [
      'that another key has signed',
      async () => other({ signer: (await openTill(bank)).signer }),
      ...([403, 'bundle/signature_invalid', 'bundle/signature_invalid'] as const),
    ],
    [
      'that is no base64',
      () => other({}, { encrypted_payload: '????' }),
      ...([400, 'bundle/unreadable', 'bundle/malformed'] as const),
    ],
    [
      'that is sealed to somebody else',
      async () => other({ bankKey: till.signer.publicKey }),
      ...([400, 'bundle/unreadable', 'bundle/unwrap_failed'] as const),
    ],
    [
      'that was captured and is sent under another id',
      () => other({}, { bundle_id: randomUUID() }),
      ...([400, 'bundle/unreadable', 'bundle/id_mismatch'] as const),
    ],
    [
      'with the content of another device',
      () => other({ device_id: 'counter-0' }),
      ...([400, 'bundle/unreadable', 'bundle/device_mismatch'] as const),
    ],
    [
      'without a transaction',
      () => bundleOf(till, []),
      ...([400, 'bundle/invalid', 'bundle/empty'] as const),
    ],
    [
      'with an amount of nothing',
      () => bundleOf(till, [cashIn(customer, { amount: 0 })]),
      ...([400, 'bundle/invalid', 'bundle/amount_invalid'] as const),
    ],
    [
      'with a clock that is no time',
      () => other({ device_clock: 'half past nine' }),
      ...([400, 'bundle/invalid', 'bundle/clock_unreadable'] as const),
    ],
  ])('%s', async (_, made, status, code, why) => {
    const body = (await made(till)) as { readonly device_id: string; readonly bundle_id: string };
    const answer = await still(() => send(bank, body));
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    const said = await events(`till:${body.device_id}`);
    expect(said.at(-1)).toBe(`bundle.refused ${why}`);
    const read = await bank.ask(bank.firstOperator, `/offline/bundles/${body.bundle_id}`);
    expect(read.status).toBe(404);
  });

  test('a captured push under another id does not spoil the real one', async () => {
    const body = await bundleOf(till, [cashIn(customer)]);
    const captured = { ...body, bundle_id: randomUUID() };
    expect((await send(bank, captured)).status).toBe(400);
    expect((await send(bank, body)).body['status']).toBe('accepted');
    expect((await send(bank, captured)).status).toBe(400);
  });

  test('of a device that was switched off, also what it pushed before', async () => {
    const gone = await openTill(bank);
    const body = await bundleOf(gone, [cashIn('nobody at all')]);
    expect((await send(bank, body)).body['status']).toBe('pending_review');
    await bank.ask(bank.firstOperator, `/offline/devices/${gone.deviceId}/revoke`, {});
    const answer = await still(() => send(bank, body));
    expect([answer.status, answer.body['code']]).toEqual([403, 'till/not_active']);
  });
});

describe('refused with its answer kept', () => {
  const day = 24 * 60;
  test.each<[string, () => [object, BundleChange?], number, string]>([
    [
      'by a clock that is wrong',
      () => [cashIn(customer), { device_clock: minutesAgo(31) }],
      ...([400, 'bundle/stale'] as const),
    ],
    [
      'older than the policy allows',
      () => [cashIn(customer, { initiated_at: minutesAgo(3 * day + 1) })],
      ...([400, 'bundle/stale'] as const),
    ],
    [
      'from the future',
      () => [cashIn(customer, { initiated_at: minutesAgo(-40) })],
      ...([400, 'bundle/stale'] as const),
    ],
    [
      'begun at no time',
      () => [cashIn(customer, { initiated_at: 'noon' })],
      ...([400, 'bundle/invalid'] as const),
    ],
    [
      'over the amount',
      () => [cashIn(customer, { amount: 5000.01 })],
      ...([403, 'bundle/policy'] as const),
    ],
    [
      'in another currency',
      () => [cashIn(customer, { currency: 'XOF' })],
      ...([403, 'bundle/policy'] as const),
    ],
    [
      'in a way that is not allowed',
      () => [cashIn(customer, { meta: { method: 'cheque' } })],
      ...([403, 'bundle/policy'] as const),
    ],
  ])('%s', async (_, made, status, code) => {
    const [transaction, change] = made();
    const body = await bundleOf(till, [transaction], change);
    for (const answer of [await still(() => send(bank, body)), await send(bank, body)]) {
      expect([answer.status, answer.body['code']]).toEqual([status, code]);
    }
    const read = await seen(bank, body.bundle_id);
    expect(read).toMatchObject({ status: 'rejected', push_attempts: 2, transactions: [] });
    expect(read.rejected_reason).toMatch(/\.$/);
    // Neither its numbers nor its nonce are taken.
    const again = { ...cashIn(customer), ...pick(transaction, 'local_id') };
    expect((await push(bank, till, [again])).body['status']).toBe('accepted');
  });

  test('of a country without a policy', async () => {
    const abroad = await openTill(bank, { country: 'SN' });
    const answer = await still(() => push(bank, abroad, [cashIn(customer)]));
    expect([answer.status, answer.body['code']]).toEqual([403, 'bundle/policy']);
  });

  test('by a nonce of its own, never by another device’s', async () => {
    const nonce = randomUUID();
    await push(bank, till, [cashIn(customer)], { nonce });
    const again = await still(() => push(bank, till, [cashIn(customer)], { nonce }));
    expect([again.status, again.body['code']]).toEqual([400, 'bundle/invalid']);
    const neighbour = await openTill(bank);
    const theirs = await push(bank, neighbour, [cashIn(customer)], { nonce });
    expect(theirs.body['status']).toBe('accepted');
  });
});

function pick(from: object, key: string): object {
  return { [key]: (from as Record<string, unknown>)[key] };
}
