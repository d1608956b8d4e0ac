import { expect, test } from 'vitest';
import { sealedRowsOf } from '../../src/sealed-rows.ts';
import { createTestDatabase } from '../support/index.ts';

test('every table that names a vault is sealed anew by `npm run reseal`', async () => {
  const database = await createTestDatabase();
  const { rows } = await database.ownerPool.query<{ table: string }>(
    `select table_name as table from information_schema.columns
     where column_name = 'vault' and table_schema = 'public' order by 1`,
  );
  await database.drop();
  const known = new Set(sealedRowsOf('any').map(({ table }) => table));
  expect(rows.map(({ table }) => table).filter((table) => !known.has(table))).toEqual([]);
  expect(rows.length).toBeGreaterThan(6);
});
