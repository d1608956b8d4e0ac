import type { TestDatabase } from './index.ts';

/** Whatever has a database. */
type Money = Pick<TestDatabase, 'ownerPool'>;

interface BalanceRow {
  readonly account: bigint;
  readonly balance: bigint;
}

/** Every balance and the sum of each currency: equal before and after whatever moves no money. */
export async function allMoney({ ownerPool }: Money) {
  const { rows: balances } = await ownerPool.query<BalanceRow>(
    'select account_id as account, balance from ledger_balances order by account_id',
  );
  const { rows: sums } = await ownerPool.query<{ currency: number; sum: bigint }>(
    'select currency, sum from ledger_sum order by currency',
  );
  return { balances, sums };
}

/** Runs an act and throws where any balance is another one afterwards. */
export async function unmoved<T>(db: Money, act: () => Promise<T>): Promise<T> {
  const before = await allMoney(db);
  const value = await act();
  const after = await allMoney(db);
  for (const [index, { account, balance }] of after.balances.entries()) {
    const was = before.balances[index];
    if (was?.account !== account || was.balance !== balance) {
      throw new Error(`Account ${account} had ${was?.balance ?? 'nothing'} and has ${balance}.`);
    }
  }
  if (before.balances.length !== after.balances.length) throw new Error('Accounts went away.');
  return value;
}
