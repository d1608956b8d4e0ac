import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { fromBase64url } from '@sikka/api';
import { record } from '../audit/index.ts';
import type { Refused } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Db, Pool, Tx } from '../db/index.ts';
import { accountById } from './accounts.ts';
import type { AccountRecord } from './accounts.ts';
import { blockedRefusal } from './blocked.ts';
import type { DeviceProof, DeviceProofs } from './device-proofs.ts';
import { limits } from './limits.ts';
import type { Notices } from './notices.ts';
import { judgeRefresh } from './refresh-rules.ts';
import type { Judgement } from './refresh-rules.ts';
import * as store from './store/sessions.ts';
import { signToken } from './token-key.ts';
import type { TokenKey } from './token-key.ts';

export interface OpenSession {
  readonly account: AccountRecord;
  readonly fingerprint: Uint8Array;
  /** The enrolled device whose key has signed: only it renews the session. */
  readonly deviceNo: bigint | undefined;
  readonly agent: string | undefined;
  /** By what the person proved the second factor: `otp`, `passkey`. */
  readonly by: string;
  readonly now: Date;
}

/** What a client gets when a session is opened or renewed. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface RefreshRequest {
  readonly token: string;
  readonly fingerprint: Uint8Array | undefined;
  readonly proof: DeviceProof | undefined;
  readonly now: Date;
}

type RefreshRefused = Refused & { readonly code: 'auth/refresh_invalid' | 'auth/account_blocked' };

export interface Sessions {
  /** HMAC of what a client calls its device. */
  fingerprint(text: string): Uint8Array;
  /** Whether whoever has this address has ever signed in on this device. */
  isKnownDevice(db: Db, device: KnownDevice): Promise<boolean>;
  /** A fresh session; one of the same account and fingerprint ends. */
  open(tx: Tx, session: OpenSession): Promise<Tokens>;
  refresh(request: RefreshRequest): Promise<({ readonly ok: true } & Tokens) | RefreshRefused>;
  /** By a refresh token of the family; whose it was is not told. */
  endByToken(token: string, now: Date): Promise<void>;
  end(tx: Tx, accountId: bigint, end: SessionEnd): Promise<number>;
  list(accountId: bigint, now: Date): Promise<readonly store.SessionRecord[]>;
  /** False where the session has ended meanwhile. */
  stepUp(tx: Tx, session: Uint8Array, by: string, now: Date): Promise<boolean>;
}

/** An address as `People.lookup` has it, and a device as `fingerprint` has it. */
export interface KnownDevice {
  readonly lookup: Uint8Array;
  readonly fingerprint: Uint8Array;
}

export interface SessionEnd extends store.WhichSessions {
  readonly reason: string;
  readonly now: Date;
}

export interface SessionsDeps {
  readonly pool: Pool;
  /** The secret `refresh`. */
  readonly key: KeyObject;
  readonly tokenKey: TokenKey;
  readonly proofs: DeviceProofs;
  readonly notices: Notices;
  readonly lifetimes: SessionLifetimes;
}

/** ACCESS_TOKEN_EXPIRE_MINUTES, and REFRESH_TOKEN_EXPIRE_DAYS without use. */
export interface SessionLifetimes {
  readonly accessSeconds: number;
  readonly idleMs: number;
}

export function createSessions(deps: SessionsDeps): Sessions {
  const { pool } = deps;
  return {
    fingerprint: (text) =>
      createHmac('sha256', deps.key).update(`fingerprint\0${text}`, 'utf8').digest(),
    isKnownDevice: store.hasSessionOn,
    open: (tx, session) => open(tx, session, deps),
    refresh: (request) => refresh(request, deps),
    endByToken: (token, now) => endByToken(token, now, pool),
    end: (tx, accountId, { reason, now, ...which }) =>
      store.endSessions(tx, accountId, which, { reason, at: now }),
    list: (accountId, now) => store.readSessions(pool, accountId, now),
    stepUp: (tx, session, by, now) => store.updateSteppedUp(tx, session, by, now),
  };
}

async function open(tx: Tx, session: OpenSession, deps: SessionsDeps): Promise<Tokens> {
  const { account, fingerprint, now } = session;
  const before = await store.countSessions(tx, account.id, fingerprint);
  const again = { reason: 'signed_in_again', at: now };
  await store.endSessions(tx, account.id, { fingerprint }, again);
  await endSurplus(tx, account.id, now);
  const id = randomBytes(16);
  const absoluteUntil = later(now, limits.sessionAbsoluteMs);
  const expiresAt = later(now, deps.lifetimes.idleMs);
  const { deviceNo, by: steppedUpBy } = session;
  const agent = session.agent?.replace(/[^ -~]/g, '').slice(0, limits.agentCharacters);
  await store.insertSession(tx, {
    ...{ id, accountId: account.id, fingerprint, deviceNo, steppedUpBy, now },
    ...{ expiresAt, absoluteUntil, agent: agent === '' ? undefined : agent },
  });
  const token = randomBytes(32);
  const hash = hashOf(token);
  await store.insertRefreshToken(tx, { hash, session: id, parent: undefined, now, expiresAt });
  const subject = `account:${account.publicId}`;
  await record(tx, [{ actor: subject, action: 'session.open', subject, outcome: 'ok' }], now);
  if (before.all > 0 && before.same === 0) {
    await deps.notices.tell(tx, { accountId: account.id, template: 'new_session', at: now });
  }
  return {
    accessToken: await accessToken(deps, account, id, now),
    refreshToken: token.toString('base64url'),
  };
}

/** Room for one more: the one that has been idle longest goes. */
async function endSurplus(tx: Tx, accountId: bigint, now: Date): Promise<void> {
  const live = await store.readSessions(tx, accountId, now);
  for (const { id } of live.slice(limits.sessionsPerAccount - 1)) {
    await store.endSessions(tx, accountId, { only: id }, { reason: 'too_many', at: now });
  }
}

async function refresh(
  request: RefreshRequest,
  deps: SessionsDeps,
): ReturnType<Sessions['refresh']> {
  const token = tokenBytes(request.token);
  if (token === undefined) return refreshInvalid;
  return inTransaction(deps.pool, async (tx) => {
    const presented = await store.takeToken(tx, hashOf(token));
    const { fingerprint, now } = request;
    const proved = await deviceProved(tx, deps, { request, token, presented });
    const judged = judgeRefresh(presented, { fingerprint, proved, now });
    if (presented === undefined) return refreshInvalid;
    const account = await accountById(tx, presented.accountId);
    if (account === undefined) throw new Error('A session belongs to nobody.');
    return act(tx, judged, { presented, account, token, now }, deps);
  });
}

interface Presented {
  readonly presented: store.PresentedToken;
  readonly account: AccountRecord;
  readonly token: Uint8Array;
  readonly now: Date;
}

async function act(
  tx: Tx,
  judged: Judgement,
  { presented, account, token, now }: Presented,
  deps: SessionsDeps,
): ReturnType<Sessions['refresh']> {
  switch (judged) {
    case 'invalid':
      return refreshInvalid;
    case 'reused':
      await endReused(tx, { presented, account, now }, deps);
      return refreshInvalid;
    case 'blocked': {
      const handInToken = await accessToken(deps, account, presented.session, now, 'hand_in');
      return { ...blockedRefusal(account), handInToken };
    }
    case 'derive':
    case 'draw': {
      const next = judged === 'derive' ? successor(deps.key, token) : randomBytes(32);
      const session = presented.session;
      const expiresAt = later(now, deps.lifetimes.idleMs);
      await store.markUsed(tx, { hash: hashOf(token), session, now, expiresAt });
      const parent = hashOf(token);
      await store.insertRefreshToken(tx, { hash: hashOf(next), session, parent, now, expiresAt });
      return {
        ok: true,
        accessToken: await accessToken(deps, account, session, now),
        refreshToken: Buffer.from(next).toString('base64url'),
      };
    }
  }
}

/** Two hold the token, and nobody can tell which one is the thief: both sign in again. */
async function endReused(
  tx: Tx,
  { presented, account, now }: Omit<Presented, 'token'>,
  { notices }: SessionsDeps,
): Promise<void> {
  const end = { reason: 'reuse', at: now };
  await store.endSessions(tx, account.id, { only: presented.session }, end);
  const subject = `account:${account.publicId}`;
  await record(tx, [{ actor: 'system', action: 'session.reuse', subject, outcome: 'ended' }], now);
  await notices.tell(tx, { accountId: account.id, template: 'session_reuse', at: now });
}

async function deviceProved(
  db: Db,
  { proofs }: SessionsDeps,
  asked: {
    readonly request: RefreshRequest;
    readonly token: Uint8Array;
    readonly presented: store.PresentedToken | undefined;
  },
): Promise<boolean> {
  const { request, token, presented } = asked;
  if (presented?.deviceNo === undefined || request.proof === undefined) return false;
  const deviceNo = await proofs.check(db, {
    accountId: presented.accountId,
    purpose: 'refresh',
    bound: token,
    proof: request.proof,
  });
  return deviceNo === presented.deviceNo;
}

async function endByToken(text: string, now: Date, pool: Pool): Promise<void> {
  const token = tokenBytes(text);
  if (token === undefined) return;
  await inTransaction(pool, async (tx) => {
    const presented = await store.takeToken(tx, hashOf(token));
    if (presented === undefined) return;
    const end = { reason: 'logged_out', at: now };
    await store.endSessions(tx, presented.accountId, { only: presented.session }, end);
  });
}

async function accessToken(
  { tokenKey, lifetimes }: SessionsDeps,
  account: AccountRecord,
  session: Uint8Array,
  now: Date,
  use?: 'hand_in',
): Promise<string> {
  return signToken(tokenKey, {
    account: account.publicId,
    roles: account.roles,
    sid: Buffer.from(session).toString('base64url'),
    now,
    lifetimeSeconds: lifetimes.accessSeconds,
    ...(use === undefined ? {} : { use }),
  });
}

/** The same for every reason: what exactly is wrong helps only who is guessing. */
const refreshInvalid = {
  ok: false,
  code: 'auth/refresh_invalid',
  detail: 'The refresh token is not valid, or no longer. Sign in again.',
} as const;

function tokenBytes(text: string): Uint8Array | undefined {
  const bytes = fromBase64url(text);
  return bytes?.length === 32 ? bytes : undefined;
}

function hashOf(token: Uint8Array): Uint8Array {
  return createHash('sha256').update(token).digest();
}

function successor(key: KeyObject, token: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update('successor\0').update(token).digest();
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
