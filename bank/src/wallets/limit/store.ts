import type { Db, Tx } from '../../db/index.ts';
import type { LimitWallet } from './limit-wallets.ts';

interface Row {
  readonly no: bigint;
  readonly wallet_id: string;
  readonly kyc_user: bigint;
  readonly user_id: string;
  readonly account_id: bigint | null;
  readonly currency: number;
  readonly ledger_account: bigint | null;
  readonly requested: bigint;
  readonly approved: bigint | null;
  readonly status: LimitWallet['status'];
  readonly created_at: Date;
  readonly updated_at: Date;
}

const SELECT = `
  select l.no, l.wallet_id, l.kyc_user, u.user_id, u.account_id, l.currency, l.ledger_account,
    l.requested, l.approved, l.status, l.created_at, l.updated_at
  from limit_wallets as l
  join kyc_users as u on u.no = l.kyc_user`;

const READ = {
  byWallet: `${SELECT} where l.wallet_id = $1`,
  byUser: `${SELECT} where u.user_id = $1`,
  locked: `${SELECT} where l.wallet_id = $1 for no key update of l`,
} as const;

/** By the wallet's id, locked until the transaction ends or not; or by its person's. */
export async function readLimitWallet(
  db: Db,
  id: string,
  how: keyof typeof READ,
): Promise<LimitWallet | undefined> {
  const { rows } = await db.query<Row>(READ[how], [id]);
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    ...{ no: row.no, walletId: row.wallet_id, kycUser: row.kyc_user, userId: row.user_id },
    ...{ accountId: row.account_id ?? undefined, currency: row.currency, status: row.status },
    ledgerAccount: row.ledger_account ?? undefined,
    ...{ requestedMinor: row.requested, approvedMinor: row.approved ?? undefined },
    ...{ createdAt: row.created_at, updatedAt: row.updated_at },
  };
}

/** False where the person has one. */
export async function insertLimitWallet(
  tx: Tx,
  wallet: {
    readonly walletId: string;
    readonly kycUser: bigint;
    readonly currency: number;
    readonly requestedMinor: bigint;
  },
  at: Date,
): Promise<boolean> {
  const { walletId, kycUser, currency, requestedMinor } = wallet;
  const { rowCount } = await tx.query(
    `insert into limit_wallets (wallet_id, kyc_user, currency, requested, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $5)
     on conflict do nothing`,
    [walletId, kycUser, currency, requestedMinor, at],
  );
  return rowCount === 1;
}

export async function updateLimitWallet(
  tx: Tx,
  no: bigint,
  change: {
    readonly status: LimitWallet['status'];
    readonly notes: string | undefined;
    readonly funded:
      | {
          readonly ledgerAccount: bigint;
          readonly approvedMinor: bigint;
          readonly fundedFrom: 'current' | 'credit_line';
        }
      | undefined;
    readonly at: Date;
  },
): Promise<void> {
  const { status, notes, funded, at } = change;
  await tx.query(
    `update limit_wallets set status = $2, notes = coalesce($3, notes), updated_at = $4,
       ledger_account = coalesce(ledger_account, $5), approved = coalesce(approved, $6),
       funded_from = coalesce(funded_from, $7)
     where no = $1`,
    [
      no,
      status,
      notes ?? null,
      at,
      funded?.ledgerAccount ?? null,
      funded?.approvedMinor ?? null,
      funded?.fundedFrom ?? null,
    ],
  );
}
