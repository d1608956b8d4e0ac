import type { TestDatabase } from '../support/index.ts';

/** Seconds, as stored: the database's time, not the test's. */
export async function settledAt({ ownerPool }: TestDatabase, id: Uint8Array): Promise<number> {
  const { rows } = await ownerPool.query<{ at: Date }>(
    'select settled_at as at from settled_payments where payment_id = $1',
    [id],
  );
  return rows[0]!.at.getTime() / 1000;
}
