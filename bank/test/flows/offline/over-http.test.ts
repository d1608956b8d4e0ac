import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, startTestBank } from '../../http/running-bank.ts';
import type { RunningBank } from '../../http/running-bank.ts';

/** What the server itself has to let through, or not, for older clients (http-api.md). */

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank({ RATE_LIMIT_ENABLED: 'false' });
});
afterAll(() => running.stop());

const PATH = '/api/v1/offline-transactions';
const post = (path: string, body: string, as?: string) =>
  running.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...(as === undefined ? {} : { as }),
  });
const sync = (body: string, as = 'ayesha') => post(`${PATH}/sync`, body, as);
const of = (count: number) =>
  `{"transactions": [${Array.from({ length: count }, () => '{}').join(',')}]}`;

test('500 elements are answered one by one, 501 are refused as a whole', async () => {
  const most = await sync(of(500));
  expect(most.status).toBe(200);
  expect(await bodyOf(most)).toMatchObject({ total_synced: 0, total_failed: 500 });
  expect((await sync(of(501))).status).toBe(422);
});

test.each<[string, string, number]>([
  ['more bytes than 500 elements have', `{"transactions": [], "x": "${'x'.repeat(2 ** 21)}"}`, 413],
  ['a key twice', '{"transactions": [], "transactions": []}', 400],
  ['a key of prototypes', '{"transactions": [{"__proto__": {}}]}', 400],
  ['no list', '{"transactions": {}}', 422],
  ['no JSON', '{', 400],
])('%s is refused', async (_what, body, status) => {
  expect((await sync(body)).status).toBe(status);
});

test.each(['7', '"x"', 'null', '[]', '{"transaction_data": [], "signature": {}}'])(
  'an element that is %s is told what it lacks',
  async (element) => {
    const answer = await sync(`{"transactions": [${element}]}`);
    expect(answer.status).toBe(200);
    const [{ error_reason: reason } = { error_reason: '' }] = (await bodyOf(answer))['results'] as {
      error_reason: string;
    }[];
    expect(reason).toBe('Missing required fields: transaction_data');
  },
);

test('a blocked account hands in on every path, and sees nothing else', async () => {
  await running.ownerPool.query(
    `update accounts set status = 'review', status_reason = 'test' where public_id = 'chaudhry'`,
  );
  for (const path of [`${PATH}/sync`, `${PATH}/offline-sync`, '/offline-tx/sync']) {
    expect((await post(path, of(1), 'chaudhry')).status).toBe(200);
  }
  const listed = await running.fetch(`${PATH}/`, { as: 'chaudhry' });
  expect(listed.status).toBe(403);
  expect((await bodyOf(listed))['detail']).toMatchObject({ code: 'ACCOUNT_BLOCKED' });
});

test('a receipt is verified for anybody; a sync is nobody’s without a token', async () => {
  const verified = await post(`${PATH}/verify-receipt`, '{"receipt_data": 7, "more": true}');
  expect(verified.status).toBe(422);
  const asked = '{"receipt_data": 7, "signature": {}, "sender_public_key": null}';
  const answer = await post('/offline-tx/verify-receipt', asked);
  expect(answer.status).toBe(200);
  expect(await bodyOf(answer)).toMatchObject({ valid: false });
  expect((await post(`${PATH}/sync`, of(1))).status).toBe(401);
});

test('lists take any number of rows to show', async () => {
  for (const query of ['', '?limit=100000', '?limit=0&other=1', '?status_filter=pending']) {
    const listed = await running.fetch(`${PATH}/${query}`, { as: 'ayesha' });
    expect([query, listed.status]).toEqual([query, 200]);
  }
});
