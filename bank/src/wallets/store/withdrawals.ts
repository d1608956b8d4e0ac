import type { Db, Tx } from '../../db/index.ts';
import type { Withdrawal } from '../withdrawals.ts';
import { bankOrderOf } from './bank-orders.ts';
import type { BankOrderRow } from './bank-orders.ts';

type WithdrawalRow = BankOrderRow<Withdrawal['status']>;

const COLUMNS = 'id, account_id, wallet, amount, currency, status, created_at';

/**
 * Undefined where the wallet is not an active current wallet of the person's, or where the key has
 * been used; waits for one that is using it.
 */
export async function insertWithdrawal(
  tx: Tx,
  withdrawal: Pick<Withdrawal, 'accountId' | 'wallet' | 'amountMinor' | 'currency'> & {
    readonly rail: string;
    readonly request: Uint8Array;
    readonly key: string | undefined;
    readonly at: Date;
  },
): Promise<Withdrawal | undefined> {
  const { rows } = await tx.query<WithdrawalRow>(
    `insert into withdrawals (account_id, wallet, amount, currency, rail, request_sha256,
                              idempotency_key, created_at, changed_at)
     select w.account_id, w.number, $3, w.currency, $5, $6, $7, $8, $8
       from wallets w
      where w.number = $2 and w.account_id = $1 and w.currency = $4 and w.kind = 'current'
        and w.status = 'active'
     on conflict do nothing
     returning ${COLUMNS}`,
    [
      withdrawal.accountId,
      withdrawal.wallet,
      withdrawal.amountMinor,
      withdrawal.currency,
      withdrawal.rail,
      withdrawal.request,
      withdrawal.key ?? null,
      withdrawal.at,
    ],
  );
  return rows.map(bankOrderOf)[0];
}

/** What the first request with this key brought, and the hash of what it asked. */
export async function readWithdrawalByKey(
  db: Db,
  accountId: bigint,
  key: string,
): Promise<{ readonly withdrawal: Withdrawal; readonly request: Uint8Array } | undefined> {
  const { rows } = await db.query<WithdrawalRow & { readonly request_sha256: Uint8Array }>(
    `select ${COLUMNS}, request_sha256 from withdrawals
     where account_id = $1 and idempotency_key = $2`,
    [accountId, key],
  );
  const [row] = rows;
  return row && { withdrawal: bankOrderOf(row), request: row.request_sha256 };
}

/** Ends one that is under way; undefined where it is none, or over. */
export async function closeWithdrawal(
  tx: Tx,
  end: {
    readonly id: bigint;
    readonly status: 'settled' | 'returned';
    readonly at: Date;
  },
): Promise<Withdrawal | undefined> {
  const { rows } = await tx.query<WithdrawalRow>(
    `update withdrawals set status = $2, changed_at = $3 where id = $1 and status = 'ordered'
     returning ${COLUMNS}`,
    [end.id, end.status, end.at],
  );
  return rows.map(bankOrderOf)[0];
}
