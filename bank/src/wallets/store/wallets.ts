import type { Db, Tx } from '../../db/index.ts';
import type { WalletKind, WalletRecord } from '../wallets.ts';

interface WalletRow {
  readonly number: bigint;
  readonly account_id: bigint;
  readonly public_id: string;
  readonly kind: WalletKind;
  readonly currency: number;
  readonly ledger_account: bigint;
  readonly status: WalletRecord['status'];
  readonly modulus: Buffer | null;
  readonly bank_account: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const WALLET = `
  select w.number, w.account_id, a.public_id, w.kind, w.currency, w.ledger_account, w.status,
    k.modulus, w.bank_account, w.created_at, w.updated_at
  from wallets w join accounts a on a.id = w.account_id
  left join wallet_keys k on k.wallet = w.number and k.retired_at is null`;

export async function readWallets(db: Db, accountId: bigint): Promise<readonly WalletRecord[]> {
  const { rows } = await db.query<WalletRow>(
    `${WALLET} where w.account_id = $1 order by w.created_at, w.kind, w.currency`,
    [accountId],
  );
  return rows.map(walletOf);
}

export async function readWallet(db: Db, number: number): Promise<WalletRecord | undefined> {
  const { rows } = await db.query<WalletRow>(`${WALLET} where w.number = $1`, [number]);
  return rows[0] === undefined ? undefined : walletOf(rows[0]);
}

export async function readWalletOf(
  db: Db,
  wallet: Pick<WalletRecord, 'accountId' | 'kind' | 'currency'>,
): Promise<WalletRecord | undefined> {
  const { rows } = await db.query<WalletRow>(
    `${WALLET} where w.account_id = $1 and w.kind = $2 and w.currency = $3`,
    [wallet.accountId, wallet.kind, wallet.currency],
  );
  return rows[0] === undefined ? undefined : walletOf(rows[0]);
}

/** False where the number is taken, or where this wallet was opened at the same moment. */
export async function insertWallet(
  tx: Tx,
  wallet: Pick<WalletRecord, 'number' | 'accountId' | 'kind' | 'currency' | 'ledgerAccount'> & {
    readonly at: Date;
  },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into wallets
       (number, account_id, kind, currency, ledger_account, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6)
     on conflict do nothing`,
    [
      wallet.number,
      wallet.accountId,
      wallet.kind,
      wallet.currency,
      wallet.ledgerAccount,
      wallet.at,
    ],
  );
  return rowCount === 1;
}

/** True once for each wallet: sign-up made it, its owner's first "create" gets it. */
export async function claimWallet(tx: Tx, number: number, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update wallets set claimed_at = $2 where number = $1 and claimed_at is null',
    [number, at],
  );
  return rowCount === 1;
}

export async function linkBankAccount(tx: Tx, number: number, at: Date): Promise<void> {
  await tx.query(
    `update wallets set bank_account = true, updated_at = $2
     where number = $1 and not bank_account`,
    [number, at],
  );
}

/** True where it changed; false where it was so already, or is not this account's. */
export async function updateWalletStatus(
  tx: Tx,
  change: {
    readonly number: number;
    readonly accountId: bigint;
    readonly status: WalletRecord['status'];
    readonly at: Date;
  },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update wallets set status = $3, updated_at = $4
     where number = $1 and account_id = $2 and status <> $3`,
    [change.number, change.accountId, change.status, change.at],
  );
  return rowCount === 1;
}

/** Announces what happened to a wallet to whoever listens. */
export async function announceWallet(tx: Tx, number: number, at: Date): Promise<void> {
  await tx.query(`insert into event_outbox (topic, key, at) values ('wallet', $1, $2)`, [
    number,
    at,
  ]);
}

/** What is still held in the reservations of each wallet's allowances. */
export async function readReserved(
  db: Db,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, bigint>> {
  const { rows } = await db.query<{ payer_wallet: bigint; reserved: bigint }>(
    `select a.payer_wallet, sum(b.balance)::bigint as reserved
     from allowances a join ledger_balances b on b.account_id = a.ledger_account
     where a.payer_wallet = any($1::bigint[])
     group by a.payer_wallet`,
    [numbers],
  );
  return new Map(rows.map((row) => [Number(row.payer_wallet), row.reserved]));
}

interface House {
  readonly kind: string;
  readonly currency: number;
}

export async function houseAccount(db: Db, house: House): Promise<bigint | undefined> {
  const { rows } = await db.query<{ ledger_account: bigint }>(
    'select ledger_account from house_accounts where kind = $1 and currency = $2',
    [house.kind, house.currency],
  );
  return rows[0]?.ledger_account;
}

export async function insertHouseAccount(
  tx: Tx,
  house: House & { readonly ledgerAccount: bigint },
): Promise<void> {
  await tx.query(
    `insert into house_accounts (kind, currency, ledger_account) values ($1, $2, $3)
     on conflict do nothing`,
    [house.kind, house.currency, house.ledgerAccount],
  );
}

function walletOf(row: WalletRow): WalletRecord {
  return {
    number: Number(row.number),
    accountId: row.account_id,
    account: row.public_id,
    kind: row.kind,
    currency: row.currency,
    ledgerAccount: row.ledger_account,
    status: row.status,
    ...(row.modulus === null ? {} : { modulus: new Uint8Array(row.modulus) }),
    hasBankAccount: row.bank_account,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
