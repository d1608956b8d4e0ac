import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { KeysError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { KeyVault } from '../vault.ts';
import type { SealedRow, SealedRows } from './sealed-rows.ts';
import { countOthers, putSealed, takeOthers } from './store.ts';

export interface ResealDeps {
  /** As the owner of the tables: the bank itself may not change all of these columns. */
  readonly pool: Pool;
  /** Opens what is there, and seals under its newest key. */
  readonly vault: KeyVault;
  readonly report: (rows: SealedRows, progress: ResealProgress) => void;
}

export interface ResealProgress {
  readonly done: number;
  /** Rows that were sealed otherwise when this began. */
  readonly of: number;
}

export interface Resealed {
  readonly resealed: number;
  /** Changed since they were sealed, or in another row: they are left as they are. */
  readonly damaged: number;
}

/**
 * Seals anew every row of a table that the vault's newest key has not sealed. Batches are
 * transactions of their own: killed anywhere, it goes on where it was. Rows that appear meanwhile
 * are found too; a bank that still seals under an old key has to be restarted first.
 *
 * Throws the vault's errors, but for a damaged row, which is counted.
 */
export async function resealRows(deps: ResealDeps, rows: SealedRows): Promise<Resealed> {
  const of = await countOthers(deps.pool, rows, deps.vault.header);
  let resealed = 0;
  let damaged = 0;
  let after: unknown;
  for (;;) {
    const batch = await inTransaction(deps.pool, (tx) => resealBatch(tx, deps, { rows, after }));
    resealed += batch.resealed;
    damaged += batch.damaged;
    if (batch.last === undefined) return { resealed, damaged };
    after = batch.last;
    deps.report(rows, { done: resealed + damaged, of });
  }
}

async function resealBatch(
  tx: Tx,
  { vault }: ResealDeps,
  { rows, after }: { readonly rows: SealedRows; readonly after: unknown },
): Promise<Resealed & { readonly last: unknown }> {
  const ask = { header: vault.header, after, most: limits.resealedAtOnce };
  const taken = await takeOthers(tx, rows, ask);
  let damaged = 0;
  for (const row of taken) {
    const sealed = await sealAnew(vault, rows.contextOf(row), row);
    if (sealed === undefined) damaged += 1;
    else await putSealed(tx, rows, { key: row.key, sealed, vault: vault.name });
  }
  return { resealed: taken.length - damaged, damaged, last: taken.at(-1)?.key };
}

async function sealAnew(
  vault: KeyVault,
  context: string,
  { sealed }: SealedRow,
): Promise<Uint8Array | undefined> {
  try {
    const plaintext = await vault.open(sealed, context);
    try {
      return await vault.seal(plaintext, context);
    } finally {
      plaintext.fill(0);
    }
  } catch (error) {
    if (error instanceof KeysError && error.code === 'keys/sealed_damaged') return undefined;
    throw error;
  }
}
