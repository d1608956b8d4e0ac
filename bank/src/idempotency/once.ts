import { createHash } from 'node:crypto';
import type { Refused } from '../caller.ts';
import type { Tx } from '../db/index.ts';
import { claimKey, forgetKey, keepAnswer, readAnswer } from './store.ts';

/** What a handler answers when it has done something. The value must survive JSON. */
export interface Done {
  readonly ok: true;
  readonly status: number;
  readonly value: unknown;
}

export interface Ask {
  readonly accountId: bigint;
  /** The row's name in the table, whichever of its paths was called. */
  readonly route: string;
  /** From `Idempotency-Key`; without one nothing is remembered. */
  readonly key: string | undefined;
  /** What was asked for; another request under the same key is refused. */
  readonly request: Uint8Array;
  readonly at: Date;
}

/**
 * Runs `act` once per account, route and key, in the transaction of its effect, and gives whoever
 * repeats the request the first answer. A repeat that comes while the first is at work waits for
 * it. A refusal is not remembered: the same key may succeed later.
 *
 * Never for answers that hold secrets: they are stored as they are.
 */
export async function once<T extends Done>(
  tx: Tx,
  ask: Ask,
  act: () => Promise<T | Refused>,
): Promise<T | Refused> {
  const { key } = ask;
  if (key === undefined) return act();
  const place = { accountId: ask.accountId, route: ask.route, key };
  const sha256 = createHash('sha256').update(ask.request).digest();
  if (!(await claimKey(tx, place, { sha256, at: ask.at }))) {
    const first = await readAnswer(tx, place);
    if (first !== undefined && sha256.equals(first.sha256)) {
      return { ok: true, status: first.status, value: first.value } as T;
    }
    const detail = 'This key was used for another request.';
    return { ok: false, code: 'idempotency/key_reused', detail };
  }
  const answer = await act();
  if (answer.ok) await keepAnswer(tx, place, answer);
  else await forgetKey(tx, place);
  return answer;
}
