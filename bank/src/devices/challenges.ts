import { randomBytes } from 'node:crypto';
import type { Db, Tx } from '../db/index.ts';
import { limits } from './limits.ts';
import { deleteExpiredChallenges, insertChallenge, useChallenge } from './store.ts';
import type { Purpose } from './store.ts';

export type ChallengeAnswer =
  | { readonly ok: true; readonly challenge: Uint8Array; readonly expiresAt: Date }
  | { readonly ok: false; readonly code: 'device/limit_reached' };

/** 32 random bytes that this account may sign once, for this purpose, within ten minutes. */
export async function createChallenge(
  db: Db,
  request: { readonly accountId: bigint; readonly purpose: Purpose; readonly now: Date },
): Promise<ChallengeAnswer> {
  const { accountId, purpose, now } = request;
  await deleteExpiredChallenges(db, accountId, now);
  const challenge = new Uint8Array(randomBytes(32));
  const expiresAt = new Date(now.getTime() + limits.challengeMs);
  const row = { challenge, accountId, purpose, at: now, expiresAt };
  if (!(await insertChallenge(db, row, limits.challengesOpen))) {
    return { ok: false, code: 'device/limit_reached' };
  }
  return { ok: true, challenge, expiresAt };
}

/**
 * Uses a challenge up: true once, for the account and purpose that it was made for, within its
 * time. In the caller's transaction, so that it is used exactly where its effect is.
 */
export async function consumeChallenge(
  tx: Tx,
  use: {
    readonly challenge: Uint8Array;
    readonly accountId: bigint;
    readonly purpose: Purpose;
    readonly now: Date;
  },
): Promise<boolean> {
  return useChallenge(tx, use);
}
