import { currencyOf } from '@sikka/protocol';
import type { Handler } from '../caller.ts';
import type { Pool } from '../db/index.ts';
import { ledgerSums } from '../ledger/index.ts';

/** The sum over all accounts by currency, for operators: zero, whatever happens. */
export function ledgerSumRoute(pool: Pool): Handler<'getLedgerSum'> {
  return async () => {
    const sums = [...(await ledgerSums(pool))].map(([currency, sum]) => ({
      currency: currencyOf(currency)?.alpha ?? String(currency),
      sum: String(sum),
    }));
    return { ok: true, status: 200, value: { sums } };
  };
}
