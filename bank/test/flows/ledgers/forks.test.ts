import { openLedgerCarrier, proveLedger, webCryptoVerifier } from '@sikka/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import { openAccount } from '../../../src/identity/index.ts';
import { startStaffedBank } from '../../support/staffed-bank.ts';
import type { StaffedBank } from '../../support/staffed-bank.ts';
import { unmoved } from '../../support/unmoved.ts';
import { readBatchItems } from './batch.ts';
import type { PageUser, Sender } from './pages.ts';
import { approved, chained, fundLine, pay, sealed, send, sender } from './pages.ts';

let bank: StaffedBank;
let payer: Sender;
let shop: PageUser;
/** Transactions: one that both ledgers begin with, and one for each branch and its growth. */
let start: string;
let left: string;
let right: string;
let more: string;

beforeAll(async () => {
  bank = await startStaffedBank();
  await fundLine(bank, '49000.00');
  payer = await sender(bank, 5000);
  for (const publicId of ['reviewer', 'second-reviewer']) {
    await inTransaction(bank.ownerPool, (tx) =>
      openAccount(tx, { publicId, currency: 586, roles: ['risk'] }, new Date()),
    );
  }
});
afterAll(() => bank.stop());
beforeEach(async () => {
  shop = await approved(bank);
  [start = '', left = '', right = '', more = ''] = await Promise.all(
    ['start', 'left', 'right', 'more'].map((name) =>
      pay(payer, shop, { txnId: `${name}-${shop.userId}`, amount: '5' }),
    ),
  );
});

const name = (branch: string) => `${branch}-${shop.userId}`;
const settle = async (...transactions: readonly string[]) =>
  send(bank, '/settle-ledger', await sealed(bank, shop, chained(transactions)));

interface ForkRow {
  readonly review: bigint;
  readonly position: number;
  readonly first: Buffer;
  readonly second: Buffer;
}

async function forks(): Promise<readonly ForkRow[]> {
  const { rows } = await bank.ownerPool.query<ForkRow>(
    `select f.review, f.position, a.bytes as first, b.bytes as second
     from ledger_forks as f join kyc_users as k on k.no = f.receiver
     join uploads as a on a.id = f.first_upload join uploads as b on b.id = f.second_upload
     where k.user_id = $1 order by f.id`,
    [shop.userId],
  );
  return rows;
}

async function openReviews(): Promise<readonly bigint[]> {
  const { rows } = await bank.ownerPool.query<{ id: bigint }>(
    'select id from reviews where subject = $1 and outcome is null order by id',
    [`ledger:${shop.userId}`],
  );
  return rows.map(({ id }) => id);
}

async function decideReview(id: bigint, verdict: 'release' | 'reject'): Promise<void> {
  const path = `/api/v1/operator/reviews/${id}/${verdict}`;
  const { status, body } = await bank.ask('reviewer', path, { reason: 'Looked at it.' });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

const HELD = ['Ledger fork detected at entry 1: held for review'];

test('a second history is held, and its receiver’s two signatures are kept', async () => {
  expect(await settle(start, left)).toMatchObject({ ok: true });
  const held = await unmoved(bank, () => settle(start, right));
  expect(held).toMatchObject({ status: 200, ok: false, transactions: [], errors: HELD });
  expect(await unmoved(bank, () => settle(start, right))).toMatchObject({ errors: HELD });
  expect(await openReviews()).toHaveLength(1);
  const [fork, ...others] = await forks();
  expect([fork?.position, others.length]).toEqual([1, 0]);
  for (const bytes of [fork?.first, fork?.second]) {
    const opened = openLedgerCarrier(readBatchItems(bytes)[0] ?? new Uint8Array());
    if (!opened.ok) throw new Error(opened.detail);
    const proved = await proveLedger(opened.value, shop.signer.publicKey, webCryptoVerifier);
    expect(proved.ok).toBe(true);
  }
  const { rows } = await bank.ownerPool.query(
    `select action, outcome from audit_events where action = 'ledger.forked' and subject = $1`,
    [`ledger:${shop.userId}`],
  );
  expect(rows).toEqual([{ action: 'ledger.forked', outcome: 'held' }]);
});

test('what somebody lets go settles, and both branches may grow from then on', async () => {
  await settle(start, left);
  await settle(start, right);
  expect((await settle(start, left)).errors[0]).toContain('replay detected');
  expect(await settle(start, left, more)).toMatchObject({ ok: false, errors: HELD });
  const [first = 0n, second = 0n] = await openReviews();
  await decideReview(first, 'release');
  const again = await settle(start, right);
  expect(again).toMatchObject({ ok: false, transactions: [] });
  expect(again.errors[1]).toBe(`Transaction ${name('right')} already settled (replay detected)`);
  expect(await settle(start, right, more)).toMatchObject({ transactions: [name('more')] });
  await decideReview(second, 'release');
  expect((await openReviews()).length).toBe(0);
});

test('one release of a grown branch lets the pair go on', async () => {
  await settle(start, left);
  await settle(start, right);
  await settle(start, right, more);
  const [, grown = 0n] = await openReviews();
  await decideReview(grown, 'release');
  const other = await pay(payer, shop, { txnId: name('other'), amount: '5' });
  expect(await settle(start, right, more, other)).toMatchObject({ transactions: [name('other')] });
});

test('rejected, it settles nothing; its payments may come another way', async () => {
  await settle(start, left);
  await settle(start, right);
  const [review = 0n] = await openReviews();
  await decideReview(review, 'reject');
  const refused = await unmoved(bank, () => settle(start, right));
  expect(refused.errors).toContain(`Transaction ${name('right')}: rejected by review`);
  const plain = `[${chained([right]).join(',')}]`;
  const done = await send(bank, '/settle-ledger', plain);
  expect(done).toMatchObject({ transactions: [name('right')] });
});

test('a plain list accuses nobody, and neither does a new beginning', async () => {
  await settle(start, left);
  const plain = await send(bank, '/settle-ledger', `[${chained([start, right]).join(',')}]`);
  expect(plain).toMatchObject({ transactions: [name('right')] });
  expect(await settle(more)).toMatchObject({ transactions: [name('more')] });
  expect(await forks()).toEqual([]);
});

test('twenty branches at once: one of them settles, the others are held', async () => {
  await settle(start);
  const branches = await Promise.all(
    Array.from({ length: 20 }, () => pay(payer, shop, { amount: '5' })),
  );
  const told = await Promise.all(branches.map((branch) => settle(start, branch)));
  expect(told.filter(({ ok }) => ok)).toHaveLength(1);
  expect(told.filter(({ errors }) => errors[0] === HELD[0])).toHaveLength(19);
});
