import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Refused } from '../../src/caller.ts';
import { inTransaction } from '../../src/db/index.ts';
import { forgetKeys, once } from '../../src/idempotency/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';

let database: TestDatabase;
let accountId: bigint;
beforeAll(async () => {
  database = await createTestDatabase();
  const { rows } = await database.ownerPool.query<{ id: bigint }>(
    `insert into accounts (public_id, email, name, created_at)
     values ('ayesha', 'ayesha@example.com', 'Ayesha', now()) returning id`,
  );
  accountId = rows[0]?.id ?? 0n;
});
afterAll(() => database.drop());

let done = 0;
beforeEach(async () => {
  done = 0;
  await inTransaction(database.serverPool, (tx) => forgetKeys(tx, accountId));
});

interface Call {
  readonly key?: string;
  readonly route?: string;
  readonly request?: string;
  readonly act?: () => Promise<{ ok: true; status: number; value: unknown } | Refused>;
}

const call = ({ key, route = 'doIt', request = 'a', act = doIt }: Call) =>
  inTransaction(database.serverPool, (tx) =>
    once(tx, { accountId, route, key, request: Buffer.from(request), at: new Date() }, async () => {
      await tx.query(`insert into event_outbox (topic, key) values ('account', $1)`, [accountId]);
      return act();
    }),
  );
const doIt = async () => ({ ok: true as const, status: 201, value: { done: ++done } });
const refuse = async (): Promise<Refused> => {
  done += 1;
  return { ok: false, code: 'wallet/not_found', detail: 'None.' };
};
const effects = async () => {
  const { rows } = await database.ownerPool.query<{ n: bigint }>(
    `select count(*) as n from event_outbox`,
  );
  return Number(rows[0]?.n);
};

test('the same request under the same key is done once and answered alike', async () => {
  const before = await effects();
  const first = await call({ key: 'k' });
  expect(first).toEqual({ ok: true, status: 201, value: { done: 1 } });
  expect(await call({ key: 'k' })).toEqual(first);
  expect(await effects()).toBe(before + 1);
});

test.each([
  ['another request under the same key', { key: 'k', request: 'b' }],
  ['nothing at all under the same key', { key: 'k', request: '' }],
])('%s is refused and does nothing', async (_, other) => {
  await call({ key: 'k' });
  const before = await effects();
  expect(await call(other)).toMatchObject({ ok: false, code: 'idempotency/key_reused' });
  expect(await effects()).toBe(before);
});

test.each([
  ['another key', { key: 'other' }],
  ['another route', { key: 'k', route: 'other' }],
  ['no key', {}],
])('%s is another request', async (_, other) => {
  await call({ key: 'k' });
  expect(await call(other)).toMatchObject({ value: { done: 2 } });
});

test('a refusal undoes what was done before it, and the key may be used again', async () => {
  const before = await effects();
  expect(await call({ key: 'k', act: refuse })).toMatchObject({ code: 'wallet/not_found' });
  expect(await effects()).toBe(before);
  expect(await call({ key: 'k', request: 'b' })).toMatchObject({ ok: true, value: { done: 2 } });
});

test('twenty at once do it once', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => call({ key: 'k' })));
  expect(done).toBe(1);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});

test('whoever repeats while the first is slow is told so, and gets the answer later', async () => {
  let begin = () => undefined as void;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  let finish = () => undefined as void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const first = call({ key: 'k', act: async () => (begin(), await finished, doIt()) });
  await begun;
  expect(await call({ key: 'k' })).toMatchObject({ ok: false, code: 'idempotency/in_progress' });
  finish();
  expect(await call({ key: 'k' })).toEqual(await first);
});
