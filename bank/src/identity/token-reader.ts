import { fromBase64url, ROLES, TOKEN } from '@sikka/api';
import type { Role } from '@sikka/api';
import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyResult } from 'jose';
import { limits } from './limits.ts';
import type { TokenKey } from './token-key.ts';

export interface ReadToken {
  readonly ok: true;
  readonly account: string;
  readonly roles: ReadonlySet<Role>;
  /** Base64url of 16 bytes. */
  readonly sid: string | undefined;
  readonly handInOnly: boolean;
  readonly notBefore: number;
  readonly expires: number;
}

export interface TokenRefused {
  readonly ok: false;
  readonly code:
    'auth/token_missing' | 'auth/token_invalid' | 'auth/token_expired' | 'auth/session_ended';
  readonly detail: string;
}

/** Which check failed helps only who is guessing. */
export const tokenInvalid = {
  ok: false,
  code: 'auth/token_invalid',
  detail: 'The token is not one of this bank’s.',
} as const;

const tokenExpired = {
  ok: false,
  code: 'auth/token_expired',
  detail: 'The token has expired.',
} as const;

/**
 * Verifies bearer tokens and remembers the newest that did, so that the requests of a session pay
 * for one signature. Nothing but the signature is remembered: times are looked at again each time.
 */
export function createTokenReader(
  key: TokenKey,
): (token: string, now: Date) => Promise<ReadToken | TokenRefused> {
  const known = new Map<string, ReadToken>();
  return async (token, now) => {
    const before = known.get(token);
    if (before !== undefined) return judgeTimes(before, now);
    const read = await verify(token, key, now);
    if (read.ok) {
      // A Map keeps the order of insertion: the first is the oldest.
      const oldest = known.size >= limits.tokensRemembered ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      known.set(token, read);
    }
    return read;
  };
}

function judgeTimes(token: ReadToken, now: Date): ReadToken | TokenRefused {
  const seconds = Math.floor(now.getTime() / 1000);
  if (token.notBefore > seconds + TOKEN.clockSkewSeconds) return tokenInvalid;
  return token.expires <= seconds - TOKEN.clockSkewSeconds ? tokenExpired : token;
}

async function verify(token: string, key: TokenKey, now: Date): Promise<ReadToken | TokenRefused> {
  try {
    return read(
      await jwtVerify(token, key, {
        algorithms: [TOKEN.algorithm],
        typ: TOKEN.type,
        issuer: TOKEN.issuer,
        audience: TOKEN.audience,
        requiredClaims: ['sub', 'iat', 'nbf', 'exp', 'jti', 'roles'],
        clockTolerance: TOKEN.clockSkewSeconds,
        currentDate: now,
      }),
    );
  } catch (error) {
    if (error instanceof errors.JWTExpired) return tokenExpired;
    if (error instanceof errors.JOSEError) return tokenInvalid;
    throw error;
  }
}

function read({ payload, protectedHeader }: JWTVerifyResult): ReadToken | TokenRefused {
  // A key, a key id or an address in the header is an attack on whoever would heed it.
  if (Object.keys(protectedHeader).some((name) => name !== 'alg' && name !== 'typ')) {
    return tokenInvalid;
  }
  const { sub, jti, iat, exp, nbf, sid, use } = payload;
  const roles = rolesOf(payload);
  if (sub === undefined || iat === undefined || exp === undefined || nbf === undefined) {
    return tokenInvalid;
  }
  if (typeof jti !== 'string' || jti.length < 16 || roles === undefined) return tokenInvalid;
  if (exp - iat > limits.tokenLifetimeSeconds) return tokenInvalid;
  if (!isSessionId(sid) || (use !== undefined && use !== 'hand_in')) return tokenInvalid;
  const handInOnly = use === 'hand_in';
  return { ok: true, account: sub, roles, sid, handInOnly, notBefore: nbf, expires: exp };
}

function isSessionId(sid: unknown): sid is string | undefined {
  return sid === undefined || (typeof sid === 'string' && fromBase64url(sid)?.length === 16);
}

function rolesOf(payload: JWTPayload): ReadonlySet<Role> | undefined {
  const given = payload['roles'];
  if (!Array.isArray(given)) return undefined;
  return new Set(ROLES.filter((role) => given.includes(role)));
}
