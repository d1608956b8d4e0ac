import type { Db, Tx } from '../../db/index.ts';
import type { KycRole, KycStatus } from './people.ts';

export interface KycRow {
  readonly no: bigint;
  readonly userId: string;
  readonly sealed: Uint8Array | undefined;
  readonly role: KycRole;
  readonly bankId: string | undefined;
  /** P-256, compressed. */
  readonly publicKey: Uint8Array;
  readonly keyId: Uint8Array;
  readonly status: KycStatus;
  readonly accountId: bigint | undefined;
  readonly createdAt: Date;
}

interface Row {
  readonly no: bigint;
  readonly user_id: string;
  readonly sealed: Buffer | null;
  readonly role: KycRole;
  readonly bank_id: string | null;
  readonly public_key: Buffer;
  readonly key_id: Buffer;
  readonly status: KycStatus;
  readonly account_id: bigint | null;
  readonly created_at: Date;
}

const COLUMNS = `no, user_id, sealed, role, bank_id, public_key, key_id, status, account_id,
  created_at`;

const SELECT_USER = `select ${COLUMNS} from kyc_users where user_id = $1`;
const LOCK_USER = `${SELECT_USER} for no key update`;

/** False where the key is taken. */
export async function insertUser(
  tx: Tx,
  user: Pick<KycRow, 'userId' | 'role' | 'bankId' | 'publicKey' | 'keyId'> & {
    readonly sealed: Uint8Array;
    readonly vault: string;
  },
  at: Date,
): Promise<boolean> {
  const { userId, sealed, vault, role, bankId, publicKey, keyId } = user;
  const { rowCount } = await tx.query(
    `insert into kyc_users (user_id, sealed, vault, role, bank_id, public_key, key_id, created_at,
       updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
     on conflict do nothing`,
    [userId, sealed, vault, role, bankId ?? null, publicKey, keyId, at],
  );
  return rowCount === 1;
}

export async function readUser(
  db: Db,
  userId: string,
  lock: 'plain' | 'locked',
): Promise<KycRow | undefined> {
  const { rows } = await db.query<Row>(lock === 'locked' ? LOCK_USER : SELECT_USER, [userId]);
  return rows[0] === undefined ? undefined : rowOf(rows[0]);
}

export async function readUsers(
  db: Db,
  page: { readonly status: KycStatus | undefined; readonly limit: number },
): Promise<readonly KycRow[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from kyc_users
     where $1::text is null or status = $1
     order by no desc
     limit $2`,
    [page.status ?? null, page.limit],
  );
  return rows.map(rowOf);
}

export async function updateStatus(
  tx: Tx,
  no: bigint,
  decision: {
    readonly status: KycStatus;
    readonly notes: string | undefined;
    readonly accountId: bigint | undefined;
    readonly at: Date;
  },
): Promise<void> {
  const { status, notes, accountId, at } = decision;
  await tx.query(
    `update kyc_users set status = $2, notes = coalesce($3, notes),
       account_id = coalesce(account_id, $4), updated_at = $5
     where no = $1`,
    [no, status, notes ?? null, accountId ?? null, at],
  );
}

export const SEALED_KYC_USERS = {
  count: `
    select count(*)::int as count from kyc_users
    where sealed is not null and substring(sealed from 1 for octet_length($1::bytea)) <> $1`,
  take: `
    select no as key, user_id, sealed from kyc_users
    where sealed is not null and substring(sealed from 1 for octet_length($1::bytea)) <> $1
      and ($2::bigint is null or no > $2)
    order by no limit $3 for no key update`,
  put: `update kyc_users set sealed = $2, vault = $3 where no = $1`,
} as const;

function rowOf(row: Row): KycRow {
  return {
    ...{ no: row.no, userId: row.user_id, role: row.role, status: row.status },
    sealed: row.sealed === null ? undefined : new Uint8Array(row.sealed),
    bankId: row.bank_id ?? undefined,
    publicKey: new Uint8Array(row.public_key),
    keyId: new Uint8Array(row.key_id),
    accountId: row.account_id ?? undefined,
    createdAt: row.created_at,
  };
}
