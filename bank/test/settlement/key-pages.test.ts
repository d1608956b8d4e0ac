import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '../../src/db/index.ts';
import { readHistory } from '../../src/flows/offline/store.ts';
import { selectKeyPaymentsOf } from '../../src/settlement/store/key-payments.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { keyOf } from './key-town.ts';
import type { Person, Town } from './town.ts';
import { createTown } from './town.ts';

/** What a page of older clients' lists reads of a long history. */

const EACH = 5_000;

let db: TestDatabase;
let town: Town;
let payer: Person;
let shop: Person;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  payer = await town.person();
  shop = await town.person();
  const other = await town.person();
  const [mine, theirs] = [await keyOf(town, payer), await keyOf(town, shop)];
  await db.ownerPool.query(
    `insert into key_payments (payment_id, payer_wallet, nonce, key_id, payer_account, payee_key,
        payee_wallet, amount, currency, claimed_at, covered, item, stored_by, received_at)
      select sha256(convert_to(wallet || '-' || n, 'UTF8')), wallet, 'n' || n, key, account,
        payee_key, coalesce(payee, n), 100, 586, '1', 'six', 'x', 'sync', now()
      from generate_series(1, $7::int) as n, (values
        ($1::bigint, $2::bytea, $3::bigint, $5::bytea, $4::bigint),
        ($4::bigint, $5::bytea, $6::bigint, $2::bytea, $1::bigint),
        -- Others pay others.
        ($8::bigint, $5::bytea, $9::bigint, $2::bytea, null::bigint)
      ) as both_ways (wallet, key, account, payee_key, payee)
      order by n`,
    [
      payer.offline.number,
      mine.id,
      payer.accountId,
      shop.offline.number,
      theirs.id,
      shop.accountId,
      EACH,
      other.offline.number,
      other.accountId,
    ],
  );
  await db.ownerPool.query(
    `insert into receiver_attestations (account_id, receiver_wallet, nonce, payer_id, tx_id, amount,
        currency, key_id, text, signature, content_sha256, received_at)
      select $1, $2, 'n' || n, $3, 't' || n, 100, 586, $4, 'x',
        decode(repeat('00', 256), 'hex'), sha256('x'), now()
      from generate_series(1, 20) as n`,
    [payer.accountId, payer.offline.number, shop.name, mine.id],
  );
  await db.ownerPool.query('analyze');
});
afterAll(() => db.drop());

interface Plan {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

/** Answers nothing, but counts the rows of payments that the query looked at. */
async function payments(read: (by: Db) => Promise<unknown>): Promise<number> {
  let looked = 0;
  const count = (plan: Plan): void => {
    if (plan['Relation Name'] === 'key_payments') {
      const rows = plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0);
      looked += rows * plan['Actual Loops'];
    }
    plan.Plans?.forEach(count);
  };
  await read({
    query: async (sql, values) => {
      const { rows } = await db.ownerPool.query<{ 'QUERY PLAN': readonly [{ Plan: Plan }] }>(
        `explain (analyze, format json) ${sql}`,
        values,
      );
      count(rows[0]!['QUERY PLAN'][0].Plan);
      return { rows: [], rowCount: 0 };
    },
  });
  return looked;
}

test.each([undefined, 14_000n])(
  'a page of ten reads tens of payments, not thousands: below %s',
  async (before) => {
    const looked = await payments((by) =>
      selectKeyPaymentsOf(by, payer.accountId, { limit: 10, before }),
    );
    expect(looked).toBeGreaterThanOrEqual(20);
    expect(looked).toBeLessThan(200);
  },
);

test('what was attested finds its payment by the nonce', async () => {
  const looked = await payments((by) => readHistory(by, payer.accountId, 10));
  expect(looked).toBeLessThan(400);
});
