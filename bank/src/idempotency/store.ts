import type { Tx } from '../db/index.ts';
import { limits } from './limits.ts';

interface Place {
  readonly accountId: bigint;
  readonly route: string;
  readonly key: string;
}

/** From here on `undo` takes back what was done in the transaction. */
export async function begin(tx: Tx): Promise<void> {
  await tx.query(`savepoint idempotent`);
}

export async function undo(tx: Tx): Promise<void> {
  await tx.query(`rollback to savepoint idempotent`);
}

/** lock_not_available. */
const LOCK_TIMEOUT = '55P03';

/** Waits for a transaction that is using the key, at most `limits.waitMs`. */
export async function claimKey(
  tx: Tx,
  place: Place,
  request: { readonly sha256: Uint8Array; readonly at: Date },
): Promise<'claimed' | 'used' | 'in_use'> {
  await tx.query(`set local lock_timeout = ${limits.waitMs}`);
  try {
    const { rowCount } = await tx.query(
      `insert into idempotency_keys (account_id, route, key, request_sha256, at)
       values ($1, $2, $3, $4, $5)
       on conflict (account_id, route, key) do nothing`,
      [place.accountId, place.route, place.key, request.sha256, request.at],
    );
    await tx.query(`set local lock_timeout to default`);
    return rowCount === 1 ? 'claimed' : 'used';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === LOCK_TIMEOUT) return 'in_use';
    throw error;
  }
}

export interface FirstAnswer {
  readonly sha256: Uint8Array;
  readonly status: number;
  readonly value: unknown;
}

export async function readAnswer(tx: Tx, place: Place): Promise<FirstAnswer | undefined> {
  const { rows } = await tx.query<FirstAnswer>(
    `select request_sha256 as sha256, status, answer as value
       from idempotency_keys
      where account_id = $1 and route = $2 and key = $3`,
    [place.accountId, place.route, place.key],
  );
  return rows[0];
}

export async function keepAnswer(
  tx: Tx,
  place: Place,
  answer: { readonly status: number; readonly value: unknown },
): Promise<void> {
  await tx.query(
    `update idempotency_keys set status = $4, answer = $5
      where account_id = $1 and route = $2 and key = $3`,
    [place.accountId, place.route, place.key, answer.status, JSON.stringify(answer.value ?? null)],
  );
}

/** Takes away all that is kept for an account, when it is erased. */
export async function forgetKeys(tx: Tx, accountId: bigint): Promise<void> {
  await tx.query(`delete from idempotency_keys where account_id = $1`, [accountId]);
}
