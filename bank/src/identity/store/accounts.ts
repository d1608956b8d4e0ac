import type { Db, Tx } from '../../db/index.ts';
import type { AccountRecord, NewAccount } from '../accounts.ts';

interface AccountRow {
  readonly id: bigint;
  readonly public_id: string;
  readonly name: string | null;
  readonly town: string | null;
  readonly name_verified_at: Date | null;
  readonly currency: number;
  readonly status: AccountRecord['status'];
  readonly status_reason: string | null;
  readonly created_at: Date;
  readonly roles: readonly AccountRecord['roles'][number][];
}

const ACCOUNT_COLUMNS = `
  id, public_id, name, town, name_verified_at, currency, status, status_reason, created_at,
  array(select role from account_roles where account_id = accounts.id order by role) as roles`;

export async function readByPublicId(db: Db, publicId: string): Promise<AccountRecord | undefined> {
  const { rows } = await db.query<AccountRow>(
    `select ${ACCOUNT_COLUMNS} from accounts where public_id = $1`,
    [publicId],
  );
  return rows[0] === undefined ? undefined : recordOf(rows[0]);
}

export async function readById(db: Db, id: bigint): Promise<AccountRecord | undefined> {
  const { rows } = await db.query<AccountRow>(
    `select ${ACCOUNT_COLUMNS} from accounts where id = $1`,
    [id],
  );
  return rows[0] === undefined ? undefined : recordOf(rows[0]);
}

/** The new account's id; undefined where the public id is taken. */
export async function insertAccount(
  tx: Tx,
  account: NewAccount,
  at: Date,
): Promise<bigint | undefined> {
  const { rows } = await tx.query<{ id: bigint }>(
    `insert into accounts
       (public_id, name, town, name_verified_at, currency, created_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing
     returning id`,
    [
      account.publicId,
      account.verifiedName?.name ?? null,
      account.verifiedName?.town ?? null,
      account.verifiedName === undefined ? null : at,
      account.currency,
      at,
    ],
  );
  return rows[0]?.id;
}

export async function insertRoles(
  tx: Tx,
  id: bigint,
  roles: readonly string[],
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into account_roles (account_id, role, granted_at)
     select $1, role, $3 from unnest($2::text[]) as role
     on conflict do nothing`,
    [id, roles, at],
  );
}

/** The account, locked until the transaction ends: its status is about to be decided by. */
export async function lockById(tx: Tx, id: bigint): Promise<AccountRecord | undefined> {
  const { rows } = await tx.query<AccountRow>(
    `select ${ACCOUNT_COLUMNS} from accounts where id = $1 for no key update`,
    [id],
  );
  return rows[0] === undefined ? undefined : recordOf(rows[0]);
}

export async function updateStatus(
  tx: Tx,
  id: bigint,
  change: {
    readonly status: string;
    readonly reason: string | undefined;
    readonly blockedAt: Date | undefined;
  },
): Promise<void> {
  await tx.query(
    `update accounts set status = $2, status_reason = $3, blocked_at = $4 where id = $1`,
    [id, change.status, change.reason ?? null, change.blockedAt ?? null],
  );
}

export async function updateVerifiedName(
  tx: Tx,
  id: bigint,
  { name, town, at }: { readonly name: string; readonly town: string; readonly at: Date },
): Promise<void> {
  await tx.query(`update accounts set name = $2, town = $3, name_verified_at = $4 where id = $1`, [
    id,
    name,
    town,
    at,
  ]);
}

/** Exactly these from now on. */
export async function replaceRoles(
  tx: Tx,
  id: bigint,
  roles: readonly string[],
  at: Date,
): Promise<void> {
  await tx.query(`delete from account_roles where account_id = $1 and role <> all ($2::text[])`, [
    id,
    roles,
  ]);
  await insertRoles(tx, id, roles, at);
}

/** Newest first, those opened before `before`. */
export async function readAccounts(
  db: Db,
  page: { readonly limit: number; readonly before: bigint | undefined },
): Promise<readonly AccountRecord[]> {
  const { rows } = await db.query<AccountRow>(
    `select ${ACCOUNT_COLUMNS} from accounts
     where $1::bigint is null or id < $1
     order by id desc limit $2`,
    [page.before ?? null, page.limit],
  );
  return rows.map(recordOf);
}

/** Whose the name is after this: the caller's, or whoever claimed it first. */
export async function claimName(
  tx: Tx,
  claim: {
    readonly currency: number;
    readonly nameFolded: string;
    readonly townFolded: string;
    readonly accountId: bigint;
    readonly at: Date;
  },
): Promise<bigint | undefined> {
  await tx.query(
    `insert into payee_names (currency, name_folded, town_folded, account_id, claimed_at)
     values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [claim.currency, claim.nameFolded, claim.townFolded, claim.accountId, claim.at],
  );
  const { rows } = await tx.query<{ account_id: bigint }>(
    `select account_id from payee_names
     where currency = $1 and name_folded = $2 and town_folded = $3`,
    [claim.currency, claim.nameFolded, claim.townFolded],
  );
  return rows[0]?.account_id;
}

function recordOf(row: AccountRow): AccountRecord {
  return {
    id: row.id,
    publicId: row.public_id,
    verifiedName: verifiedNameOf(row),
    currency: row.currency,
    status: row.status,
    statusReason: row.status_reason ?? undefined,
    createdAt: row.created_at,
    roles: row.roles,
  };
}

function verifiedNameOf(row: AccountRow): AccountRecord['verifiedName'] {
  if (row.name_verified_at === null || row.name === null) return undefined;
  return { name: row.name, town: row.town ?? '' };
}
