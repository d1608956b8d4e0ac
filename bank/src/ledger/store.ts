import type { Db, Tx } from '../db/index.ts';
import type { AccountId, NewAccount } from './accounts.ts';
import type { Balance, Discrepancy } from './balances.ts';
import type { PastTransfer, TransferPage } from './history.ts';
import type { Refusal, Transfer } from './post.ts';

export async function openAccounts(
  tx: Tx,
  accounts: readonly NewAccount[],
  at: Date,
): Promise<readonly AccountId[]> {
  const { rows } = await tx.query<{ ids: readonly bigint[] }>(
    `select ledger_open($1::text[], $2::int[], $3::bigint[], $4) as ids`,
    [
      accounts.map(({ kind }) => kind),
      accounts.map(({ currency }) => currency),
      accounts.map(({ floorMinor }) => floorMinor),
      at,
    ],
  );
  return rows[0]?.ids ?? [];
}

/** Locks: balances in account id order, inside the function, last. */
export async function tryPost(
  tx: Tx,
  transfers: readonly Transfer[],
  at: Date,
): Promise<{ readonly ids: readonly bigint[]; readonly refused: Refusal | undefined }> {
  const { rows } = await tx.query<{ ids: readonly bigint[] | null; refused: Refusal | null }>(
    `select ids, refused
       from ledger_try_post(
         $1::bigint[], $2::bigint[], $3::bigint[], $4::int[], $5::text[], $6::bytea[], $7
       )`,
    [
      transfers.map(({ debit }) => debit),
      transfers.map(({ credit }) => credit),
      transfers.map(({ amountMinor }) => amountMinor),
      transfers.map(({ currency }) => currency),
      transfers.map(({ kind }) => kind),
      transfers.map(({ reference }) => reference),
      at,
    ],
  );
  return { ids: rows[0]?.ids ?? [], refused: rows[0]?.refused ?? undefined };
}

export async function close(
  db: Db,
  { until, afterMs }: { readonly until: Date; readonly afterMs: number },
): Promise<boolean> {
  const { rows } = await db.query<{ closed: boolean }>(
    `select ledger_close($1, $2 * interval '1 millisecond') as closed`,
    [until, afterMs],
  );
  return rows[0]?.closed === true;
}

interface BalanceRow {
  readonly account_id: bigint;
  readonly currency: number;
  readonly floor: bigint | null;
  readonly balance: bigint;
}

export async function readBalances(
  db: Db,
  accounts: readonly AccountId[],
): Promise<readonly Balance[]> {
  const { rows } = await db.query<BalanceRow>(
    `select account_id, currency, floor, balance
       from ledger_balances
      where account_id = any ($1::bigint[])`,
    [accounts],
  );
  return rows.map(balanceOf);
}

function balanceOf(row: BalanceRow): Balance {
  return {
    account: row.account_id,
    currency: row.currency,
    balanceMinor: row.balance,
    floorMinor: row.floor ?? undefined,
  };
}

export async function readSums(
  db: Db,
): Promise<readonly { readonly currency: number; readonly sum: bigint }[]> {
  const { rows } = await db.query<{ currency: number; sum: bigint }>(
    `select currency, sum from ledger_sum order by currency`,
  );
  return rows;
}

export async function readDiscrepancies(db: Db): Promise<readonly Discrepancy[]> {
  const { rows } = await db.query<{
    account_id: bigint;
    currency: number;
    balance: bigint;
    explained: bigint;
  }>(
    `select b.account_id, b.currency, b.balance, coalesce(e.explained, 0)::bigint as explained
       from ledger_balances as b
       left join (
         select account_id, sum(amount) as explained from ledger_entries group by account_id
       ) as e on e.account_id = b.account_id
      where b.balance <> coalesce(e.explained, 0)
      order by b.account_id`,
  );
  return rows.map((row) => ({
    account: row.account_id,
    currency: row.currency,
    balanceMinor: row.balance,
    explainedMinor: row.explained,
  }));
}

interface TransferRow {
  readonly id: bigint;
  readonly kind: string;
  readonly currency: number;
  readonly debit_account: bigint;
  readonly credit_account: bigint;
  readonly amount: bigint;
  readonly reference: Uint8Array | null;
  readonly at: Date;
}

/** Two index scans, each ordered and cut short, so that a long history costs what is shown. */
export async function readTransfersOf(
  db: Db,
  page: TransferPage & { readonly limit: number },
): Promise<readonly PastTransfer[]> {
  const { rows } = await db.query<TransferRow>(
    `select id, kind, currency, debit_account, credit_account, amount, reference, at
       from unnest($1::bigint[]) as asked (account)
      cross join lateral (
        (select id, kind, currency, debit_account, credit_account, amount, reference, at
           from ledger_transfers
          where debit_account = asked.account and (at, id) < ($2, $3) and kind <> 'settlement'
          order by at desc, id desc limit $4)
        union all
        (select id, kind, currency, debit_account, credit_account, amount, reference, at
           from ledger_transfers
          where credit_account = asked.account and (at, id) < ($2, $3) and kind <> 'settlement'
          order by at desc, id desc limit $4)
      ) as t
      group by id, kind, currency, debit_account, credit_account, amount, reference, at
      order by at desc, id desc
      limit $4`,
    [page.accounts, page.before?.at ?? 'infinity', page.before?.id ?? 0n, page.limit],
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    currency: row.currency,
    debit: row.debit_account,
    credit: row.credit_account,
    amountMinor: row.amount,
    reference: row.reference ?? undefined,
    at: row.at,
  }));
}
