import { hex } from '@sikka/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/caller.ts';
import type { Settlement } from '../../../src/settlement/index.ts';
import type { Notice } from '../../../src/identity/index.ts';
import { createTestDatabase } from '../../support/index.ts';
import type { TestDatabase } from '../../support/index.ts';
import { unmoved } from '../../support/unmoved.ts';
import { tenantOf, tillOf } from '../../settlement/order-town.ts';
import type { Tenant, Till } from '../../settlement/order-town.ts';
import { keyOf, pay } from '../../settlement/key-town.ts';
import { createTown, DAY, journal, said } from '../../settlement/town.ts';
import type { Person, Town } from '../../settlement/town.ts';
import { ask, callerOf, deskOf, heldBundle, staffOf } from './desk.ts';
import type { Staff } from './desk.ts';

let db: TestDatabase;
let town: Town;
let tenant: Tenant;
let till: Till;
let shop: Person;
let staff: Staff;
let desk: ReturnType<typeof deskOf>;
const told: Notice[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  tenant = await tenantOf(town, 10_000_000);
  till = await tillOf(town, tenant);
  shop = await town.person({ offline: 0 });
  staff = await staffOf(town);
  desk = deskOf(town, { told });
});
afterAll(() => db.drop());

const body = { reason: 'The shop was asked.' };
const hold = (about: Partial<Parameters<typeof heldBundle>[3]> = {}) =>
  heldBundle(town, till, [{ amount: 50 }], { payee: shop.current.number, ...about });
const verdict = (name: 'releaseReview' | 'rejectReview', review: bigint, caller: Caller) =>
  ask(desk, name, { caller, params: { id: review.toString() }, body });
const release = (review: bigint, caller: Caller) => verdict('releaseReview', review, caller);
const reject = (review: bigint, caller: Caller) => verdict('rejectReview', review, caller);
const outcomes = async (uploadId: bigint) =>
  (await town.settlement.settle(uploadId)).map(said).slice(1);
const received = () => town.balance(shop.current.ledgerAccount);

async function actionsOf(review: bigint): Promise<readonly string[]> {
  const { rows } = await db.ownerPool.query<{ action: string }>(
    'select action from audit_events where subject = $1 order by id',
    [`review:${review}`],
  );
  return rows.map(({ action }) => action);
}

test('a released bundle is settled, once, however often somebody releases it', async () => {
  const { review, uploadId } = await hold();
  const before = await received();
  const again = await Promise.all([1, 2, 3, 4].map(() => release(review, staff.first)));
  expect(again.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(await received()).toBe(before + 5_000n);
  expect(await outcomes(uploadId)).toEqual(['settled']);
  expect((await release(review, staff.second)).value).toMatchObject({
    status: 'done',
    review: { status: 'released', decided_by: 'first', reason: body.reason },
  });
  expect((await reject(review, staff.second)).status).toBe('review/decided');
  expect(await actionsOf(review)).toEqual(['review.released']);
  await town.checkMoney();
});

test('a rejected bundle moves nothing, then or later', async () => {
  const { review, uploadId, batch } = await hold();
  await unmoved(db, async () => {
    expect((await reject(review, staff.first)).status).toBe(200);
    expect((await reject(review, staff.second)).status).toBe(200);
    expect(await outcomes(uploadId)).toEqual(['review_rejected']);
    expect((await release(review, staff.second)).status).toBe('review/decided');
    const sent = await town.settlement.receive(batch, 'tester');
    if (!sent.ok) throw new Error(sent.detail);
    expect(await outcomes(sent.value.uploadId)).toEqual(['review_rejected']);
  });
  expect(await town.count(`inbox where upload_id = ${uploadId}`)).toBe(0);
});

test('released and rejected at once, it is one of both', async () => {
  const { review, uploadId } = await hold();
  const before = await received();
  const acts = [release, reject, release, reject, release, reject];
  const said = await Promise.all(acts.map((act) => act(review, staff.first)));
  const codes = said.map(({ status }) => status);
  expect(codes.filter((status) => status === 200)).toHaveLength(3);
  expect(codes.filter((status) => status === 'review/decided')).toHaveLength(3);
  const settled = codes[0] === 200;
  expect(await received()).toBe(before + (settled ? 5_000n : 0n));
  expect(await outcomes(uploadId)).toEqual([settled ? 'settled' : 'review_rejected']);
});

describe('two people decide', () => {
  test.each([
    ['above the limit', { money: { amountMinor: 100_001n, currency: 586 } }],
    ['what is of several currencies', { money: undefined }],
    ['what was quarantined', { quarantined: true }],
  ])('%s', async (_, about) => {
    const { review, uploadId } = await hold(about);
    await unmoved(db, async () => {
      const first = await release(review, staff.first);
      expect(first).toMatchObject({ status: 202, value: { status: 'waiting' } });
      expect((await release(review, staff.first)).status).toBe(202);
      // Another verdict is another proposal.
      expect((await reject(review, staff.second)).status).toBe(202);
      expect(await outcomes(uploadId)).toEqual(['pending']);
    });
    const second = await release(review, staff.second);
    expect(second.value).toMatchObject({ status: 'done', review: { decided_by: 'second' } });
    expect(second.value['approval_id']).toEqual(expect.any(String));
    expect(await outcomes(uploadId)).toEqual(['settled']);
    expect((await reject(review, staff.third)).status).toBe('review/decided');
  });

  test('up to the limit one does', async () => {
    const { review } = await hold({ money: { amountMinor: 100_000n, currency: 586 } });
    expect((await release(review, staff.first)).status).toBe(200);
  });
});

test('whoever owns the tenant or is paid by it does not decide', async () => {
  const { review } = await hold();
  await unmoved(db, async () => {
    expect((await reject(review, callerOf(tenant.owner))).status).toBe('review/own');
    for (const person of [tenant.owner, shop]) {
      expect((await release(review, callerOf(person))).status).toBe('review/own');
    }
  });
  expect(await actionsOf(review)).toEqual([]);
  // Whom it pays gains by a release alone: a till that names all staff is rejected by any of them.
  expect((await reject(review, callerOf(shop))).status).toBe(200);
});

test('a till that names staff in payments nobody signed keeps none from deciding', async () => {
  const [payer, payee] = [await town.person(), await town.person({ offline: 0 })];
  const allowance = await town.allowance(await town.device(payer));
  const to = payee.current.number;
  const [payment] = await journal(town, allowance, [{ amount: 5_000, payee: to }]);
  const forged = new Uint8Array(payment!.packet);
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  const names = { payee: to, own: false };
  for (const [person, decide] of [
    [payer, reject],
    [payee, release],
  ] as const) {
    const held = await heldBundle(town, till, [{ amount: 50, payment: forged }], names);
    const before = await town.balance(payee.current.ledgerAccount);
    expect((await decide(held.review, callerOf(person))).status).toBe(200);
    expect(await town.balance(payee.current.ledgerAccount)).toBe(before);
  }
});

test('nor does who signed a payment in it or is paid by one, whoever is named', async () => {
  const [payer, payee] = [await town.person(), await town.person({ offline: 0 })];
  const allowance = await town.allowance(await town.device(payer));
  const to = payee.current.number;
  const [payment] = await journal(town, allowance, [{ amount: 5_000, payee: to }]);
  const key = await pay(await keyOf(town, payer), await keyOf(town, payee), { amount: 5_000 });
  for (const signed of [payment!.packet, key.bytes]) {
    const held = [{ amount: 50, payment: signed }];
    const { review } = await heldBundle(town, till, held, { payee: shop.current.number });
    await unmoved(db, async () => {
      for (const person of [payer, payee]) {
        expect((await release(review, callerOf(person))).status).toBe('review/own');
      }
    });
    expect((await release(review, staff.first)).status).toBe(200);
  }
});

test('what was released before the bank fell over is settled by the worker', async () => {
  const { review, uploadId } = await hold();
  const before = await received();
  const fallen: Settlement = {
    ...town.settlement,
    settle: () => Promise.reject(new Error('The process is gone.')),
  };
  const given = { caller: staff.first, params: { id: review.toString() }, body };
  const answer = await ask(deskOf(town, { settlement: fallen }), 'releaseReview', given);
  expect(answer.status).toBe(200);
  expect(await received()).toBe(before);
  await town.passTime(DAY * 1000);
  await town.anotherNode().drain();
  expect(await received()).toBe(before + 5_000n);
  expect(await outcomes(uploadId)).toEqual(['settled']);
});

test('staff see what they decide about', async () => {
  const { review } = await hold();
  const params = { id: review.toString() };
  const { value } = await ask(desk, 'getReview', { caller: staff.first, params });
  expect(value).toMatchObject({
    ...{ id: params.id, status: 'open', amount: '50.00', currency: 'PKR', score: 0.2 },
    bundle: {
      device_id: till.deviceId,
      transactions: [{ amount: '50.00', signed_by_payer: false, own_float: true }],
    },
  });
  const open = await ask(desk, 'listReviews', { caller: staff.first });
  const ids = (open.value['reviews'] as { id: string }[]).map(({ id }) => id);
  expect(ids).toContain(params.id);
  const unknown = { caller: staff.first, params: { id: '999999' }, body };
  expect((await ask(desk, 'getReview', unknown)).status).toBe('review/not_found');
  expect((await ask(desk, 'releaseReview', unknown)).status).toBe('review/not_found');
});

test('whoever registered the till does not decide about what it says', async () => {
  const { review } = await hold();
  await db.ownerPool.query('update tills set registered_by = $2 where no = $1', [
    till.no,
    staff.first.accountId,
  ]);
  await unmoved(db, async () => {
    expect((await release(review, staff.first)).status).toBe('review/own');
    expect((await reject(review, staff.first)).status).toBe('review/own');
  });
  expect((await release(review, staff.second)).status).toBe(200);
});

describe('a dispute', () => {
  /** Two settled payments and one that was refused, with whom they concern. */
  async function paidTwice() {
    const [payer, payee] = [await town.person(), await town.person({ offline: 0 })];
    const allowance = await town.allowance(await town.device(payer));
    const to = payee.current.number;
    const spent = [10, 20, 2_000_000].map((amount) => ({ amount, payee: to }));
    const signed = await journal(town, allowance, spent);
    const outcomes = await town.hand(signed.map(({ packet }) => packet));
    expect(outcomes.map(said)).toEqual(['settled', 'settled', 'over_per_payment']);
    return { payer, payee, ids: signed.map(({ id }) => hex(id)) };
  }
  const open = (person: Person, paymentId: string, why = 'wrong_amount') =>
    ask(desk, 'openDispute', {
      caller: callerOf(person),
      body: { payment_id: paymentId, reason: why },
    });
  const decide = (id: unknown, caller: Caller, outcome = 'upheld') =>
    ask(desk, 'decideDispute', {
      caller,
      params: { id: String(id) },
      body: { outcome, ...body },
    });
  const list = async (name: 'listDisputes' | 'listAllDisputes', caller: Caller, query = {}) => {
    const { value } = await ask(desk, name, { caller, query });
    return value['disputes'] as { id: string; status: string }[];
  };

  test('is opened once by each side, settled or refused, and moves nothing', async () => {
    const { payer, payee, ids } = await paidTwice();
    const before = await town.count('ledger_transfers');
    const first = await open(payer, ids[0]!);
    expect(first).toMatchObject({ status: 201, value: { side: 'payer', status: 'open' } });
    const again = await Promise.all([1, 2, 3].map(() => open(payer, ids[0]!)));
    expect(again.map(({ status, value }) => [status, value['id']])).toEqual(
      Array.from({ length: 3 }, () => [200, first.value['id']]),
    );
    expect((await open(payer, ids[0]!, 'not_mine')).status).toBe('dispute/exists');
    const other = await open(payee, ids[0]!, 'money_missing');
    expect(other).toMatchObject({ status: 201, value: { side: 'payee' } });
    expect((await open(payee, ids[2]!, 'money_missing')).status).toBe(201);
    expect(await list('listDisputes', callerOf(payer))).toMatchObject([{ reason: 'wrong_amount' }]);
    expect(await town.count('ledger_transfers')).toBe(before);
  });

  test('is opened by nobody else, about nothing unknown, and not without end', async () => {
    const { payer, ids } = await paidTwice();
    await unmoved(db, async () => {
      expect((await open(shop, ids[0]!)).status).toBe('payment/not_found');
      expect((await open(payer, 'ab'.repeat(32))).status).toBe('payment/not_found');
    });
    await db.ownerPool.query(
      `insert into disputes (payment_id, account_id, side, reason, opened_at)
       select sha256(n::text::bytea), $1, 'payer', 'other', now() from generate_series(1, 19) as n`,
      [payer.accountId],
    );
    const raced = await Promise.all([open(payer, ids[0]!), open(payer, ids[1]!)]);
    expect(raced.map(({ status }) => status).sort()).toEqual([201, 'dispute/too_many']);
  });

  test('is decided once, and by neither of the two', async () => {
    const { payer, payee, ids } = await paidTwice();
    const { value } = await open(payer, ids[0]!);
    const { id } = value;
    for (const person of [payer, payee]) {
      expect((await decide(id, callerOf(person))).status).toBe('review/own');
    }
    expect((await decide('999999999', staff.first)).status).toBe('dispute/not_found');
    expect((await list('listAllDisputes', staff.first)).map((one) => one.id)).toContain(id);
    const raced = await Promise.all([
      decide(id, staff.first, 'upheld'),
      decide(id, staff.second, 'dismissed'),
    ]);
    expect(raced.map(({ status }) => status).sort()).toEqual([200, 'dispute/decided']);
    const outcome = raced[0].status === 200 ? 'upheld' : 'dismissed';
    expect((await decide(id, staff.third, outcome)).status).toBe(200);
    // Whoever opened it is told by mail, once.
    expect(told).toMatchObject([
      {
        ...{ accountId: payer.accountId, template: `dispute_${outcome}` },
        values: { payment: ids[0]!.slice(0, 8) },
      },
    ]);
    const decided = await list('listAllDisputes', staff.first, { status: 'decided' });
    expect(decided).toMatchObject([{ id, status: outcome }]);
    expect((await list('listAllDisputes', staff.first)).map((one) => one.id)).not.toContain(id);
    const { rows } = await db.ownerPool.query<{ action: string; outcome: string }>(
      'select action, outcome from audit_events where subject = $1 order by id',
      [`dispute:${String(id)}`],
    );
    expect(rows).toEqual([
      { action: 'dispute.opened', outcome: 'ok' },
      { action: 'dispute.decided', outcome },
    ]);
  });
});
