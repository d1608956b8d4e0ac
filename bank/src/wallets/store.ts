import type { Db, Tx } from '../db/index.ts';
import type { BulletinRecord, NewBulletin, Revocations } from './bulletin.ts';
import type { OrderedTransfer } from './transfers.ts';
import type { WalletKind, WalletRecord } from './wallets.ts';

interface WalletRow {
  readonly number: bigint;
  readonly account_id: bigint;
  readonly public_id: string;
  readonly kind: WalletKind;
  readonly currency: number;
  readonly ledger_account: bigint;
  readonly status: WalletRecord['status'];
  readonly created_at: Date;
  readonly updated_at: Date;
}

const WALLET = `
  select w.number, w.account_id, a.public_id, w.kind, w.currency, w.ledger_account, w.status,
    w.created_at, w.updated_at
  from wallets w join accounts a on a.id = w.account_id`;

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

export async function readPair(
  db: Db,
  numbers: readonly [number, number],
): Promise<ReadonlyMap<number, WalletRecord>> {
  const { rows } = await db.query<WalletRow>(`${WALLET} where w.number in ($1, $2)`, numbers);
  return new Map(rows.map((row) => [Number(row.number), walletOf(row)]));
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

export interface TransferResult {
  readonly id: bigint | undefined;
  /** Of the request that made this transfer; another's where the key was used before. */
  readonly request: Uint8Array | undefined;
  readonly repeated: boolean;
  readonly refused: 'insufficient_funds' | undefined;
}

/** Row, audit event and money in one statement (migration 0006, `wallet_transfer`). */
export async function postTransfer(
  db: Db,
  order: OrderedTransfer & { readonly debit: bigint; readonly credit: bigint },
): Promise<TransferResult> {
  const { rows } = await db.query<{
    transfer_id: bigint | null;
    first_request: Buffer | null;
    repeated: boolean;
    refused: 'insufficient_funds' | null;
  }>(
    `select transfer_id, first_request, repeated, refused
     from wallet_transfer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      order.accountId,
      `account:${order.account}`,
      order.idempotencyKey ?? null,
      order.request,
      order.from,
      order.to,
      order.debit,
      order.credit,
      order.currency,
      order.amountMinor,
      order.at,
    ],
  );
  const [row] = rows;
  return {
    id: row?.transfer_id ?? undefined,
    request: row?.first_request ?? undefined,
    repeated: row?.repeated ?? false,
    refused: row?.refused ?? undefined,
  };
}

export interface TransferRow {
  readonly id: bigint;
  readonly account: string;
  readonly from: number;
  readonly to: number;
  readonly currency: number;
  readonly amountMinor: bigint;
  readonly request: Uint8Array;
  readonly at: Date;
}

interface RawTransferRow {
  readonly id: bigint;
  readonly public_id: string;
  readonly from_wallet: bigint;
  readonly to_wallet: bigint;
  readonly currency: number;
  readonly amount: bigint;
  readonly request_sha256: Buffer;
  readonly at: Date;
}

const TRANSFER = `
  select t.id, a.public_id, t.from_wallet, t.to_wallet, t.currency, t.amount, t.request_sha256, t.at
  from wallet_transfers t join accounts a on a.id = t.account_id`;

export async function readTransfer(db: Db, id: bigint): Promise<TransferRow | undefined> {
  const { rows } = await db.query<RawTransferRow>(`${TRANSFER} where t.id = $1`, [id]);
  return rows[0] === undefined ? undefined : transferOf(rows[0]);
}

export async function readTransferByKey(
  db: Db,
  accountId: bigint,
  key: string,
): Promise<TransferRow | undefined> {
  const { rows } = await db.query<RawTransferRow>(
    `${TRANSFER} where t.account_id = $1 and t.idempotency_key = $2`,
    [accountId, key],
  );
  return rows[0] === undefined ? undefined : transferOf(rows[0]);
}

/** Each half by its own index, newest first, so that a long history costs what is shown of it. */
export async function readHistory(
  db: Db,
  accountId: bigint,
  most: number,
): Promise<readonly TransferRow[]> {
  const { rows } = await db.query<RawTransferRow>(
    `with own as (select number from wallets where account_id = $1),
     recent as (
       select picked.id
       from own cross join lateral (
         (select id from wallet_transfers where from_wallet = own.number order by id desc limit $2)
         union
         (select id from wallet_transfers where to_wallet = own.number order by id desc limit $2)
       ) as picked
     )
     ${TRANSFER} where t.id in (select id from recent) order by t.id desc limit $2`,
    [accountId, most],
  );
  return rows.map(transferOf);
}

interface BulletinRow {
  readonly version: bigint;
  readonly id: Buffer;
  readonly content: Buffer;
  readonly packet: Buffer;
  readonly at: Date;
}

const BULLETIN = 'select version, id, content, packet, at from bulletins';

export async function readLatestBulletin(db: Db): Promise<BulletinRecord | undefined> {
  const { rows } = await db.query<BulletinRow>(`${BULLETIN} order by version desc limit 1`);
  return rows[0] === undefined ? undefined : bulletinOf(rows[0]);
}

export async function readBulletin(db: Db, version: number): Promise<BulletinRecord | undefined> {
  const { rows } = await db.query<BulletinRow>(`${BULLETIN} where version = $1`, [version]);
  return rows[0] === undefined ? undefined : bulletinOf(rows[0]);
}

/** False where another issuer took the version. */
export async function insertBulletin(tx: Tx, bulletin: NewBulletin): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into bulletins (version, id, content, packet, at) values ($1, $2, $3, $4, $5)
     on conflict (version) do nothing`,
    [bulletin.version, bulletin.id, bulletin.content, bulletin.packet, bulletin.at],
  );
  return rowCount === 1;
}

/** Revoked allowances that a phone might still take: past their end they are refused anyway. */
export async function readRevokedAllowances(
  db: Db,
  since: number,
  most: number,
): Promise<Revocations['allowances']> {
  const { rows } = await db.query<{ id: Buffer }>(
    `select a.id from allowances a join allowance_states s on s.no = a.no
     where s.revoked_at is not null and a.until_s >= $1
     order by a.until_s desc, a.no limit $2`,
    [since, most],
  );
  return rows.map(({ id }) => new Uint8Array(id));
}

export async function readPolicyEpochs(
  db: Db,
  at: Date,
): Promise<readonly { readonly currency: number; readonly epoch: number }[]> {
  const { rows } = await db.query<{ currency: number; epoch: number }>(
    `select currency, max(epoch)::int as epoch from allowance_policies
     where valid_from <= $1 group by currency order by currency`,
    [at],
  );
  return rows;
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
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function transferOf(row: RawTransferRow): TransferRow {
  return {
    id: row.id,
    account: row.public_id,
    from: Number(row.from_wallet),
    to: Number(row.to_wallet),
    currency: row.currency,
    amountMinor: row.amount,
    request: row.request_sha256,
    at: row.at,
  };
}

function bulletinOf(row: BulletinRow): BulletinRecord {
  return {
    version: Number(row.version),
    id: new Uint8Array(row.id),
    content: new Uint8Array(row.content),
    packet: new Uint8Array(row.packet),
    at: row.at,
  };
}
