import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { fromBase64url } from '@sikka/api';
import type { Refused } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import { networkOf } from '../network.ts';
import { limits } from './limits.ts';
import * as store from './store/codes.ts';

/** What a code allows; a code for one is none for another. */
export type Purpose =
  'verify_email' | 'login' | 'forgot_password' | 'step_up' | 'top_up' | 'create_wallet';

/** Whose codes are counted together: an address before anybody signed in, an account after. */
export type CodeSubject = { readonly email: string } | { readonly accountId: bigint };

export interface CodeRequest {
  readonly subject: CodeSubject;
  /** Who can use it; undefined for an address that nobody here has: then no code fits. */
  readonly accountId: bigint | undefined;
  readonly purpose: Purpose;
  /** What exactly is allowed, where the purpose leaves that open; the same is asked at use. */
  readonly about?: string;
  /** Must be the same at use. */
  readonly fingerprint?: Uint8Array;
  /** Who asks, where nobody is signed in: one client does not use up what others may ask for. */
  readonly address?: string;
  /** Tells the person the code, in the same transaction. */
  readonly send: (tx: Tx, code: string) => Promise<void>;
  readonly now: Date;
}

export interface IssuedCode {
  readonly ok: true;
  /** Base64url of 16 random bytes; the code fits only this challenge. */
  readonly id: string;
  /** In demo mode: the code, or one that fits nothing where none was sent. */
  readonly demoCode: string | undefined;
}

export interface CodeUse {
  readonly subject: CodeSubject;
  readonly purpose: Purpose;
  readonly about?: string;
  /** The challenge's; else whichever are open are tried. */
  readonly id?: string;
  readonly fingerprint?: Uint8Array;
  readonly code: string;
  readonly now: Date;
}

/** One-time codes: six digits, ten minutes, five tries, once. Only their HMACs are stored. */
export interface Codes {
  /**
   * A fresh code, sent by `send`. Beyond the limits of an address the answer is the same, and
   * nothing is sent: codes already sent stay good. An account is refused with `otp/too_many`.
   */
  issue(
    tx: Tx,
    request: CodeRequest,
  ): Promise<IssuedCode | (Refused & { readonly code: 'otp/too_many' })>;
  /**
   * Uses a code up. On the pool and not in a transaction, because a try counts even where what
   * it was for does not happen.
   */
  use(pool: Pool, use: CodeUse): Promise<{ ok: true; accountId: bigint } | OtpInvalid>;
  /**
   * Whatever was sent to this person is good for nothing any more: after a new password or address,
   * nothing goes on that was begun with those of before.
   */
  withdraw(tx: Tx, accountId: bigint, now: Date): Promise<void>;
}

export type OtpInvalid = Refused & { readonly code: 'otp/invalid' };

export interface CodesDeps {
  /** The secret `otp`. */
  readonly key: KeyObject;
  /** The secret `email-lookup`’s HMAC of an address. */
  readonly lookup: (email: string) => Uint8Array;
  readonly demo: boolean;
  /** Six uniform digits. Default: the system’s randomness. */
  readonly draw?: () => string;
}

export function createCodes(deps: CodesDeps): Codes {
  return {
    issue: (tx, request) => issue(tx, request, deps),
    use: (pool, use) => useCode(pool, use, deps),
    withdraw: store.withdrawChallenges,
  };
}

export function drawCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}

async function issue(tx: Tx, request: CodeRequest, deps: CodesDeps): ReturnType<Codes['issue']> {
  const { purpose, now } = request;
  const subject = subjectMac(deps, request.subject);
  const client = request.address === undefined ? undefined : clientMac(deps, request.address);
  await store.lockSubject(tx, subject);
  await store.sweepChallenges(tx, before(now, DAY_MS), limits.codesSwept);
  const mayCount = { subject, client, purpose };
  const times = { quarterSince: before(now, DAY_MS / 96), daySince: before(now, DAY_MS) };
  const tooMany = isTooMany(purpose, await store.countIssued(tx, { ...mayCount, ...times }));
  if (tooMany && 'accountId' in request.subject) return tooManyCodes;
  const id = randomBytes(16);
  const code = (deps.draw ?? drawCode)();
  const accountId = tooMany ? undefined : request.accountId;
  await store.insertChallenge(tx, {
    ...{ id, accountId, subject, client, purpose },
    about: request.about,
    codeMac: codeMac(deps.key, { id, purpose, code }),
    fingerprint: request.fingerprint,
    createdAt: now,
    expiresAt: new Date(now.getTime() + limits.codeLifetimeMs),
  });
  if (accountId !== undefined) await request.send(tx, code);
  return { ok: true, id: id.toString('base64url'), demoCode: deps.demo ? code : undefined };
}

const DAY_MS = 86_400_000;

const tooManyCodes = {
  ok: false,
  code: 'otp/too_many',
  detail: 'Too many codes were asked for. Those that were sent stay good for ten minutes.',
  retryAfterSeconds: 900,
} as const;

function isTooMany(purpose: Purpose, issued: store.Issued): boolean {
  const reset = purpose === 'forgot_password';
  return (
    issued.recently >= limits.codesPerQuarterHour ||
    issued.today >= (reset ? limits.resetCodesPerDay : limits.codesPerDay) ||
    issued.byAll >= (reset ? limits.resetCodesPerDayFromAll : limits.codesPerDayFromAll)
  );
}

async function useCode(pool: Pool, use: CodeUse, deps: CodesDeps): ReturnType<Codes['use']> {
  const id = use.id === undefined ? undefined : challengeId(use.id);
  const wellFormed = /^\d{6}$/.test(use.code) && (use.id === undefined || id !== undefined);
  if (!wellFormed) return otpInvalid;
  const { purpose, now } = use;
  const ids = await store.readOpenChallenges(pool, {
    ...{ purpose, now, id, about: use.about, fingerprint: use.fingerprint },
    subject: subjectMac(deps, use.subject),
    tries: limits.codeTries,
    most: limits.codesTriedAtOnce,
  });
  if (ids.length === 0) return otpInvalid;
  const macs = ids.map((one) => codeMac(deps.key, { id: one, purpose, code: use.code }));
  const tried = { ids, macs, now, tries: limits.codeTries };
  const accountId = await inTransaction(pool, (tx) => store.tryCode(tx, tried));
  return accountId === undefined ? otpInvalid : { ok: true, accountId };
}

/** The same whether it is wrong, old, used, of another challenge, or there never was one. */
export const otpInvalid = {
  ok: false,
  code: 'otp/invalid',
  detail: 'The code is not right, or no longer.',
} as const;

function challengeId(text: string): Uint8Array | undefined {
  const bytes = fromBase64url(text);
  return bytes?.length === 16 ? bytes : undefined;
}

/** Bound to its challenge and purpose; compared inside the database, as a MAC. */
function codeMac(
  key: KeyObject,
  {
    id,
    purpose,
    code,
  }: { readonly id: Uint8Array; readonly purpose: Purpose; readonly code: string },
): Uint8Array {
  return createHmac('sha256', key)
    .update('code\0')
    .update(id)
    .update(`${purpose}\0${code}`)
    .digest();
}

function subjectMac({ key, lookup }: CodesDeps, subject: CodeSubject): Uint8Array {
  if ('email' in subject) return lookup(subject.email);
  return createHmac('sha256', key).update(`account\0${subject.accountId}`).digest();
}

function clientMac({ key }: CodesDeps, address: string): Uint8Array {
  return createHmac('sha256', key)
    .update(`client\0${networkOf(address)}`)
    .digest();
}

function before(now: Date, ms: number): Date {
  return new Date(now.getTime() - ms);
}
