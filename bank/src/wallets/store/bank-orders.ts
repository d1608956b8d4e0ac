/** Columns of a top-up or a withdrawal: what moves between a wallet and another bank. */
export interface BankOrderRow<Status extends string> {
  readonly id: bigint;
  readonly account_id: bigint;
  readonly wallet: bigint;
  readonly amount: bigint;
  readonly currency: number;
  readonly status: Status;
  readonly created_at: Date;
}

export function bankOrderOf<Status extends string>(row: BankOrderRow<Status>) {
  return {
    id: row.id,
    accountId: row.account_id,
    wallet: Number(row.wallet),
    amountMinor: row.amount,
    currency: row.currency,
    status: row.status,
    createdAt: row.created_at,
  };
}
