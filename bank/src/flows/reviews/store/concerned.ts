import type { Db } from '../../../db/index.ts';

/** Whose money it is that a review holds (migration 0022). */

/**
 * The till's tenant, and who registered it (not in a demo, where one person is enough); of a fork
 * the receiver.
 */
export async function readConcerned(
  db: Db,
  id: bigint,
  { demo }: { readonly demo: boolean },
): Promise<readonly bigint[]> {
  const { rows } = await db.query<{ account_id: bigint }>(
    `select n.account_id from device_bundles as b
       join tills as t on t.no = b.till join tenants as n on n.no = t.tenant
       where b.review = $1
     union
     select t.registered_by from device_bundles as b join tills as t on t.no = b.till
       where b.review = $1 and not $2::boolean
     union
     select k.account_id from reviews as r join kyc_users as k on r.subject = 'ledger:' || k.user_id
       where r.id = $1 and r.kind = 'ledger_fork' and k.account_id is not null`,
    [id, demo],
  );
  return rows.map(({ account_id }) => account_id);
}

/** Whom the till pays with its tenant's money, where it is not refused anyway. */
export async function readPaidByTill(db: Db, id: bigint): Promise<readonly bigint[]> {
  const { rows } = await db.query<{ account_id: bigint }>(
    `select distinct w.account_id from device_bundles as b
       join till_transactions as t on t.bundle = b.id and t.own and t.refused is null
       join wallets as w on w.number = t.payee_wallet
       where b.review = $1`,
    [id],
  );
  return rows.map(({ account_id }) => account_id);
}

/** What the review holds now, and its own upload, which may have left the inbox. */
export async function readHeldUploads(db: Db, review: bigint): Promise<readonly bigint[]> {
  const { rows } = await db.query<{ upload_id: bigint }>(
    `select upload_id from inbox where held_by = $1
     union
     select upload_id from reviews where id = $1 and upload_id is not null
     order by upload_id`,
    [review],
  );
  return rows.map(({ upload_id }) => upload_id);
}

export async function readHeldBytes(db: Db, upload: bigint): Promise<Uint8Array> {
  const { rows } = await db.query<{ bytes: Buffer }>('select bytes from uploads where id = $1', [
    upload,
  ]);
  if (rows[0] === undefined) throw new Error('A held upload is gone.');
  return rows[0].bytes;
}

/** Owners of wallets, of allowances by their ids, and of people of ledgers. */
export async function readAccountsNamed(
  db: Db,
  named: {
    readonly wallets: readonly number[];
    readonly allowances: readonly Uint8Array[];
    readonly people: readonly string[];
  },
): Promise<readonly bigint[]> {
  const { rows } = await db.query<{ account_id: bigint }>(
    `select account_id from wallets where number = any ($1::bigint[])
     union
     select account_id from allowances where id = any ($2::bytea[])
     union
     select account_id from kyc_users
       where user_id = any ($3::text[]) and account_id is not null`,
    [named.wallets, named.allowances, named.people],
  );
  return rows.map(({ account_id }) => account_id);
}
