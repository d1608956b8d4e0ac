import { fromBase64url, LIMITS } from '@sikka/api';
import type { Role } from '@sikka/api';
import type { Caller, CallerSession } from '../caller.ts';
import { gather } from '../db/index.ts';
import type { Db } from '../db/index.ts';
import { limits } from './limits.ts';
import { readCallers } from './store/callers.ts';
import type { CallerAsked, CallerRecord } from './store/callers.ts';
import type { TokenKey } from './token-key.ts';
import { createTokenReader, tokenInvalid } from './token-reader.ts';
import type { TokenRefused } from './token-reader.ts';

export type Authenticated =
  | {
      readonly ok: true;
      readonly caller: Caller;
      readonly statusReason: string | undefined;
      /** The token is for handing in what is pending, and for nothing else. */
      readonly handInOnly: boolean;
    }
  | TokenRefused;

/** Says who sent an `Authorization` header, or why that cannot be said. */
export interface Authenticator {
  authenticate(header: string | undefined, now: Date): Promise<Authenticated>;
}

/**
 * Bearer tokens as @sikka/api's `TOKEN` says. A signature proves that the bank made the token;
 * what the account may do, and whether its session is live, is read from the bank's own record on
 * every request, so a lost role, a freeze or a logout works at once. A token may name fewer roles
 * than the account has, never more.
 */
export function createAuthenticator(deps: {
  readonly db: Db;
  readonly key: TokenKey;
}): Authenticator {
  const readToken = createTokenReader(deps.key);
  // Read after each request has come, for all that have come: none is judged by an older record.
  const readCaller = gather<CallerAsked, CallerRecord | undefined>({
    answer: (asked) => readCallers(deps.db, asked),
    most: limits.callersTogether,
    atOnce: limits.callerReadsAtOnce,
  });
  return {
    async authenticate(header, now) {
      if (header === undefined || header === '') {
        const detail = 'This route needs a bearer token.';
        return { ok: false, code: 'auth/token_missing', detail };
      }
      const token = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(header)?.[1];
      if (token === undefined || token.length > LIMITS.tokenCharacters) {
        const detail = 'The Authorization header holds no bearer token.';
        return { ok: false, code: 'auth/token_invalid', detail };
      }
      const read = await readToken(token, now);
      if (!read.ok) return read;
      const { account, sid, handInOnly } = read;
      const id = sid === undefined ? undefined : fromBase64url(sid);
      const record = await readCaller({ publicId: account, session: id });
      if (record === undefined) return tokenInvalid;
      const session = id === undefined ? undefined : sessionOf(id, record, now);
      if (id !== undefined && session === undefined) return sessionEnded;
      const caller = callerOf({ account, record, session, roles: read.roles });
      return { ok: true, statusReason: record.statusReason, handInOnly, caller };
    },
  };
}

const sessionEnded = {
  ok: false,
  code: 'auth/session_ended',
  detail: 'The session of this token has ended.',
} as const;

/** Undefined where it is over, another account's, or of a device that was revoked. */
function sessionOf(
  id: Uint8Array,
  { session }: CallerRecord,
  now: Date,
): CallerSession | undefined {
  if (session === undefined || session.endedAt !== undefined || !session.deviceActive) {
    return undefined;
  }
  const over = [session.expiresAt, session.absoluteUntil].some((end) => end <= now);
  if (over) return undefined;
  const { steppedUpAt, deviceNo, fingerprint } = session;
  return {
    id,
    ...(steppedUpAt === undefined ? {} : { steppedUpAt }),
    ...(deviceNo === undefined ? {} : { deviceNo }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}

function callerOf(from: {
  readonly account: string;
  readonly record: CallerRecord;
  readonly session: CallerSession | undefined;
  readonly roles: ReadonlySet<Role>;
}): Caller {
  const { account, record, session, roles } = from;
  return {
    accountId: record.accountId,
    account,
    roles: new Set(record.roles.filter((role) => roles.has(role))),
    status: record.status,
    ...(session === undefined ? {} : { session }),
  };
}
