import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { compareBigints, sideBySide } from '../side-by-side.ts';
import { rowsOf } from '../snapshot.ts';

interface AccountRow {
  readonly id: bigint;
  readonly kind: string;
  readonly currency: number;
  readonly balance_currency: number | null;
  readonly floor: bigint | null;
  readonly balance: bigint | null;
  readonly owners: bigint;
}

interface SumRow {
  readonly account_id: bigint;
  readonly sum: bigint;
  readonly lowest_currency: number;
  readonly highest_currency: number;
}

/**
 * Each balance is the sum of its account's transfers, all in the account's currency, and not below
 * the floor that accounts of its kind have; the sum over each currency is zero. Money lies only
 * in accounts that somebody owns.
 */
export async function auditBalances({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('balances');
  const sums = new Map<number, bigint>();
  const add = ({ currency, balance }: AccountRow) => {
    sums.set(currency, (sums.get(currency) ?? 0n) + (balance ?? 0n));
  };
  await sideBySide({
    left: rowsOf<AccountRow>(snapshot, ACCOUNTS),
    right: rowsOf<SumRow>(snapshot, SUMS),
    compare: (account, sum) => compareBigints(account.id, sum.account_id),
    both: (account, sum) => {
      auditAccount(page, account, sum);
      add(account);
    },
    onlyLeft: (account) => {
      auditAccount(page, account, undefined);
      add(account);
    },
    onlyRight: ({ account_id, sum }) => {
      const what = 'transfers of an account that is not there';
      const key = { id: account_id };
      page.wrong({ table: 'ledger_accounts', key, what, expected: 'an account', found: sum });
    },
  });
  for await (const { account_id, balance } of rowsOf<Stray>(snapshot, STRAY_BALANCES)) {
    const what = 'a balance of an account that is not there';
    const key = { account_id };
    page.wrong({ table: 'ledger_balances', key, what, expected: undefined, found: balance });
  }
  for (const [currency, sum] of sums) {
    const what = 'the sum over all balances is not zero';
    page.same({ table: 'ledger_balances', key: { currency }, what, expected: 0n, found: sum });
  }
}

function auditAccount(page: Page, account: AccountRow, sum: SumRow | undefined): void {
  page.saw();
  const { id, kind, currency, balance, floor } = account;
  const where = { table: 'ledger_balances', key: { account_id: id } };
  const expected = sum?.sum ?? 0n;
  const isSum = compareColumns(page, where, [
    ['currency', currency, account.balance_currency],
    ['balance', expected, balance],
    ['floor', floorOf(account), floor],
    ["the transfers' currency", currency, sum?.lowest_currency ?? currency],
    ["the transfers' currency", currency, sum?.highest_currency ?? currency],
  ]);
  if (!isSum || balance === null) return;
  if (floor !== null && balance < floor) {
    page.wrong({ ...where, what: 'it is below its floor', expected: floor, found: balance });
  }
  if (account.owners !== 1n && !(account.owners === 0n && balance === 0n)) {
    const what = `a ${kind} account that nobody owns, or more than one`;
    page.wrong({ ...where, what, expected: 1, found: account.owners });
  }
}

/** Customers' money never goes below nothing; only the bank's cash has no floor. */
function floorOf({ kind, floor }: AccountRow): bigint | null {
  if (kind === 'bank_cash') return null;
  if (kind === 'credit_line') return floor ?? 0n;
  return 0n;
}

interface Stray {
  readonly account_id: bigint;
  readonly balance: bigint;
}

const ACCOUNTS = `
  select a.id, a.kind, a.currency, b.currency as balance_currency, b.floor, b.balance,
    (select count(*) from wallets as w where w.ledger_account = a.id)
      + (select count(*) from allowances as r where r.ledger_account = a.id)
      + (select count(*) from house_accounts as h where h.ledger_account = a.id)
      + (select count(*) from limit_wallets as l where l.ledger_account = a.id)
      + (select count(*) from tenant_floats as f where f.ledger_account = a.id) as owners
  from ledger_accounts as a
  left join ledger_balances as b on b.account_id = a.id
  order by a.id`;

const SUMS = `
  select account_id, sum(amount) as sum, min(currency) as lowest_currency,
    max(currency) as highest_currency
  from (
    select debit_account as account_id, currency, -amount as amount from ledger_transfers
    union all
    select credit_account, currency, amount from ledger_transfers
  ) as entries
  group by account_id
  order by account_id`;

const STRAY_BALANCES = `
  select b.account_id, b.balance
  from ledger_balances as b
  where not exists (select from ledger_accounts as a where a.id = b.account_id)
  order by b.account_id`;
