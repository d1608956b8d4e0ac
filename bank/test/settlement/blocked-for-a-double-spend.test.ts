import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import type { Person, Town } from './town.ts';
import { createTown, said } from './town.ts';

let db: TestDatabase;
let town: Town;
let shop: Person;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  shop = await town.person({ offline: 0 });
});
afterAll(() => db.drop());

test('whose double spend is proved is blocked once and told, and his webhooks stop', async () => {
  const cheat = await town.person();
  await db.ownerPool.query(
    `insert into webhooks (id, account_id, url, sealed_secret, vault, kinds, created_at)
      select decode(md5(a.id::text), 'hex'), a.id, 'https://hook.test/', 'x', 'v', '{a}', now()
      from accounts as a where a.id = any ($1::bigint[])`,
    [[cheat.accountId, shop.accountId]],
  );
  const allowance = await town.allowance(await town.device(cheat), { limit: 1_000 });
  const start = { sequence: 1, previous: allowance.id, payee: shop.current.number };
  const [first, second, third] = await Promise.all(
    [10, 20, 30].map((amount) => town.sign(allowance, { ...start, amount, spent: amount })),
  );
  const codes = (await town.hand([first!.packet, second!.packet])).map(said);
  expect(codes).toEqual(['settled', 'double_spend']);
  expect((await town.hand([third!.packet])).map(said)).toEqual(['double_spend']);
  const { rows } = await db.ownerPool.query<Record<string, unknown>>(
    `select (select count(*)::int from event_outbox where topic = 'account' and key = $1) as told,
        array(select account_id from webhooks where disabled_at is not null) as stopped`,
    [cheat.accountId],
  );
  expect(rows).toEqual([{ told: 1, stopped: [cheat.accountId] }]);
});
