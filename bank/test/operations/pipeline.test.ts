import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPipeline } from '../../src/flows/index.ts';
import { createMetrics } from '../../src/http/index.ts';
import { createLog } from '../../src/log.ts';
import { readExposition } from '../http/exposition.ts';
import { createTown, journal, receiveAt, START } from '../settlement/town.ts';
import type { Person, Town } from '../settlement/town.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person();
  shop = await town.person({ offline: 0 });
});
afterAll(() => db.drop());

const read = () => readPipeline(db.serverPool, new Date(town.now * 1000));

test('what waits, since when, and what is outstanding offline by its age', async () => {
  town.now = START + 60;
  const nothing = { inboxDepth: 0, inboxOldestSeconds: 0, heldItems: 0, exposure: [] };
  expect(await read()).toMatchObject({ ...nothing, nightlyOk: undefined });
  const allowance = await town.allowance(await town.device(payer));
  const limit = (await read()).exposure[0]?.minor ?? 0;
  expect(limit).toBeGreaterThan(0);

  const [one] = await journal(town, allowance, [{ amount: 300, payee: shop.current.number }]);
  const upload = await receiveAt(town, START + 60, [one!.packet]);
  town.now = START + 100;
  expect(await read()).toMatchObject({ inboxDepth: 1, inboxOldestSeconds: 40 });
  await town.settlement.settle(upload);
  const after = await read();
  expect(after.inboxDepth).toBe(0);
  expect(after.exposure).toEqual([{ currency: 'PKR', age: '1d', minor: limit - 300 }]);
  town.now = START + 31 * 86_400;
  expect((await read()).exposure).toEqual([{ currency: 'PKR', age: 'over', minor: limit - 300 }]);
});

test('where the database does not answer no gauge is shown, and the rest still is', async () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const log = createLog({ level: 'warn', write, now: () => new Date() });
  const gone = createMetrics({ readPipeline: () => Promise.reject(new Error('away')), log });
  gone.pushed({ verdict: 'rejected', score: undefined });
  gone.pushed({ verdict: 'quarantined', score: 4_000 });
  const families = readExposition(await gone.text());
  expect(families.get('sikka_inbox_depth')?.samples).toEqual([]);
  expect(families.get('sikka_double_spends_total')?.samples).toEqual([]);
  const value = (name: string) => families.get(name)?.samples[0]?.value;
  expect(value('offline_bundles_pushed_total')).toBe(2);
  expect(value('offline_bundles_accepted_total')).toBe(0);
  expect(value('offline_bundles_rejected_total')).toBe(1);
  const scores = families.get('offline_sira_score_distribution')?.samples ?? [];
  expect(scores.find(({ name }) => name.endsWith('_sum'))?.value).toBe(0.4);
  expect(lines.join('')).toContain('metrics.unread');
});
