import type { AccountKind } from '../../ledger/index.ts';
import type { Db, Tx } from '../../db/index.ts';
import type { Period } from './period.ts';
import type { Sums } from './statement.ts';

export interface WalletAccount {
  readonly number: bigint;
  readonly ledgerAccount: bigint;
  readonly currency: number;
}

/** Undefined where it is nobody's, and where it is somebody else's. */
export async function readWalletAccount(
  db: Db,
  { number, accountId }: { readonly number: string; readonly accountId: bigint },
): Promise<WalletAccount | undefined> {
  const { rows } = await db.query<WalletAccount>(
    `select number, ledger_account as "ledgerAccount", currency
      from wallets where number = $1 and account_id = $2`,
    [number, accountId],
  );
  return rows[0];
}

/**
 * Everything that moved on a wallet since a moment, each part by an index of its own. A settlement
 * debits a wallet only for a payment by its key, so that side is read from those: a wallet's own,
 * one by one, since an index of all settlements by debit would be paid for by every settlement.
 * $1 ledger account, $2 wallet, $3 from.
 */
const MOVES = `
  select 'L' as source, id as no, at, kind, -amount as amount, null::bigint as other,
      null::bigint as wallet, reference
    from ledger_transfers
    where debit_account = $1 and kind <> 'settlement' and at >= $3
  union all
  select 'L', id, at, kind, amount, null, null, reference
    from ledger_transfers
    where credit_account = $1 and kind <> 'settlement' and at >= $3
  union all
  select 'L', id, at, kind, amount, debit_account, null, reference
    from ledger_transfers
    where credit_account = $1 and kind = 'settlement' and at >= $3
  union all
  select 'K', s.key_payment, s.settled_at, 'settlement', -s.amount, null, s.payee_wallet,
      s.payment_id
    from key_payments as k cross join lateral (
      select key_payment, settled_at, amount, payee_wallet, payment_id
        from settled_key_payments where key_payment = k.id limit 1
    ) as s
    where k.payer_wallet = $2 and s.settled_at >= $3`;

export async function readSums(tx: Tx, wallet: WalletAccount, on: Period): Promise<Sums> {
  const { rows } = await tx.query<{
    entries: bigint;
    inside: string;
    after: string;
    balance: bigint;
  }>(
    `select count(*) filter (where at < $4) as entries,
        coalesce(sum(amount) filter (where at < $4), 0)::text as inside,
        coalesce(sum(amount) filter (where at >= $4), 0)::text as after,
        (select balance from ledger_balances where account_id = $1) as balance
      from (${MOVES}) as moved`,
    [wallet.ledgerAccount, wallet.number, on.from, on.until],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('A sum without a row.');
  const { entries, inside, after, balance } = row;
  return {
    balanceMinor: balance,
    entries: Number(entries),
    insideMinor: BigInt(inside),
    afterMinor: BigInt(after),
  };
}

export interface Move {
  /** `L`: a transfer of the ledger; `K`: a payment by a wallet's key. */
  readonly source: 'L' | 'K';
  readonly no: bigint;
  readonly at: Date;
  readonly kind: string;
  readonly amount: bigint;
  /** The account that a settlement debits. */
  readonly other: bigint | null;
  /** Whom a payment by this wallet's key paid. */
  readonly wallet: bigint | null;
  readonly reference: Buffer | null;
}

/** In order of time. */
export async function readMoves(
  tx: Tx,
  wallet: WalletAccount,
  on: Period,
): Promise<readonly Move[]> {
  const { rows } = await tx.query<Move>(
    `select source, no, at, kind, amount, other, wallet, reference
      from (${MOVES}) as moved
      where at < $4
      order by at, no`,
    [wallet.ledgerAccount, wallet.number, on.from, on.until],
  );
  return rows;
}

/** The wallets among some accounts of the ledger, by account. */
export async function readWalletsOf(
  tx: Tx,
  accounts: readonly bigint[],
): Promise<ReadonlyMap<bigint, bigint>> {
  const { rows } = await tx.query<{ account: bigint; number: bigint }>(
    `select ledger_account as account, number from wallets
      where ledger_account = any ($1::bigint[])`,
    [accounts],
  );
  return new Map(rows.map(({ account, number }) => [account, number]));
}

export interface TransferWords {
  readonly id: bigint;
  readonly from: bigint;
  readonly to: bigint;
  /** As the payer wrote it. */
  readonly reference: string | null;
}

export async function readTransferWords(
  tx: Tx,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, TransferWords>> {
  const { rows } = await tx.query<TransferWords>(
    `select id, from_wallet as "from", to_wallet as "to", reference from wallet_transfers
      where id = any ($1::bigint[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Transactions that have written transfers and not committed, whoever's they are. */
export async function readWriters(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ writer: string }>(
    `select distinct l.virtualtransaction as writer
      from pg_locks as l join pg_database as d on d.oid = l.database
      where l.locktype = 'relation' and l.relation = 'ledger_transfers'::regclass
        and l.mode = 'RowExclusiveLock' and l.granted and d.datname = current_database()`,
  );
  return rows.map(({ writer }) => writer);
}

export interface ClassBalance {
  readonly kind: AccountKind;
  readonly currency: number;
  /** Minor units, as text: a sum. */
  readonly balance: string;
}

export async function readClassBalances(tx: Tx): Promise<readonly ClassBalance[]> {
  const { rows } = await tx.query<ClassBalance>(
    `select a.kind, b.currency, sum(b.balance)::text as balance
      from ledger_balances as b join ledger_accounts as a on a.id = b.account_id
      group by a.kind, b.currency`,
  );
  return rows;
}

export interface Flow {
  /** `2026-11-21`, UTC; null for all that is after the period. */
  readonly day: string | null;
  readonly kind: string;
  readonly debit: AccountKind;
  readonly credit: AccountKind;
  readonly currency: number;
  readonly transfers: bigint;
  /** Minor units, as text: a sum. */
  readonly amount: string;
}

/** What went from each kind of account to each other one. */
export async function readFlows(tx: Tx, on: Period): Promise<readonly Flow[]> {
  const { rows } = await tx.query<Flow>(
    `select case when t.at < $2 then (t.at at time zone 'UTC')::date end as day,
        t.kind, d.kind as debit, c.kind as credit, t.currency, count(*) as transfers,
        sum(t.amount)::text as amount
      from ledger_transfers as t
        join ledger_accounts as d on d.id = t.debit_account
        join ledger_accounts as c on c.id = t.credit_account
      where t.at >= $1
      group by 1, 2, 3, 4, 5
      order by 1, 2, 3, 4, 5`,
    [on.from, on.until],
  );
  return rows;
}
