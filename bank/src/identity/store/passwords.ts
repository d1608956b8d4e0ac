import type { Db, Tx } from '../../db/index.ts';

export async function readPassword(db: Db, accountId: bigint): Promise<string | undefined> {
  const { rows } = await db.query<{ hash: string }>(
    `select hash from passwords where account_id = $1`,
    [accountId],
  );
  return rows[0]?.hash;
}

export async function writePassword(
  tx: Tx,
  password: { readonly accountId: bigint; readonly hash: string; readonly at: Date },
): Promise<void> {
  await tx.query(
    `insert into passwords (account_id, hash, changed_at) values ($1, $2, $3)
     on conflict (account_id) do update
       set hash = excluded.hash, changed_at = excluded.changed_at`,
    [password.accountId, password.hash, password.at],
  );
}
