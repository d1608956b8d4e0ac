import { createHash } from 'node:crypto';
import type { Refused } from '../caller.ts';
import type { Tx } from '../db/index.ts';
import { begin, claimKey, keepAnswer, readAnswer, undo } from './store.ts';
import type { FirstAnswer } from './store.ts';

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
 * it, at most `limits.waitMs`. A refusal undoes whatever `act` did, and the key may be used again.
 *
 * Not for answers that hold secrets or personal data: they are stored as they are. Nothing slow
 * belongs into `act`: whoever repeats waits with a connection in hand.
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
  await begin(tx);
  const claimed = await claimKey(tx, place, { sha256, at: ask.at });
  if (claimed === 'in_use') {
    await undo(tx);
    const detail = 'The same request is being carried out; ask again for its answer.';
    return { ok: false, code: 'idempotency/in_progress', detail };
  }
  if (claimed === 'used') return repeat<T>(await readAnswer(tx, place), sha256);
  const answer = await act();
  if (answer.ok) await keepAnswer(tx, place, answer);
  else await undo(tx);
  return answer;
}

function repeat<T extends Done>(first: FirstAnswer | undefined, sha256: Buffer): T | Refused {
  if (first !== undefined && sha256.equals(first.sha256)) {
    // What `act` answered then.
    return { ok: true, status: first.status, value: first.value } as T;
  }
  const detail = 'This key was used for another request.';
  return { ok: false, code: 'idempotency/key_reused', detail };
}
