import { LIMITS, ROLES, TOKEN } from '@sikka/api';
import type { Role } from '@sikka/api';
import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyResult } from 'jose';
import type { Caller } from '../caller.ts';
import type { Db } from '../db/index.ts';
import { limits } from './limits.ts';
import { readByPublicId } from './store.ts';
import type { TokenKey } from './token-key.ts';

export type Authenticated =
  | { readonly ok: true; readonly caller: Caller; readonly statusReason: string | undefined }
  | {
      readonly ok: false;
      readonly code: 'auth/token_missing' | 'auth/token_invalid' | 'auth/token_expired';
      readonly detail: string;
    };

/** Says who sent an `Authorization` header, or why that cannot be said. */
export interface Authenticator {
  authenticate(header: string | undefined, now: Date): Promise<Authenticated>;
}

/**
 * Bearer tokens as @sikka/api's `TOKEN` says. A signature proves that the bank made the token;
 * what the account may do is read from the bank's own record on every request, so a lost role or
 * a freeze works at once. A token may name fewer roles than the account has, never more.
 */
export function createAuthenticator(deps: {
  readonly db: Db;
  readonly key: TokenKey;
}): Authenticator {
  return {
    async authenticate(header, now) {
      if (header === undefined || header === '') {
        return no('auth/token_missing', 'This route needs a bearer token.');
      }
      const token = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(header)?.[1];
      if (token === undefined || token.length > LIMITS.tokenCharacters) {
        return no('auth/token_invalid', 'The Authorization header holds no bearer token.');
      }
      const verified = await verify(token, deps.key, now);
      if (!verified.ok) return verified;
      const account = await readByPublicId(deps.db, verified.account);
      if (account === undefined) return no('auth/token_invalid', 'The token names no account.');
      const roles = account.roles.filter((role) => verified.roles.has(role));
      return {
        ok: true,
        statusReason: account.statusReason,
        caller: {
          accountId: account.id,
          account: account.publicId,
          roles: new Set(roles),
          status: account.status,
        },
      };
    },
  };
}

type Verified =
  | { readonly ok: true; readonly account: string; readonly roles: ReadonlySet<Role> }
  | Extract<Authenticated, { ok: false }>;

async function verify(token: string, key: TokenKey, now: Date): Promise<Verified> {
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
    if (error instanceof errors.JWTExpired) {
      return no('auth/token_expired', 'The token has expired.');
    }
    // Which check failed helps only who is guessing.
    if (error instanceof errors.JOSEError) return invalid;
    throw error;
  }
}

function read({ payload, protectedHeader }: JWTVerifyResult): Verified {
  // A key, a key id or an address in the header is an attack on whoever would heed it.
  if (Object.keys(protectedHeader).some((name) => name !== 'alg' && name !== 'typ')) return invalid;
  const { sub, jti, iat, exp } = payload;
  const roles = rolesOf(payload);
  if (sub === undefined || iat === undefined || exp === undefined) return invalid;
  if (typeof jti !== 'string' || jti.length < 16 || roles === undefined) return invalid;
  if (exp - iat > limits.tokenLifetimeSeconds) return invalid;
  return { ok: true, account: sub, roles };
}

function rolesOf(payload: JWTPayload): ReadonlySet<Role> | undefined {
  const given = payload['roles'];
  if (!Array.isArray(given)) return undefined;
  return new Set(ROLES.filter((role) => given.includes(role)));
}

const invalid = no('auth/token_invalid', 'The token is not one of this bank’s.');

function no(
  code: Extract<Authenticated, { ok: false }>['code'],
  detail: string,
): Extract<Authenticated, { ok: false }> {
  return { ok: false, code, detail };
}
