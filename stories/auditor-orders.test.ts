import { audit } from '@sikka/auditor';
import { encodeCbor } from '@sikka/protocol';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
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

/** Owners may do anything; evidence is append-only for everybody else. */
async function tamper(sql: string): Promise<void> {
  const owner = new pg.Client({ connectionString: town.database.url });
  await owner.connect();
  try {
    await owner.query(NO_TRIGGERS);
    await owner.query(sql);
  } finally {
    await owner.end();
  }
}

const NO_TRIGGERS = `
  do $$
  declare
    each record;
  begin
    for each in
      select c.oid::regclass as name from pg_class as c
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    loop
      execute format('alter table %s disable trigger user', each.name);
    end loop;
  end
  $$`;

const ENTRY = `document_id = (select document_id from settled_orders
  where kind = 'ledger_entry' order by batch_id limit 1)`;
const CASH_IN = `document_id = (select document_id from settled_orders
  where kind = 'device_transaction' order by batch_id, ordinal limit 1)`;
const BUNDLE = `id = (select bundle from till_transactions where ${CASH_IN})`;
const REFUSED = `document_id = (select min(o.document_id::text)::bytea from signed_orders as o
  join rejected_items as r on r.signed_order = o.id)`;
const HELD = `verdict = 'pending_review'`;
const FUNDING = `id = (select min(id) from approvals where kind = 'funding')`;
const LIMIT = `no = (select min(no) from limit_wallets where ledger_account is not null)`;

/** What is done to a column of these rows, and what undoes it. */
function edited(
  table: string,
  column: string,
  values: readonly [value: string, before: string],
  rows: string,
): [done: string, undone: string] {
  const [done, undone] = values.map(
    (value) => `update ${table} set ${column} = ${value} where ${rows}`,
  );
  return [done ?? '', undone ?? ''];
}

describe('an owner who changes what stands, and what gives him away', () => {
  test.each<[string, string, string, string, RegExp]>([
    [
      'the amount of an order',
      ...edited('settled_orders', 'amount', ['amount + 1', 'amount - 1'], ENTRY),
      ...(['orders', /amount/] as const),
    ],
    [
      'the payee of a ledger’s',
      ...edited(
        'settled_orders',
        'payee_wallet',
        ['payee_wallet + 1000', 'payee_wallet - 1000'],
        ENTRY,
      ),
      ...(['orders', /should not have settled/] as const),
    ],
    [
      'the number that an order holds',
      ...edited('signed_orders', 'number', [`number || 'x'`, 'left(number, -1)'], ENTRY),
      ...(['orders', /number/] as const),
    ],
    [
      'when a bundle was cleared',
      ...edited(
        'device_bundles',
        'cleared_at',
        [`cleared_at + interval '1 day'`, `cleared_at - interval '1 day'`],
        BUNDLE,
      ),
      ...(['orders', /should not have settled/] as const),
    ],
    [
      'that a till was revoked before it paid',
      `update tills set status = 'revoked', status_changed_at = status_changed_at - interval '1 day'
        where no = (select till from till_transactions where ${CASH_IN})`,
      `update tills set status = 'active', status_changed_at = status_changed_at + interval '1 day'
        where no = (select till from till_transactions where ${CASH_IN})`,
      ...(['orders', /should not have settled/] as const),
    ],
    [
      'the amount of an order that was refused',
      ...edited('signed_orders', 'amount', ['amount + 1', 'amount - 1'], REFUSED),
      ...(['rejections', /amount/] as const),
    ],
    [
      'a bundle’s till',
      ...edited('device_bundles', 'till', ['till + 1', 'till - 1'], HELD),
      ...(['audit chain', /no event tells/] as const),
    ],
    [
      'that a bundle was held',
      ...edited('device_bundles', 'cleared_at', ['received_at', 'null'], HELD),
      ...(['stored columns', /cleared_at/] as const),
    ],
    [
      'a person whom the bank did not approve',
      ...edited(
        'kyc_users',
        'status',
        [`'rejected'`, `'approved'`],
        'no = (select min(no) from kyc_users)',
      ),
      ...(['stored columns', /status/] as const),
    ],
    [
      'how much of a limit was asked for',
      ...edited('limit_wallets', 'requested', ['requested + 1', 'requested - 1'], LIMIT),
      ...(['audit chain', /no event tells/] as const),
    ],
    [
      'whose money a till’s transaction is',
      ...edited('till_transactions', 'own', ['false', 'true'], CASH_IN),
      ...(['orders', /should not have settled/] as const),
    ],
    [
      'to whom a till’s transaction is said to have gone',
      ...edited(
        'till_transactions',
        'receiver',
        [`receiver || '0'`, 'left(receiver, -1)'],
        CASH_IN,
      ),
      ...(['orders', /till_transaction's receiver/] as const),
    ],
    [
      'by what a till signs',
      ...edited('tills', 'scheme', [`'RS256'`, `'ECDSA-P256'`], 'true'),
      ...(['orders', /key_id/] as const),
    ],
    [
      'that a till was suspended',
      ...edited('tills', 'status', [`'suspended'`, `'active'`], `no = (select max(no) from tills)`),
      ...(['stored columns', /status/] as const),
    ],
    [
      'the key in a bundle’s evidence',
      `update uploads
        set bytes = set_byte(bytes, 500, 255 - get_byte(bytes, 500))
        where id = (select upload_id from settled_orders where ${CASH_IN})`,
      '',
      ...(['uploads', /bytes are not those/] as const),
    ],
  ])('%s', async (_name, sql, back, check, what) => {
    const bytes = await town.database.ownerPool.query<{ id: bigint; bytes: Buffer }>(
      'select id, bytes from uploads order by id',
    );
    await tamper(sql);
    expect((await wrong()).find(({ name }) => name === check)?.firstWrong?.what).toMatch(what);
    if (back !== '') await tamper(back);
    for (const { id, bytes: was } of back === '' ? bytes.rows : []) {
      await tamper(
        `update uploads set bytes = decode('${was.toString('hex')}', 'hex') where id = ${id}`,
      );
    }
    expect(await wrong()).toEqual([]);
  });

  test.each<[string, string, string, RegExp]>([
    [
      'a limit that is said to be larger',
      ...edited('limit_wallets', 'approved', ['approved + 1', 'approved - 1'], LIMIT),
      /amount/,
    ],
    [
      'a limit that takes two people, as its event tells it',
      `update audit_events set details = replace(details, '"5000000"', '"5"')
        where action = 'limit.approved'`,
      `update audit_events set details = replace(details, '"5"', '"5000000"')
        where action = 'limit.approved'`,
      /takes two people, and no approval/,
    ],
    [
      'a funding that nobody agreed to',
      ...edited('approvals', 'outcome', [`'withdrawn'`, `'approved_alone'`], FUNDING),
      /funding that nothing asks for/,
    ],
    [
      'an amount that was agreed to',
      `update approvals set content = replace(content, '"amount":"1', '"amount":"2')
        where ${FUNDING}`,
      `update approvals set content = replace(content, '"amount":"2', '"amount":"1')
        where ${FUNDING}`,
      /amount/,
    ],
  ])('%s', async (_name, sql, back, what) => {
    await tamper(sql);
    const found = (await wrong()).find(({ name }) => name === 'other transfers');
    expect(found?.firstWrong?.what).toMatch(what);
    await tamper(back);
    expect(await wrong()).toEqual([]);
  });
});

describe('a receiver that only the bank says it knows', () => {
  const pay = async (receiver: string) => {
    const payee = await town.walletOf('bilal');
    const batch = await town.bundle(await town.till(), [{ receiver }], { payee });
    expect(await town.hand(batch)).toEqual(['recorded', 'settled']);
  };

  test('is a phone’s number with its country, which is counted', async () => {
    await pay('+92 (300) 123-4567');
    expect(await wrong()).toEqual([]);
    const { checks } = await audit({ databaseUrl: town.database.url });
    const orders = checks.find(({ name }) => name === 'orders');
    expect(orders?.detail).toMatch(/1 to whom a phone's number was given/);
  });

  test('is no other text', async () => {
    for (const text of ['0300 1234567', '+0300 1234567', 'somebody', '+9230']) await pay(text);
    const firstWrong: unknown = expect.objectContaining({ found: 'payee_unknown' });
    expect(await wrong()).toMatchObject([{ name: 'orders', wrong: 4, firstWrong }]);
  });
});
