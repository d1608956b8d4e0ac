import { limits } from './limits.ts';
import type { Balances, CurrencyTotal, WalletBalance } from './report.ts';
import { rowsOf } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

interface MovedRow {
  readonly wallet: bigint;
  readonly kind: string;
  readonly currency: number;
  readonly moved_by: string | null;
  readonly minor: bigint | null;
}

interface TotalRow {
  readonly currency: number;
  readonly currentMinor: bigint;
  readonly offlineMinor: bigint;
  readonly reservedMinor: bigint;
  readonly bankMinor: bigint;
  readonly sumMinor: bigint;
  readonly settledMinor: bigint;
}

/** Every balance as its transfers add up, which the checks compared with evidence. */
export async function sumBalances(snapshot: Snapshot): Promise<Balances> {
  const [counted] = await snapshot.query<{ count: bigint }>(WALLET_COUNT);
  const totals = await snapshot.query<TotalRow>(TOTALS);
  return {
    wallets: await listWallets(snapshot),
    walletCount: Number(counted?.count ?? 0n),
    totals: totals satisfies readonly CurrencyTotal[],
  };
}

async function listWallets(snapshot: Snapshot): Promise<readonly WalletBalance[]> {
  const wallets = new Map<bigint, { row: MovedRow; moved: Map<string, bigint> }>();
  const values = [limits.walletsListed];
  for await (const row of rowsOf<MovedRow>(snapshot, MOVED, { values })) {
    const wallet = wallets.get(row.wallet) ?? { row, moved: new Map<string, bigint>() };
    wallets.set(row.wallet, wallet);
    if (row.moved_by !== null) wallet.moved.set(row.moved_by, row.minor ?? 0n);
  }
  return [...wallets.values()].map(({ row, moved }) => ({
    wallet: row.wallet,
    kind: row.kind,
    currency: row.currency,
    balanceMinor: [...moved.values()].reduce((sum, minor) => sum + minor, 0n),
    movedMinor: Object.fromEntries(moved),
  }));
}

const WALLET_COUNT = 'select count(*) as count from wallets';

const MOVED = `
  with listed as (
    select number, kind, currency, ledger_account from wallets order by number limit $1
  ), entries as (
    select debit_account as account, kind, -amount as amount from ledger_transfers
    where debit_account in (select ledger_account from listed)
    union all
    select credit_account, kind, amount from ledger_transfers
    where credit_account in (select ledger_account from listed)
  )
  select l.number as wallet, l.kind, l.currency, e.kind as moved_by, sum(e.amount) as minor
  from listed as l
  left join entries as e on e.account = l.ledger_account
  group by l.number, l.kind, l.currency, e.kind
  order by l.number, e.kind`;

const TOTALS = `
  with entries as (
    select debit_account as account, -amount as amount from ledger_transfers
    union all
    select credit_account, amount from ledger_transfers
  ), settled as (
    select currency, sum(amount) as minor
    from (
      select currency, amount from settled_payments
      union all
      select currency, amount from settled_key_payments
      union all
      select currency, amount from settled_orders
    ) as all_kinds
    group by currency
  )
  select a.currency,
    coalesce(sum(e.amount) filter (where a.kind = 'wallet_current'), 0) as "currentMinor",
    coalesce(sum(e.amount) filter (where a.kind = 'wallet_offline'), 0) as "offlineMinor",
    coalesce(sum(e.amount) filter (where a.kind = 'reservation'), 0) as "reservedMinor",
    coalesce(sum(e.amount) filter (
      where a.kind not in ('wallet_current', 'wallet_offline', 'reservation')
    ), 0) as "bankMinor",
    coalesce(sum(e.amount), 0) as "sumMinor",
    coalesce((select s.minor from settled as s where s.currency = a.currency), 0)
      as "settledMinor"
  from entries as e
  join ledger_accounts as a on a.id = e.account
  group by a.currency
  order by a.currency`;
