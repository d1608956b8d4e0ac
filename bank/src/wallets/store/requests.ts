import type { Db, Tx } from '../../db/index.ts';
import type { WalletKind } from '../wallets.ts';

/** What a person asked for by the first of two steps. */
export interface WalletRequest {
  readonly kind: WalletKind;
  readonly currency: number;
  readonly modulus: Uint8Array | undefined;
  readonly hasBankAccount: boolean;
}

/** One at a time: the newest is the one that the code makes. */
export async function upsertRequest(
  tx: Tx,
  accountId: bigint,
  request: WalletRequest,
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into wallet_requests (account_id, kind, currency, modulus, bank_account, created_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (account_id) do update
       set kind = excluded.kind, currency = excluded.currency, modulus = excluded.modulus,
         bank_account = excluded.bank_account, created_at = excluded.created_at`,
    [
      accountId,
      request.kind,
      request.currency,
      request.modulus ?? null,
      request.hasBankAccount,
      at,
    ],
  );
}

export async function readRequest(db: Db, accountId: bigint): Promise<WalletRequest | undefined> {
  const { rows } = await db.query<{
    kind: WalletKind;
    currency: number;
    modulus: Buffer | null;
    bank_account: boolean;
  }>('select kind, currency, modulus, bank_account from wallet_requests where account_id = $1', [
    accountId,
  ]);
  return rows.map((row) => ({
    kind: row.kind,
    currency: row.currency,
    modulus: row.modulus === null ? undefined : new Uint8Array(row.modulus),
    hasBankAccount: row.bank_account,
  }))[0];
}

export async function deleteRequest(tx: Tx, accountId: bigint): Promise<void> {
  await tx.query('delete from wallet_requests where account_id = $1', [accountId]);
}

/** Whether the owner has claimed this wallet already. */
export async function readClaimed(
  db: Db,
  wallet: {
    readonly accountId: bigint;
    readonly kind: WalletKind;
    readonly currency: number;
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from wallets
     where account_id = $1 and kind = $2 and currency = $3 and claimed_at is not null`,
    [wallet.accountId, wallet.kind, wallet.currency],
  );
  return rowCount === 1;
}
