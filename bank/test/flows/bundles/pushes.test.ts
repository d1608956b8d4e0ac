import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import { openAccount } from '../../../src/identity/index.ts';
import { unmoved } from '../../support/unmoved.ts';
import {
  balanceOf,
  bundleOf,
  cashIn,
  eventsOf,
  minutesAgo,
  openCounter,
  openTill,
  pick,
  push,
  reviewOf,
  seen,
  send,
} from './counter.ts';
import { openSender, signedPayment } from './sender.ts';
import type { BundleChange, Counter, Till } from './counter.ts';

let bank: Counter['bank'];
let till: Till;
let customer: number;
beforeAll(async () => {
  ({ bank, till, customer } = await openCounter());
}, 120_000);
afterAll(() => bank.stop());

const still = <T>(act: () => Promise<T>) => unmoved(bank, act);

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
    expect(await eventsOf(bank, `bundle:${answer.bundleId}`)).toEqual(['bundle.accepted ok']);
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
    expect((await read(bank.firstOperator, 'nothing')).body).toMatchObject({
      ...{ code: 'bundle/not_found', error: 'No bundle has this id.' },
    });
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
    const { detail } = answer.body;
    expect(answer.body).toMatchObject({ error: detail, errors: [{ pointer: '', detail }] });
    const said = await eventsOf(bank, `till:${body.device_id}`);
    expect(said.at(-1)).toBe(`bundle.refused ${why}`);
    const read = await bank.ask(bank.firstOperator, `/offline/bundles/${body.bundle_id}`);
    expect(read.status).toBe(404);
  });

  test('whose body is none: `errors` says where', async () => {
    const body = { ...(await bundleOf(till, [cashIn(customer)])), device_id: 'POS\u0007001' };
    const { status, body: told } = await still(() => send(bank, body));
    const errors = [{ pointer: '/body/device_id' }];
    expect([status, told]).toMatchObject([422, { error: told['detail'], errors }]);
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

describe('a phone number', () => {
  interface Person {
    readonly id: string;
    readonly wallet: number;
  }
  let numbers = 0;
  const drawNumber = () => `+92300${String((numbers += 1)).padStart(7, '0')}`;
  const reason = 'called back on it';

  beforeAll(async () => {
    for (const [publicId, role] of [['helper', 'support'] as const, ['boss', 'admin'] as const]) {
      const staff = { publicId, currency: 586, roles: [role] };
      await inTransaction(bank.ownerPool, (tx) => openAccount(tx, staff, new Date()));
    }
  });

  /** Somebody whose profile says `phone`, as its owner wrote it. */
  async function open(phone: string): Promise<Person> {
    const person = { name: 'Ayesha Bibi', email: `${randomUUID()}@example.com`, phone };
    const { body } = await bank.ask(bank.firstOperator, '/api/v1/users/', person);
    const { rows } = await bank.ownerPool.query<{ number: bigint }>(
      `select w.number from accounts as a join wallets as w on w.account_id = a.id
       where a.public_id = $1 and w.kind = 'current'`,
      [body['id']],
    );
    return { id: String(body['id']), wallet: Number(rows[0]?.number) };
  }
  const verify = async ({ id }: Person, phone: string | null, as = 'helper') => {
    const path = `/api/v1/users/${id}/verified-phone`;
    const { status, body } = await bank.ask(as, path, { phone, reason });
    return [status, body['code'] ?? body['phone_verified_at'] === null];
  };
  const writes = async ({ id }: Person, phone: string | null) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'PUT', headers, body: JSON.stringify({ phone }), as: id };
    expect((await bank.fetch('/user/me', init)).status).toBe(200);
  };
  /** What a cash-in of 50.00 to that number comes to. */
  const pays = async (phone: string, to: Person) => {
    const before = await balanceOf(bank, to.wallet);
    const { body } = await push(bank, till, [cashIn(phone)]);
    return [body['status'], (await balanceOf(bank, to.wallet)) - before];
  };
  const PAID = ['accepted', 5_000];
  const HELD = ['pending_review', 0];

  test('that was verified is its person’s, however spaced; a national one nobody’s', async () => {
    const phone = drawNumber();
    const me = await open('0300 1234567');
    expect(
      await verify(me, `${phone.slice(0, 3)} (${phone.slice(3, 6)}) ${phone.slice(6)}`),
    ).toEqual([200, false]);
    expect(await pays(phone, me)).toEqual(PAID);
    expect(await pays(`${phone.slice(0, 6)}-${phone.slice(6)}`, me)).toEqual(PAID);
    expect(await pays(`0${phone.slice(3)}`, me)).toEqual(HELD);
    expect(await pays(`00${phone.slice(1)}`, me)).toEqual(HELD);
    const { body } = await bank.ask(me.id, '/user/me');
    expect(body['phone']).toBe(phone);
  });

  test('that stands in a profile and nowhere else catches nothing', async () => {
    const phone = drawNumber();
    const [thief, owner] = [await open(phone), await open(phone)];
    expect(await pays(phone, thief)).toEqual(HELD);
    expect(await verify(owner, phone)).toEqual([200, false]);
    // Written after the owner had it verified: nothing changes for either.
    await writes(thief, phone);
    expect(await pays(phone, thief)).toEqual(['accepted', 0]);
    expect(await pays(phone, owner)).toEqual(PAID);
  });

  test('is one person’s: for a second it is taken, also when both come at once', async () => {
    const phone = drawNumber();
    const [first, second] = [await open(phone), await open(phone)];
    const answers = await Promise.all([verify(first, phone), verify(second, phone)]);
    expect(answers.map(([status]) => status).sort()).toEqual([200, 409]);
    expect(answers).toContainEqual([409, 'user/phone_taken']);
    // Nor is it freed by one clerk, who could then give it to the other.
    const [winner, loser] = answers[0]?.[0] === 200 ? [first, second] : [second, first];
    for (const other of [null, drawNumber()]) {
      expect(await verify(winner, other)).toEqual([202, false]);
      expect(await verify(winner, other)).toEqual([202, false]);
    }
    expect(await verify(winner, drawNumber(), 'boss')).toEqual([202, false]);
    expect(await verify(loser, phone)).toEqual([409, 'user/phone_taken']);
    expect(await pays(phone, winner)).toEqual(PAID);
  });

  test('given back, taken away, or of last year names nobody until shown again', async () => {
    const phone = drawNumber();
    const [before, after] = [await open(phone), await open(phone)];
    await verify(before, phone);
    await writes(before, '+923331234567');
    expect(await pays(phone, before)).toEqual(HELD);
    // Writing it again is no proof.
    await writes(before, phone);
    expect(await pays(phone, before)).toEqual(HELD);
    expect(await verify(after, phone)).toEqual([200, false]);
    expect(await pays(phone, after)).toEqual(PAID);
    expect(await verify(after, null)).toEqual([202, false]);
    expect(await verify(after, null, 'boss')).toEqual([200, true]);
    expect(await verify(after, null)).toEqual([200, true]);
    expect(await pays(phone, after)).toEqual(HELD);
    await verify(after, phone);
    await bank.ownerPool.query(
      `update personal_data set phone_verified_at = now() - interval '366 days'
       where account_id = (select id from accounts where public_id = $1)`,
      [after.id],
    );
    expect(await pays(phone, after)).toEqual(HELD);
  });

  test('of somebody whom the payer does not pay is held as one that nobody has', async () => {
    const phone = drawNumber();
    await verify(await open(phone), phone);
    const [payer, payee] = [await openSender(bank), await openSender(bank)];
    for (const [receiver, reason] of [
      [phone, 'receiver_other'],
      [drawNumber(), 'receiver_unknown'],
    ] as const) {
      const meta = { payment: await signedPayment(payer, payee) };
      const sale = cashIn(receiver, { type: 'merchant', sender: 'somebody', meta });
      const answer = await still(() => push(bank, till, [sale]));
      expect(answer.body['status']).toBe('pending_review');
      const reasons = await reviewOf(bank, answer.bundleId);
      expect(reasons).toEqual(expect.arrayContaining([reason, 'held']));
    }
  });

  test('is not told by the score, as whoever is named has signed nothing', async () => {
    const [verified, other] = [drawNumber(), drawNumber()];
    await verify(await open(verified), verified);
    const score = async (sender: string) => {
      const counter = await openTill(bank);
      const moves = Array.from({ length: 8 }, () => cashIn(sender, { type: 'p2p', sender }));
      const { body } = await still(() => push(bank, counter, moves));
      return [body['status'], body['sira_score']];
    };
    const [ofSomebody, ofNobody] = [await score(verified), await score(other)];
    expect(ofSomebody).toEqual(ofNobody);
  });

  test('is verified by nobody for himself, of nobody, nor where it is no number', async () => {
    const [me, phone] = [await open('0300 1234567'), drawNumber()];
    const of = (id: string): Person => ({ id, wallet: 0 });
    expect([
      await verify(me, phone, me.id),
      await verify(of('helper'), phone),
      await verify(of('nobody-here'), phone),
      await verify(of('boss'), phone),
      await verify(me, '+0300 1234567'),
      await verify(me, '+92 (300)'),
      await verify(me, '0300 1234567'),
    ]).toEqual([
      [403, 'auth/role_missing'],
      [400, 'user/own_phone'],
      [404, 'user/not_found'],
      [409, 'user/status_conflict'],
      [422, 'request/invalid'],
      [422, 'request/invalid'],
      [422, 'request/invalid'],
    ]);
    expect(await pays(phone, me)).toEqual(HELD);
  });
});
