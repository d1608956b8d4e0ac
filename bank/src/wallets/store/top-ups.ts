import type { Db, Tx } from '../../db/index.ts';
import type { TopUp } from '../top-ups.ts';
import { bankOrderOf } from './bank-orders.ts';
import type { BankOrderRow } from './bank-orders.ts';

type TopUpRow = BankOrderRow<TopUp['status']>;

const TOP_UP = `select t.id, t.account_id, t.wallet, t.amount, t.currency, t.status, t.created_at
  from top_ups as t`;

/** Whatever was asked for this wallet before and not begun is over. */
export async function insertTopUp(
  tx: Tx,
  topUp: Pick<TopUp, 'accountId' | 'wallet' | 'amountMinor' | 'currency'> & {
    readonly rail: string;
    readonly at: Date;
  },
): Promise<bigint> {
  await tx.query(
    `update top_ups set status = 'expired', changed_at = $2 where wallet = $1 and status = 'asked'`,
    [topUp.wallet, topUp.at],
  );
  const { rows } = await tx.query<{ id: bigint }>(
    `insert into top_ups (account_id, wallet, amount, currency, rail, created_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $6)
     returning id`,
    [topUp.accountId, topUp.wallet, topUp.amountMinor, topUp.currency, topUp.rail, topUp.at],
  );
  if (rows[0] === undefined) throw new Error('A top-up got no number.');
  return rows[0].id;
}

/** What its owner asked for this wallet, and waits for a code. */
export async function readAsked(
  db: Db,
  own: { readonly accountId: bigint; readonly wallet: number },
): Promise<TopUp | undefined> {
  const { rows } = await db.query<TopUpRow>(
    `${TOP_UP} where t.account_id = $1 and t.wallet = $2 and t.status = 'asked'`,
    [own.accountId, own.wallet],
  );
  return rows.map(bankOrderOf)[0];
}

/** What the first request with this key brought. */
export async function readByKey(
  db: Db,
  accountId: bigint,
  key: string,
): Promise<TopUp | undefined> {
  const { rows } = await db.query<TopUpRow>(
    `${TOP_UP} where t.account_id = $1 and t.idempotency_key = $2`,
    [accountId, key],
  );
  return rows.map(bankOrderOf)[0];
}

/** True for exactly one of those that begin it. */
export async function beginTopUp(
  tx: Tx,
  id: bigint,
  { key, at }: { readonly key: string | undefined; readonly at: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update top_ups set status = 'ordered', idempotency_key = $2, changed_at = $3
     where id = $1 and status = 'asked'`,
    [id, key ?? null, at],
  );
  return rowCount === 1;
}

export async function rejectTopUp(tx: Tx, id: bigint, at: Date): Promise<void> {
  await tx.query(
    `update top_ups set status = 'rejected', changed_at = $2 where id = $1 and status = 'ordered'`,
    [id, at],
  );
}

/**
 * The top-up that this money pays, settled by this statement: ordered on this rail, for this
 * amount, by an account that is not closed. Undefined for any other money.
 */
export async function settleOrdered(
  tx: Tx,
  news: {
    readonly id: bigint;
    readonly rail: string;
    readonly reference: string;
    readonly amountMinor: bigint;
    readonly currency: number;
    readonly at: Date;
  },
): Promise<TopUp | undefined> {
  const { rows } = await tx.query<TopUpRow>(
    `update top_ups as t set status = 'settled', rail_reference = $3, changed_at = $6
     from accounts as a
     where t.id = $1 and t.rail = $2 and t.status = 'ordered' and t.amount = $4 and t.currency = $5
       and a.id = t.account_id and a.status <> 'closed'
       and not exists (
         select from top_ups as other where other.rail = $2 and other.rail_reference = $3
       )
     returning t.id, t.account_id, t.wallet, t.amount, t.currency, t.status, t.created_at`,
    [news.id, news.rail, news.reference, news.amountMinor, news.currency, news.at],
  );
  return rows.map(bankOrderOf)[0];
}
