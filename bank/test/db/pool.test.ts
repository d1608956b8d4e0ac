import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

describe('a value comes back from PostgreSQL as the type the bank uses', () => {
  const cases: readonly (readonly [string, unknown, string, unknown])[] = [
    ['money beyond what a number holds', 9_223_372_036_854_775_807n, 'int8', undefined],
    ['negative money', -1n, 'int8', undefined],
    ['a list of money', [1n, -2n, 9_007_199_254_740_993n], 'int8[]', undefined],
    ['an empty list of money', [], 'int8[]', undefined],
    ['a list of money with a gap', [1n, null], 'int8[]', undefined],
    ['an instant', new Date('2026-11-20T23:59:59.123Z'), 'timestamptz', undefined],
    ['bytes', Buffer.from([0, 255, 92, 39]), 'bytea', undefined],
    ['a list of bytes', [Buffer.from([0, 255]), Buffer.from([])], 'bytea[]', undefined],
    ['a calendar day, which has no zone', '2026-11-20', 'date', undefined],
    ['a small number', 7, 'int4', undefined],
    ['a decimal, which stays text', '0.10', 'numeric', undefined],
    ['text outside Latin', 'سکہ', 'text', undefined],
    ['a document', JSON.stringify({ a: [1] }), 'jsonb', { a: [1] }],
    ['nothing', null, 'int8', undefined],
  ];
  it.each(cases)('%s', async (_name, value, type, expected) => {
    const { rows } = await database.ownerPool.query(`select $1::${type} as value`, [value]);
    expect(rows[0]?.['value']).toEqual(expected ?? value);
  });
});

it('the bank runs as sikka_server on every connection of its pool', async () => {
  const connections = await Promise.all([1, 2, 3].map(() => database.serverPool.connect()));
  try {
    for (const connection of connections) {
      const { rows } = await connection.query('select current_user as name, session_user as login');
      expect(rows[0]?.['name']).toBe('sikka_server');
      expect(rows[0]?.['login']).not.toBe('sikka_server');
    }
  } finally {
    for (const connection of connections) connection.release();
  }
});
