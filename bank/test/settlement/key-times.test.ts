import { setTimeout as pause } from 'node:timers/promises';
import { verifySettlement } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkpoint, sequence, verifyLog } from '../../src/audit/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import { settlementLimits } from '../../src/settlement/index.ts';
import { endConnections, killConnections } from '../support/connections.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import type { HeldKey, SignedItem } from './key-town.ts';
import { keyOf, makeKey, pay, registerKey, retireKey } from './key-town.ts';
import type { Person, Town } from './town.ts';
import { batchOf, createTown, DAY, issuersOf, journal, said, START } from './town.ts';

let db: TestDatabase;
let town: Town;
let shop: Person;
let shopKey: HeldKey;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  shop = await town.person({ offline: 0 });
  shopKey = await keyOf(town, shop);
});
afterAll(() => db.drop());

const now = () => Math.floor(Date.now() / 1000);

async function payerWith(offline: number): Promise<HeldKey> {
  return keyOf(town, await town.person({ offline }));
}

async function hand({ bytes }: SignedItem): Promise<string> {
  town.now = now();
  const [outcome] = await town.hand([bytes]);
  return said(outcome!);
}

async function store(signed: SignedItem) {
  const proved = await town.settlement.proveForStore(signed.item);
  if (!proved.ok) throw new Error(proved.code);
  const accountId = await ownerOf(signed.item.claimed.payerWallet);
  const by = { accountId, now: new Date(), receipt: '{}' };
  return town.settlement.storePending(proved.value, by);
}

async function ownerOf(wallet: number): Promise<bigint> {
  const { rows } = await db.ownerPool.query<{ id: bigint }>(
    'select account_id as id from wallets where number = $1',
    [wallet],
  );
  return rows[0]!.id;
}

async function setAccount(owner: Person, status: string, blockedAt: number | undefined) {
  await db.ownerPool.query('update accounts set status = $2, blocked_at = $3 where id = $1', [
    owner.accountId,
    status,
    blockedAt === undefined ? undefined : new Date(blockedAt * 1000),
  ]);
}

async function load(wallet: Person, amount: bigint): Promise<void> {
  await db.serverPool.query(
    `select ledger_post(array[(select min(account_id) from ledger_balances where floor is null)],
      array[$1::bigint], array[$2::bigint], array[586], array['deposit'], array[null::bytea],
      now())`,
    [wallet.offline.ledgerAccount, amount],
  );
}

describe('a key that was replaced', () => {
  test('signs nothing any more; its successor does', async () => {
    const payer = await payerWith(10_000);
    const old = await pay(payer, shopKey);
    await retireKey(town, payer, now());
    const fresh = await makeKey(payer.owner);
    await registerKey(town, fresh);
    expect(await hand(old)).toBe('payer_key_retired');
    expect(await hand(await pay(fresh, shopKey))).toBe('settled');
    // It took no nonce: the owner's own payment of the same one settles.
    expect(await hand(await pay(fresh, shopKey, { nonce: old.nonce, amount: 10 }))).toBe('settled');
    expect(await town.balance(payer.owner.offline.ledgerAccount)).toBe(4_990n);
  });

  test('keeps no authority by what was refused before, though the money has come', async () => {
    const payer = await payerWith(0);
    const stolen = await pay(payer, shopKey, { amount: 900 });
    expect(await hand(stolen)).toBe('insufficient_funds');
    await pause(1_100);
    await retireKey(town, payer, now());
    await load(payer.owner, 10_000n);
    expect(await hand(stolen)).toBe('payer_key_retired');
    expect(await town.balance(payer.owner.offline.ledgerAccount)).toBe(10_000n);
  });

  test('still pays what its owner stored, and what waited in the inbox', async () => {
    const payer = await payerWith(10_000);
    const stored = await pay(payer, shopKey, { amount: 100 });
    const waiting = await pay(payer, shopKey, { amount: 200 });
    expect(await store(stored)).toMatchObject({ ok: true, repeated: false });
    const received = await town.settlement.receive(batchOf([waiting.bytes]), 'tester');
    await pause(1_100);
    await retireKey(town, payer, now());
    expect(await hand(stored)).toBe('settled');
    if (!received.ok) throw new Error(received.code);
    town.now = now();
    const [outcome] = await town.settlement.settle(received.value.uploadId);
    expect(said(outcome!)).toBe('settled');
  });

  test('is found for what its owner stored, however often it was replaced since', async () => {
    const payer = await payerWith(10_000);
    const stored = await pay(payer, shopKey, { amount: 100 });
    const never = await pay(payer, shopKey, { amount: 100 });
    await store(stored);
    await pause(1_100);
    let key = payer;
    for (let i = 0; i < 4; i++) {
      await retireKey(town, key, now() + i / 10);
      key = await makeKey(payer.owner);
      await registerKey(town, key, now() - 1);
    }
    expect(await hand(stored)).toBe('settled');
    expect(await hand(never)).toBe('payer_key_unknown');
  });

  test('a key registered after its first signature: the same bytes settle then', async () => {
    const key = await makeKey(await town.person({ offline: 1_000 }));
    const early = await pay(key, shopKey, { amount: 10 });
    expect(await hand(early)).toBe('payer_key_unknown');
    await registerKey(town, key, now() - 1);
    expect(await hand(early)).toBe('settled');
  });
});

describe('a payer under review', () => {
  test('pays what the bank had before, and nothing that came after until it ends', async () => {
    const payer = await payerWith(10_000);
    const before = await pay(payer, shopKey, { amount: 100 });
    const stored = await pay(payer, shopKey, { amount: 50 });
    const after = await pay(payer, shopKey, { amount: 200 });
    await store(stored);
    const received = await town.settlement.receive(batchOf([before.bytes]), 'tester');
    if (!received.ok) throw new Error(received.code);
    await pause(1_100);
    await setAccount(payer.owner, 'review', now());
    await pause(1_100);
    expect(await hand(after)).toBe('payer_under_review');
    expect(await hand(stored)).toBe('settled');
    town.now = now();
    expect((await town.settlement.settle(received.value.uploadId)).map(said)).toEqual(['settled']);
    expect(await town.balance(payer.owner.offline.ledgerAccount)).toBe(9_850n);

    await setAccount(payer.owner, 'active', undefined);
    const { accountId } = payer.owner;
    const queued = await inTransaction(db.serverPool, (tx) =>
      town.settlement.requeue(tx, accountId),
    );
    expect(queued).toBe(1);
    expect(await town.settlement.drain()).toEqual({ decided: 1, failed: [] });
    expect(await town.balance(payer.owner.offline.ledgerAccount)).toBe(9_650n);
    expect(await hand(after)).toBe('settled');
  });

  test('whose review began at a time that nobody noted: since ever', async () => {
    const payer = await payerWith(1_000);
    await setAccount(payer.owner, 'review', undefined);
    expect(await hand(await pay(payer, shopKey, { amount: 1 }))).toBe('payer_under_review');
  });
});

describe('what a payer stores in his own session', () => {
  test('over the balance, another under the nonce, a wallet switched off: refused', async () => {
    const payer = await payerWith(1_000);
    const one = await pay(payer, shopKey, { amount: 700 });
    expect(await store(one)).toMatchObject({ ok: true, repeated: false });
    const { nonce } = one;
    const codes = [
      await store(await pay(payer, shopKey, { amount: 400 })),
      await store(await pay(payer, shopKey, { amount: 10, nonce })),
      await store(await pay(payer, shopKey, { amount: 10, currency: 'USD' })),
    ];
    expect(codes.map((each) => !each.ok && each.code)).toEqual([
      'insufficient_funds',
      'nonce_conflict',
      'wrong_currency',
    ]);
    await db.ownerPool.query(`update wallets set status = 'inactive' where number = $1`, [
      payer.owner.offline.number,
    ]);
    expect(await store(await pay(payer, shopKey, { amount: 1 }))).toEqual({
      ok: false,
      code: 'wallet_inactive',
    });
    expect(await hand(await pay(payer, shopKey, { amount: 1 }))).toBe('wallet_inactive');
    // The same again is the first row, and nothing was reserved; what waits counts as well.
    expect(await store(one)).toMatchObject({ ok: true, repeated: true });
    expect(await town.settlement.pendingMinor(payer.owner.offline.number)).toBe(701n);
    expect(await town.balance(payer.owner.offline.ledgerAccount)).toBe(1_000n);
  });

  test('is pending, then settled, for both, and its loser refused', async () => {
    const payer = await payerWith(1_000);
    const first = await pay(payer, shopKey, { amount: 700 });
    await store(first);
    const { settlement } = town;
    const { accountId } = payer.owner;
    const of = (status?: 'pending' | 'settled' | 'refused') =>
      settlement.keyPaymentsOf(accountId, { status, limit: 10 });
    expect(await of('pending')).toMatchObject([{ nonce: first.nonce, receipt: '{}' }]);
    const second = await pay(payer, shopKey, { amount: 500 });
    expect(await hand(first)).toBe('settled');
    expect(await hand(second)).toBe('insufficient_funds');
    expect(await of('settled')).toMatchObject([
      { amountMinor: 700n, payeeAccount: shop.accountId },
    ]);
    expect(await of('pending')).toMatchObject([
      { nonce: second.nonce, refused: undefined, waits: 'insufficient_funds' },
    ]);
    const dollars = await pay(payer, shopKey, { amount: 1, currency: 'USD' });
    expect(await hand(dollars)).toBe('wrong_currency');
    expect(await of('refused')).toMatchObject([{ refused: 'wrong_currency' }]);
    const rows = await of();
    expect(rows.map(({ nonce }) => nonce)).toEqual([dollars, second, first].map((s) => s.nonce));
    const older = await settlement.keyPaymentsOf(accountId, { limit: 1, before: rows[1]!.id });
    expect(older).toMatchObject([{ text: first.text, nonce: first.nonce }]);
    const theirs = await settlement.keyPaymentsOf(shop.accountId, { limit: 200 });
    expect(theirs.some(({ nonce }) => nonce === first.nonce)).toBe(true);
    expect(await settlement.keyPayment(rows[0]!.id)).toEqual(rows[0]);
  });
});

describe('for ever', () => {
  test('a replay after 25 hours, 31 days and 400 days gets the first answer', async () => {
    const payer = await payerWith(1_000);
    const signed = await pay(payer, shopKey, { amount: 300 });
    town.now = now();
    const first = (await town.hand([signed.bytes]))[0];
    for (const [place, days] of [25 / 24, 31, 400].entries()) {
      town.now = Math.floor(START + days * DAY);
      const again = await town.hand([signed.bytes, new Uint8Array([place])]);
      expect(again[0]).toEqual(first);
      expect((await town.hand([signed.bytes]))[0]).toEqual(first);
    }
    expect(await town.balance(payer.owner.offline.ledgerAccount)).toBe(700n);
  });

  test('connections killed at any moment lose nothing and pay nothing twice', async () => {
    const payer = await payerWith(100_000);
    const before = await town.balance(shop.current.ledgerAccount);
    const items = await Promise.all(
      Array.from({ length: 24 }, () => pay(payer, shopKey, { amount: 10 })),
    );
    town.now = now();
    const ids: bigint[] = [];
    for (const { bytes } of items) {
      const received = await town.settlement.receive(batchOf([bytes]), 'tester');
      if (received.ok) ids.push(received.value.uploadId);
    }
    const tried = Promise.allSettled(ids.map((id) => town.settlement.settle(id)));
    for (let i = 0; i < 5; i++) {
      await killConnections(db);
      await pause(10);
    }
    await tried;
    await endConnections(db);
    await town.passTime(settlementLimits.leaseMs);
    await town.anotherNode().drain();
    expect(await town.balance(shop.current.ledgerAccount)).toBe(before + 240n);
    await town.checkMoney();
  });

  test('an upload decided item by item settles the same', async () => {
    const payer = await payerWith(1_000);
    const items = [await pay(payer, shopKey, { amount: 1 }), await pay(payer, shopKey)];
    const batch = batchOf(items.map(({ bytes }) => bytes));
    const received = await town.settlement.receive(batch, 'tester');
    if (!received.ok) throw new Error(received.code);
    const outcomes = await town.settlement.settleEach(received.value.uploadId);
    expect(outcomes.map(said)).toEqual(['settled', 'insufficient_funds']);
  });

  test('a mixed batch has one order in the log, and receipts of both kinds', async () => {
    const payer = await payerWith(20_000);
    const device = await town.device(payer.owner);
    const [native] = await journal(town, await town.allowance(device), [
      { amount: 40, payee: shop.current.number },
    ]);
    const signed = await pay(payer, shopKey, { amount: 30 });
    town.now = now();
    const outcomes = await town.hand([signed.bytes, native!.packet]);
    expect(outcomes.map(said)).toEqual(['settled', 'settled']);
    await sequence(db.serverPool);
    await checkpoint(db.serverPool, { bank: 'test-bank', now: new Date(), issuer: town.issuer });
    expect(await verifyLog(db.serverPool)).toMatchObject({ findings: [] });
    const receipt = await town.settlement.settlementReceipt(signed.id);
    if (!receipt.ok) throw new Error(receipt.code);
    const trust = { issuers: issuersOf(town), verifier: nodeVerifier() };
    const verified = await verifySettlement(receipt.packet, trust);
    if (!verified.ok) throw new Error(verified.code);
    // In the place of the allowance's id stands the key's: what authorised it.
    expect(verified.value.receipt.fields).toMatchObject({
      paymentId: signed.id,
      allowanceId: payer.id,
      amountMinor: 30n,
      payeeWallet: shopKey.owner.offline.number,
    });
    const state = await town.settlement.findPayment(signed.id);
    expect(state).toMatchObject({ payeeAccount: shop.accountId, sequence: undefined });
    expect(state?.outcome).toEqual(outcomes[0]);
    expect(await db.ownerPool.query('select * from log_pending')).toMatchObject({ rowCount: 0 });
    const outbox = await db.ownerPool.query(
      `select count(*) as n from event_outbox where topic = 'settlement'`,
    );
    expect(Number((outbox.rows[0] as { n: bigint }).n)).toBe(
      await town.count('settlement_batches'),
    );
  });
});
