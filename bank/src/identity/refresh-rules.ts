import { timingSafeEqual } from 'node:crypto';
import { limits } from './limits.ts';
import type { PresentedToken } from './store/sessions.ts';

export type Judgement =
  /** As if nobody had it. */
  | 'invalid'
  /** Somebody else has it as well: the session ends. */
  | 'reused'
  /** Pending documents can be handed in, and nothing else. */
  | 'blocked'
  /** The next token can be derived from this one, so that a lost answer can be had again. */
  | 'derive'
  /** A token of its own, so that of two holders the second is seen. */
  | 'draw';

/**
 * What a presented refresh token is worth. In the precedence in which they are written: what
 * helps a thief least comes first.
 */
export function judgeRefresh(
  token: PresentedToken | undefined,
  by: {
    readonly fingerprint: Uint8Array | undefined;
    readonly proved: boolean;
    readonly now: Date;
  },
): Judgement {
  if (token === undefined || isOver(token, by.now)) return 'invalid';
  if (!isBound(token, by)) return 'invalid';
  if (token.childUsed || token.siblingUsed) return 'reused';
  // A device that can sign has not lost the answer by losing the network: it asks by signing.
  if (token.deviceNo !== undefined && token.usedAt !== undefined) return 'reused';
  if (token.status !== 'active') return 'blocked';
  return token.usedAt === undefined || isRecent(token.usedAt, by.now) ? 'derive' : 'draw';
}

function isOver(token: PresentedToken, now: Date): boolean {
  const ends = [token.expiresAt, token.sessionExpiresAt, token.absoluteUntil];
  return ends.some((end) => end.getTime() <= now.getTime());
}

function isBound(
  token: PresentedToken,
  by: { readonly fingerprint: Uint8Array | undefined; readonly proved: boolean },
): boolean {
  if (token.deviceNo !== undefined) return by.proved;
  const { fingerprint } = token;
  return (
    fingerprint !== undefined &&
    by.fingerprint !== undefined &&
    fingerprint.length === by.fingerprint.length &&
    timingSafeEqual(fingerprint, by.fingerprint)
  );
}

function isRecent(usedAt: Date, now: Date): boolean {
  return now.getTime() - usedAt.getTime() <= limits.refreshRepeatMs;
}
