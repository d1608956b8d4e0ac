import { audit } from '@sikka/auditor';
import type { Violation } from '../truth.ts';

/**
 * What the independent auditor finds wrong in the tables, each check by its name: it recomputes
 * everything from the bytes received and signed, with no code of the bank's and none of ours.
 */
export async function auditTables(databaseUrl: string, now: Date): Promise<readonly Violation[]> {
  const { checks } = await audit({ databaseUrl, now });
  return checks.flatMap(({ name, ok, firstWrong }) => {
    if (ok) return [];
    const { table, key, what, expected, found } = firstWrong ?? NO_ROW;
    const row = Object.entries(key).map(([column, value]) => `${column} ${value}`);
    const detail = `${table} ${row.join(', ')}: ${what} ${found} instead of ${expected}`;
    return [{ invariant: `auditor: ${name}`, detail }];
  });
}

const NO_ROW = { table: '?', key: {}, what: '', expected: '?', found: '?' };
