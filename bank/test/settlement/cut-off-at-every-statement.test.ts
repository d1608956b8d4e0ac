import { setTimeout as pause } from 'node:timers/promises';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sequence, verifyLog } from '../../src/audit/index.ts';
import { createPool, serverRole } from '../../src/db/index.ts';
import { bundleBatch, createSettlement } from '../../src/settlement/index.ts';
import type { Settlement } from '../../src/settlement/index.ts';
import { createTestDatabase, startStatementProxy } from '../support/index.ts';
import type { EndWhen, TestDatabase } from '../support/index.ts';
import type { HeldKey } from './key-town.ts';
import { keyOf, pay } from './key-town.ts';
import type { LedgerPerson, Till } from './order-town.ts';
import { ledgerPerson, signEntry, takeBundle, tenantOf, tillOf } from './order-town.ts';
import type { Person, SignedPayment, Town } from './town.ts';
import { createTown, issuersOf, journal, said } from './town.ts';

/**
 * A bank that dies is, to its database, connections that end and nobody who comes back. So every
 * statement of a batch with all that settles in it is the last one once, sent or not yet sent;
 * afterwards another bank is handed the same bytes.
 */

const ALLOWED = 1_000_000;
const PAYMENTS = 4;
const MOST_STATEMENTS = 80;

let db: TestDatabase;
let town: Town;
let shop: Person;
let keys: { readonly payer: HeldKey; readonly shop: HeldKey };
let people: { readonly sender: LedgerPerson; readonly receiver: LedgerPerson };
let till: Till;
let paid: readonly SignedPayment[];

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  const payer = await town.person({ offline: 10 * ALLOWED });
  shop = await town.person({ offline: 0 });
  const terms = { limit: ALLOWED, count: 2 * MOST_STATEMENTS * PAYMENTS };
  const allowance = await town.allowance(await town.device(payer), terms);
  const each = { amount: 10, payee: shop.current.number };
  paid = await journal(
    town,
    allowance,
    Array.from({ length: terms.count }, () => each),
  );
  keys = { payer: await keyOf(town, payer), shop: await keyOf(town, shop) };
  people = { sender: await ledgerPerson(town, ALLOWED), receiver: await ledgerPerson(town) };
  till = await tillOf(town, await tenantOf(town, ALLOWED));
}, 60_000);
afterAll(() => db.drop());

let used = 0;

/** Of all kinds, and one that its sender did not sign. */
async function nextBatch(): Promise<Uint8Array> {
  const { sender, receiver } = people;
  const native = paid.slice(used, used + PAYMENTS).map(({ packet }) => packet);
  used += PAYMENTS;
  const byKey = [await pay(keys.payer, keys.shop), await pay(keys.payer, keys.shop)];
  const entries = [
    await signEntry(sender, receiver, { amount: '1' }),
    await signEntry(sender, receiver, { amount: '1' }),
    await signEntry(sender, receiver, { amount: '1', signer: receiver.signer }),
  ];
  const fields = [{ amount: 1 }, { amount: 1 }];
  const { carrier } = await takeBundle(town, till, fields, { payee: shop.current.number });
  const signed = [
    ...native,
    ...byKey.map(({ bytes }) => bytes),
    ...entries.map(({ item }) => item),
  ];
  const payments = signed.map((payment) => ({ payment }));
  return bundleBatch(carrier, [{ ordinal: 0 }, { ordinal: 1 }, ...payments]);
}

const OUTCOMES = [
  ...['recorded', 'settled', 'settled', 'settled', 'settled', 'settled', 'settled', 'settled'],
  ...['settled', 'settled', 'settled', 'payer_signature_invalid'],
];

const TABLES = [
  ...['uploads', 'inbox', 'settlement_batches', 'settled_payments', 'settled_key_payments'],
  ...['settled_orders', 'signed_orders', 'key_payments', 'rejected_items', 'ledger_transfers'],
  ...['audit_events', 'event_outbox', 'log_pending', 'held_items'],
];

/** How many rows there are of everything, and what everybody has. */
async function readState(): Promise<ReadonlyMap<string, bigint>> {
  const counts = TABLES.map(
    (table) => `select '${table}' as name, count(*) as value from ${table}`,
  );
  const balances = `select 'account ' || account_id, balance from ledger_balances`;
  const { rows } = await db.ownerPool.query<{ name: string; value: bigint }>(
    [...counts, balances].join(' union all '),
  );
  return new Map(rows.map(({ name, value }) => [name, value]));
}

/** What one batch changed, by name. */
async function changeBy(act: () => Promise<unknown>): Promise<Readonly<Record<string, bigint>>> {
  const before = await readState();
  await act();
  const after = await readState();
  const changes = [...after].map(
    ([name, value]) => [name, value - (before.get(name) ?? 0n)] as const,
  );
  return Object.fromEntries(changes.filter(([, change]) => change !== 0n));
}

function settlementOn(url: string) {
  const pool = createPool(url, { max: 2, role: serverRole });
  const settlement = createSettlement({
    ...{ pool, bank: 'test-bank', verifier: nodeVerifier() },
    ...{ issuers: async () => issuersOf(town), signer: async () => town.issuer },
    clock: () => new Date(town.now * 1000),
  });
  return { pool, settlement };
}

async function handIn(settlement: Settlement, batch: Uint8Array): Promise<readonly string[]> {
  const received = await settlement.receive(batch, 'tester');
  if (!received.ok) throw new Error(received.detail);
  return (await settlement.settle(received.value.uploadId, batch)).map(said);
}

/** Hands a batch in to a bank that is cut off there; false where it was done before. */
async function cutOff(batch: Uint8Array, statement: number, when: EndWhen): Promise<boolean> {
  let [isCounting, counted] = [false, 0];
  const proxy = await startStatementProxy(db.url, {
    hear: () => {
      if (isCounting) counted += 1;
      return counted === statement ? when : undefined;
    },
  });
  const { pool, settlement } = settlementOn(proxy.url);
  try {
    await pool.query('select 1');
    isCounting = true;
    await handIn(settlement, batch).catch((error: unknown) => {
      if (!proxy.isEnded()) throw error;
    });
    return proxy.isEnded();
  } finally {
    await proxy.close();
    await pool.close();
  }
}

/** By a bank that goes on: the dead one's locks end as soon as the database hears of it. */
async function handInAfterwards(batch: Uint8Array): Promise<readonly string[]> {
  for (let tries = 0; tries < 300; tries += 1) {
    const outcomes = await handIn(town.settlement, batch);
    if (!outcomes.includes('pending')) return outcomes;
    await pause(50);
  }
  throw new Error('It stays undecided.');
}

test.each<EndWhen>(['before', 'after'])(
  'the bank is cut off %s each of its statements, and all is settled once',
  async (when) => {
    const whole = await nextBatch();
    const expected = await changeBy(async () => {
      expect(await handInAfterwards(whole)).toEqual(OUTCOMES);
    });
    expect(expected).toMatchObject({ uploads: 1n, settlement_batches: 1n, rejected_items: 1n });
    expect(expected).toMatchObject({ settled_payments: 4n, settled_key_payments: 2n });
    expect(expected).toMatchObject({ settled_orders: 4n, signed_orders: 4n, key_payments: 2n });
    let statement = 0;
    for (let goesOn = true; goesOn;) {
      statement += 1;
      const batch = await nextBatch();
      const change = await changeBy(async () => {
        goesOn = await cutOff(batch, statement, when);
        expect(await handInAfterwards(batch)).toEqual(OUTCOMES);
      });
      expect(change, `statement ${statement}`).toEqual(expected);
    }
    // The last one was not cut: every statement was the end once.
    expect(statement).toBeGreaterThan(8);
    await town.checkMoney();
    await sequence(db.serverPool);
    expect(await verifyLog(db.serverPool)).toMatchObject({ findings: [] });
  },
  120_000,
);
