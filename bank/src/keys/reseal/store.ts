import type { Db, Tx } from '../../db/index.ts';
import type { SealedRow, SealedRows } from './sealed-rows.ts';

/** Runs the statements that each domain has written for its own table. */
export async function countOthers(
  db: Db,
  { statements }: SealedRows,
  header: Uint8Array,
): Promise<number> {
  const { rows } = await db.query<{ count: number }>(statements.count, [header]);
  return rows[0]?.count ?? 0;
}

/** Locks what it answers, by key. */
export async function takeOthers(
  tx: Tx,
  { statements }: SealedRows,
  ask: { readonly header: Uint8Array; readonly after: unknown; readonly most: number },
): Promise<readonly SealedRow[]> {
  const values = [ask.header, ask.after ?? null, ask.most];
  return (await tx.query<SealedRow>(statements.take, values)).rows;
}

export async function putSealed(
  tx: Tx,
  { statements }: SealedRows,
  row: { readonly key: unknown; readonly sealed: Uint8Array; readonly vault: string },
): Promise<void> {
  await tx.query(statements.put, [row.key, row.sealed, row.vault]);
}
