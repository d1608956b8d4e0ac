import { record } from './audit/index.ts';
import { inTransaction } from './db/index.ts';
import { resealRows } from './keys/index.ts';
import type { ResealDeps, Resealed } from './keys/index.ts';
import { sealedRowsOf } from './sealed-rows.ts';

/**
 * Seals every row of every table anew that the vault's newest key has not sealed, and writes into
 * the audit chain that it did. A second run finds nothing to do. Throws the vault's errors.
 */
export async function resealAll(
  deps: ResealDeps & { readonly bank: string; readonly now: Date },
): Promise<Resealed> {
  const { pool, vault, bank, now } = deps;
  let resealed = 0;
  let damaged = 0;
  for (const rows of sealedRowsOf(bank)) {
    const done = await resealRows(deps, rows);
    resealed += done.resealed;
    damaged += done.damaged;
  }
  if (resealed + damaged > 0) {
    const outcome = damaged === 0 ? 'ok' : 'damaged_rows';
    const subject = `vault:${vault.name}`;
    const event = { actor: 'system', action: 'keys.resealed', subject, outcome };
    const details = { rows: resealed, damaged };
    await inTransaction(pool, (tx) => record(tx, [{ ...event, details }], now));
  }
  return { resealed, damaged };
}
