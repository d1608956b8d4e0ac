import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackTest } from '../../src/risk/back-test.ts';
import { limits } from '../../src/risk/limits.ts';
import { shippedWeights } from '../../src/risk/risk.ts';
import { readRules } from '../../src/risk/rules.ts';
import { readRuleEvents } from '../../src/risk/store/index.ts';
import { backTest, draft } from '../../src/risk/versions.ts';
import { createTown } from '../settlement/town.ts';
import type { Person } from '../settlement/town.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { DAY, factsWith } from './batches.ts';

const weights = shippedWeights();
const set = rulesOf([
  { code: 'rings', when: { all: [{ fact: 'rings', op: '>', value: 0 }] }, then: { add: 5_000 } },
  {
    code: 'never',
    when: { all: [{ fact: 'rings', op: '>', value: 99 }] },
    then: { at_least: 'review' },
  },
]);

function rulesOf(document: unknown) {
  const read = readRules(document);
  if (!read.ok) throw new Error(read.detail);
  return read.rules;
}

test('a back-test counts what would change, which rules fired, and who would be held', () => {
  const test = startBackTest({ version: 3, set }, weights);
  const [plain, ring] = [factsWith(), factsWith({ rings: 1 })];
  test.add([
    { facts: plain, score: 100, action: 'accept', cheat: false },
    { facts: ring, score: 100, action: 'accept', cheat: true },
    { facts: ring, score: 9_000, action: 'quarantine', cheat: true },
  ]);
  test.add([{ facts: plain, score: 2_000, action: 'review', cheat: false }]);
  expect(test.report()).toEqual({
    items: 4,
    before: { accept: 2, review: 1, quarantine: 1 },
    after: { accept: 2, review: 0, quarantine: 2 },
    ...{ stricter: 1, milder: 1 },
    cheats: { items: 2, held_before: 1, held_after: 2 },
    fired: [
      { code: 'rings', items: 2 },
      { code: 'never', items: 0 },
    ],
  });
});

describe('on what the bank has kept', () => {
  const now = new Date();
  let db: TestDatabase;
  let author: Person;
  beforeAll(async () => {
    db = await createTestDatabase();
    author = await (await createTown(db)).person();
    // More than a page, all of one moment, and one that is too old.
    const facts = factsWith({ rings: 1 });
    for (const [subject, count, age] of [
      ['bundle:a', limits.backTestPage, DAY],
      ['bundle:b', 500, DAY],
      ['bundle:old', 1, 8 * DAY],
    ] as const) {
      const at = new Date(now.getTime() - age);
      await db.ownerPool.query(
        `with upload as (
           insert into risk_uploads (subject, device, at, items, model_version, rules_version,
             rules_digest, fact_names)
           values ($1, 'till', $2, $3, 1, 0, decode(repeat('00', 32), 'hex'), $4) returning no, at)
         insert into risk_scores (upload, item, payer_wallet, amount, currency, own_float,
           claimed_at, facts, score, action)
         select no, n, $6, 1, 586, false, at, $5, 0, 'accept'
         from upload cross join generate_series(1, $3) as n`,
        [subject, at, count, Object.keys(facts), Object.values(facts), author.offline.number],
      );
    }
  });
  afterAll(() => db.drop());

  test('every item of the days is scored once, over pages of one moment', async () => {
    const act = { by: { accountId: author.accountId, account: author.name }, at: now };
    const version = await draft(db.serverPool, { name: 'rings', set }, act);
    const deps = { pool: db.serverPool, weights };
    expect(await backTest(deps, { version, days: 7 }, act)).toBeUndefined();
    const events = await readRuleEvents(db.serverPool, version);
    expect(events.at(-1)).toMatchObject({
      act: 'back_tested',
      report: {
        ...{ days: 7, items: limits.backTestPage + 500, complete: true },
        ...{ stricter: limits.backTestPage + 500, milder: 0 },
      },
    });
  });
});
