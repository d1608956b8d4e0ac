import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import type { Town } from './town.ts';
import { createTown, journal } from './town.ts';

let db: TestDatabase;
let town: Town;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  const shop = await town.person({ offline: 0 });
  const allowance = await town.allowance(await town.device(await town.person()));
  const payments = await journal(town, allowance, [{ amount: 5, payee: shop.current.number }]);
  await town.hand(payments.map(({ packet }) => packet));
});
afterAll(() => db.drop());

const evidence = [
  'uploads',
  'settlement_batches',
  'settled_payments',
  'paid_requests',
  'rejected_items',
  'proofs',
  'allowance_returns',
  'refunds',
  'allowances',
  'allowance_policies',
];

test.each(evidence)('the server can neither change nor remove a row of %s', async (table) => {
  const { rows } = await db.ownerPool.query<{ column: string }>(
    `select column_name as column from information_schema.columns
      where table_name = $1 and is_identity = 'NO' limit 1`,
    [table],
  );
  const { column } = rows[0]!;
  const attempts = [
    `update ${table} set ${column} = ${column}`,
    `delete from ${table}`,
    `truncate ${table} cascade`,
  ];
  for (const attempt of attempts) {
    await expect(db.serverPool.query(attempt)).rejects.toMatchObject({ code: '42501' });
    await expect(db.ownerPool.query(attempt)).rejects.toMatchObject({ code: '23001' });
  }
});

test('an allowance never settles more than it reserved, nor closes with money in it', async () => {
  const change = (set: string) => db.ownerPool.query(`update allowance_states set ${set}`);
  await expect(change('settled_minor = limit_minor + 1')).rejects.toMatchObject({ code: '23514' });
  await expect(change(`status = 'closed'`)).rejects.toMatchObject({ code: '23514' });
});

test('nothing is posted about an upload that is not in the inbox', async () => {
  const { rows } = await db.ownerPool.query<{ arguments: string; place: bigint }>(
    `select pg_get_function_identity_arguments(oid) as arguments from pg_proc
      where proname = 'settlement_post'`,
  );
  const count = rows[0]!.arguments.split(',').filter((each) => !/^\s*OUT/.test(each)).length;
  const nothing = Array.from({ length: count }, (_, i) =>
    i === 0 ? '1' : i === 1 ? 'true' : 'null',
  );
  await expect(
    db.serverPool.query(`select settlement_post(${nothing.join(', ')})`),
  ).rejects.toMatchObject({ code: 'SK003' });
});
