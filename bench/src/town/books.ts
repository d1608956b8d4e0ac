import type { Say } from '../progress.ts';
import type { Owner } from './store.ts';
import { countSettled, ledgerSums } from './store.ts';

/** No figure is worth anything where money was made or lost on the way: throws. */
export async function checkBooks(owner: Owner, answered: number, say: Say): Promise<void> {
  const sums = await ledgerSums(owner);
  const stored = await countSettled(owner);
  say(`ledger_sum = ${sums.join(', ')}; settled: ${stored} stored, ${answered} answered.`);
  if (sums.some((sum) => sum !== '0') || stored !== answered) {
    throw new Error('The books do not balance.');
  }
}
