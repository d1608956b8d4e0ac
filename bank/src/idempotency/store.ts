import type { Tx } from '../db/index.ts';

interface Place {
  readonly accountId: bigint;
  readonly route: string;
  readonly key: string;
}

/** False where the key was used; waits for a transaction that is using it. */
export async function claimKey(
  tx: Tx,
  place: Place,
  request: { readonly sha256: Uint8Array; readonly at: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into idempotency_keys (account_id, route, key, request_sha256, at)
     values ($1, $2, $3, $4, $5)
     on conflict (account_id, route, key) do nothing`,
    [place.accountId, place.route, place.key, request.sha256, request.at],
  );
  return rowCount === 1;
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

export async function forgetKey(tx: Tx, place: Place): Promise<void> {
  await tx.query(`delete from idempotency_keys where account_id = $1 and route = $2 and key = $3`, [
    place.accountId,
    place.route,
    place.key,
  ]);
}
