import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import type { Db } from '../../src/db/index.ts';
import type { RiskBatch, RiskItem } from '../../src/risk/batch.ts';
import {
  createRisk,
  DEFAULT_RISK_POLICY,
  readScores,
  shippedWeights,
} from '../../src/risk/index.ts';
import type { Assessment } from '../../src/risk/index.ts';
import { gatherFacts } from '../../src/risk/risk.ts';
import { keyOf, pay } from '../settlement/key-town.ts';
import { createTown, journal, said } from '../settlement/town.ts';
import type { Person, Town } from '../settlement/town.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { batchOf, HOUR } from './batches.ts';

const risk = createRisk({ weights: shippedWeights() });

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;
let third: Person;
/** Ids of payments that are settled, wallet-key and native. */
let settled: readonly Uint8Array[];
const now = () => new Date();
const OLD_TILL = { id: 'till-old', registeredAt: new Date(Date.now() - 999 * HOUR) };

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person({ offline: 1_000_000 });
  [shop, third] = [await town.person({ offline: 0 }), await town.person({ offline: 0 })];
  settled = [...(await settleByKey()), ...(await settleNative())];
  await transfer(payer, third, 2);
  // To one's own other wallet: no payment.
  await transfer(payer, payer, 1);
});
afterAll(() => db.drop());

async function settleByKey(): Promise<readonly Uint8Array[]> {
  const [key, shopKey] = [await keyOf(town, payer), await keyOf(town, shop)];
  const { bytes, id } = await pay(key, shopKey);
  expect((await town.hand([bytes])).map(said)).toEqual(['settled']);
  return [id];
}

async function settleNative(): Promise<readonly Uint8Array[]> {
  const allowance = await town.allowance(await town.device(payer));
  const payments = await journal(town, allowance, [{ amount: 500, payee: shop.current.number }]);
  expect((await town.hand(payments.map(({ packet }) => packet))).map(said)).toEqual(['settled']);
  return payments.map(({ id }) => id);
}

async function transfer(from: Person, to: Person, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    await db.ownerPool.query(
      `insert into wallet_transfers
         (account_id, request_sha256, from_wallet, to_wallet, currency, amount, at)
       values ($1, decode(repeat('00', 32), 'hex'), $2, $3, 586, 50000, now() - interval '1 hour')`,
      [from.accountId, from.offline.number, to.current.number],
    );
  }
}

/** Of one payment by the payer to the shop, unless it says otherwise. */
function batch(subject: string, items: readonly Partial<RiskItem>[] = [{}]): RiskBatch {
  const parties = { payerWallet: numberOf(payer), payeeWallet: BigInt(shop.current.number) };
  const claimedAt = now();
  return {
    ...batchOf(items.map((item) => ({ ...parties, claimedAt, ...item }))),
    ...{ subject, receivedAt: claimedAt, deviceClock: claimedAt },
  };
}

const numberOf = ({ offline }: Person) => BigInt(offline.number);
const assess = (one: RiskBatch, on: Db = db.serverPool): Promise<Assessment> =>
  risk.assess(on, one, DEFAULT_RISK_POLICY);
const keep = (one: Assessment) => inTransaction(db.serverPool, (tx) => risk.keep(tx, one));

describe('what is known of a payer', () => {
  test('is every payment, by key, native or online, and none between own wallets', async () => {
    const [facts] = await gatherFacts(db.serverPool, batch('bundle:a'));
    expect(facts).toMatchObject({ payer_history: 4, new_payee: 0, device_day: 0 });
  });

  test('counts a payment once, when it was scored as well as settled', async () => {
    const device = OLD_TILL;
    const items = settled.map((paymentId, item) => ({ item, paymentId }));
    await keep(await assess({ ...batch('bundle:once', items), device }));
    const [facts] = await gatherFacts(db.serverPool, batch('bundle:b'));
    expect(facts).toMatchObject({ payer_history: 4 });
  });

  test('finds money that comes back through somebody outside the batch', async () => {
    await transfer(shop, third, 1);
    await transfer(third, payer, 1);
    const [facts] = await gatherFacts(db.serverPool, batch('bundle:ring'));
    expect(facts).toMatchObject({ rings: 1, round_trips: 0 });
    const [back] = await gatherFacts(
      db.serverPool,
      batch('bundle:back', [{ payerWallet: numberOf(third), payeeWallet: numberOf(payer) }]),
    );
    expect(back).toMatchObject({ round_trips: 2 });
  });

  test('is nothing for wallets that are not there', async () => {
    const items = [{ payerWallet: 999_999_999_998n, payeeWallet: undefined }];
    const assessed = await assess(batch('bundle:nobody', items));
    expect(assessed.items[0]?.facts).toMatchObject({ payer_history: 0, rings: 0 });
  });
});

describe('a device', () => {
  test('is known by what it handed in before, not by the upload itself', async () => {
    const device = { id: 'till-9', registeredAt: new Date(Date.now() - 2 * HOUR) };
    const items = [{ item: 0 }, { item: 1 }, { item: 2 }];
    const first = { ...batch('bundle:c', items), device };
    await keep(await assess(first));
    const again = await assess(first);
    expect(again.items.map(({ facts }) => facts.device_hour)).toEqual([2, 2, 2]);
    const [next] = await gatherFacts(db.serverPool, { ...batch('bundle:d'), device });
    expect(next).toMatchObject({ device_hour: 3, device_age_hours: 2 });
  });
});

describe('an upload of a thousand items', () => {
  test('is read by four statements at most, and kept by one', async () => {
    const items = Array.from({ length: 1_000 }, (_, item) => ({ item, amountMinor: BigInt(item) }));
    const many = batch('bundle:many', items);
    const asked: string[] = [];
    const counting: Db = {
      query: (text, values) => {
        asked.push(text);
        return db.serverPool.query(text, values);
      },
    };
    const assessed = await assess(many, counting);
    expect(assessed.items).toHaveLength(1_000);
    expect(asked.length).toBeLessThanOrEqual(4);
    await keep(assessed);
    const kept = await readScores(db.serverPool, 'bundle:many');
    expect(kept.map(({ score }) => score)).toEqual(assessed.items.map((one) => one.score.score));
    expect(assessed.score).toBe(Math.max(...kept.map(({ score }) => score)));
  });
});

test('a thousand payments just below the limit are held, through however many tills', async () => {
  const thief = await town.person();
  for (let till = 0; till < 5; till += 1) {
    const items = Array.from({ length: 200 }, (_, item) => {
      return { item, payerWallet: numberOf(thief), amountMinor: 2_400_000n };
    });
    const device = { ...OLD_TILL, id: `till-below-${till}` };
    const assessed = await assess({ ...batch(`bundle:below-${till}`, items), device });
    expect(assessed.items.filter(({ score }) => score.action === 'accept')).toEqual([]);
    // What other tills handed in is known to each.
    expect(assessed.items[0]?.facts.payer_day).toBeGreaterThanOrEqual(Math.min(till * 64, 64));
    await keep(assessed);
  }
});

describe('a score that is kept', () => {
  test('says why, and stays as it is', async () => {
    const device = { id: 'till-new', registeredAt: now() };
    const first = await assess({ ...batch('bundle:kept', [{ chainGap: 3 }]), device });
    await keep(first);
    await keep(await assess(batch('bundle:kept')));
    const [kept, ...more] = await readScores(db.serverPool, 'bundle:kept');
    expect(more).toEqual([]);
    expect(kept).toMatchObject({ action: first.action, facts: { chain_gap: 3 }, rules: 0 });
    expect(kept?.reasons).toEqual(first.items[0]?.score.reasons);
    expect(kept?.reasons.map(({ code }) => code)).toContain('chain_broken');
  });

  test('holds no name, number or id in its facts', async () => {
    const { rows } = await db.ownerPool.query<{ readonly facts: object }>(
      `select s.facts from risk_scores as s join risk_uploads as u on u.no = s.upload
       where u.subject = 'bundle:kept'`,
    );
    for (const value of Object.values(rows[0]?.facts ?? {})) expect(value).toBeTypeOf('number');
    expect(JSON.stringify(rows)).not.toContain(String(payer.offline.number));
  });

  test('says no reasons where it was accepted: its facts give them again', async () => {
    const payment = { payerWallet: numberOf(third), payeeWallet: numberOf(shop) };
    const calm = await assess({ ...batch('bundle:calm', [payment]), device: OLD_TILL });
    expect(calm.action).toBe('accept');
    await keep(calm);
    const [kept] = await readScores(db.serverPool, 'bundle:calm');
    expect(kept).toMatchObject({ action: 'accept', reasons: [], facts: calm.items[0]?.facts });
  });

  test.each([
    'update risk_scores set score = 0',
    'delete from risk_scores',
    'update risk_uploads set items = 1',
    'delete from risk_uploads',
  ])('is not changed by %s, also not by the owner', async (sql) => {
    await expect(db.ownerPool.query(sql)).rejects.toMatchObject({ code: '23001' });
    await expect(db.serverPool.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  test('is refused a subject that is too long, before anything is read', async () => {
    await expect(assess(batch('b'.repeat(201)))).rejects.toThrow(RangeError);
    await expect(assess(batch(''))).rejects.toThrow(RangeError);
  });
});

describe('rules of operators', () => {
  test('decide when active; in shadow they only say what they would', async () => {
    await insertRules('shadow', { at_least: 'quarantine' });
    const quiet = { ...OLD_TILL, id: 'till-quiet' };
    const calm = (subject: string) => {
      return { ...batch(subject, [{ payerWallet: numberOf(third) }]), device: quiet };
    };
    const watched = await assess(calm('bundle:watched'));
    const [item] = watched.items;
    expect(item).toMatchObject({ score: { rules: 0 }, shadow: { action: 'quarantine', rules: 1 } });
    expect(watched.action).not.toBe('quarantine');
    await keep(watched);
    await db.ownerPool.query(
      `update risk_rules set status = 'active', activated_by = $1, activated_at = now()`,
      [shop.accountId],
    );
    const decided = await assess(calm('bundle:decided'));
    expect(decided).toMatchObject({
      action: 'quarantine',
      score: DEFAULT_RISK_POLICY.quarantineFrom,
    });
    expect(decided.items[0]?.score.rules).toBe(1);
    const { rows } = await db.ownerPool.query(
      `select u.shadow_version, s.shadow_action
       from risk_scores as s join risk_uploads as u on u.no = s.upload
       where u.subject = 'bundle:watched'`,
    );
    expect(rows).toEqual([{ shadow_version: 1, shadow_action: 'quarantine' }]);
  });
});

async function insertRules(status: string, then: object): Promise<void> {
  const when = { all: [{ fact: 'payer_hour', op: '>=', value: 0 }] };
  await db.ownerPool.query(
    `insert into risk_rules (name, document, digest, created_by, created_at, status)
     values ('test', $1, decode(repeat('00', 32), 'hex'), $2, now(), $3)`,
    [JSON.stringify([{ code: 'always', when, then }]), payer.accountId, status],
  );
}
