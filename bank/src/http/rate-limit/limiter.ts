import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { RateClass, Route, RouteName } from '@sikka/api';
import type { Caller } from '../../caller.ts';
import type { Log } from '../../log.ts';
import { networkOf } from '../../network.ts';
import { limits } from '../limits.ts';
import { createCounters } from './counters.ts';
import type { CounterStore } from './counters.ts';

/** Calls a minute. */
export interface RateLimits {
  /** On one route about one account or e-mail, from one address. */
  readonly authSubject: number;
  /** On all routes of class `auth` from one address: mobile users share addresses. */
  readonly authAddress: number;
  readonly wallets: number;
  readonly sync: number;
  readonly other: number;
}

/** What older clients know; all but `other` are the same for every bank. */
export const DEFAULT_RATE_LIMITS: RateLimits = {
  authSubject: 5,
  authAddress: 60,
  wallets: 30,
  sync: 10,
  other: 60,
};

export type Verdict = { readonly headers: Readonly<Record<string, string>> } & (
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: 'rate/limited' | 'server/unavailable';
      readonly detail: string;
      readonly retryAfterSeconds: number;
    }
);

interface Asked {
  /** The row's, whichever of its paths was called: an alias is no second bucket. */
  readonly name: RouteName;
  readonly route: Route;
  readonly address: string;
  readonly now: Date;
}

/** Undefined: this check does not apply to the call. */
export interface RateLimiter {
  /** Before anything is looked at. */
  byAddress(asked: Asked): Promise<Verdict | undefined>;
  /** Of calls whose token was refused. */
  byFailure(asked: Pick<Asked, 'address' | 'now'>): Promise<Verdict>;
  /** Once it is known who calls. */
  byCaller(asked: Asked & { readonly caller: Caller | undefined }): Promise<Verdict | undefined>;
  /** Once the body is read: whom the call is about. */
  bySubject(
    asked: Asked & { readonly caller: Caller | undefined; readonly body: unknown },
  ): Promise<Verdict | undefined>;
}

export interface RateLimiterDeps {
  readonly store: CounterStore;
  /** Makes buckets of addresses and e-mails, so that none of them is in the store. */
  readonly secret: KeyObject;
  readonly limits: RateLimits;
  readonly security: Log;
}

export function createRateLimiter(deps: RateLimiterDeps): RateLimiter {
  const counters = createCounters(deps.store);
  const take = async (
    bucket: readonly string[],
    { limit, now, exact = false }: { limit: number; now: Date; exact?: boolean },
  ): Promise<Verdict> => {
    const resetSeconds = secondsLeft(now);
    const mac = createHmac('sha256', deps.secret).update(JSON.stringify(bucket)).digest();
    const count = await counters.take(mac, { limit, now, exact }).catch(() => undefined);
    const headers = headersOf(limit, count?.remaining ?? 0, resetSeconds);
    if (count === undefined) {
      const detail = 'Calls of this kind cannot be counted at the moment, so none is taken.';
      return { ok: false, code: 'server/unavailable', detail, retryAfterSeconds: 2, headers };
    }
    if (count.ok) return { ok: true, headers };
    deps.security.warn('rate.limited', { kind: bucket[0], row: bucket[1] });
    const detail = `More than ${limit} calls of this kind in a minute.`;
    return { ok: false, code: 'rate/limited', detail, retryAfterSeconds: resetSeconds, headers };
  };
  return {
    byAddress: async ({ route, address, now }) => {
      if (route.limit !== 'auth') return undefined;
      const limit = deps.limits.authAddress;
      return take(['auth-address', '', networkOf(address)], { limit, now, exact: true });
    },
    byFailure: async ({ address, now }) =>
      take(['refused', '', networkOf(address)], { limit: deps.limits.other, now }),
    byCaller: async ({ route, address, caller, now }) => {
      const limit = limitOf(route.limit, deps.limits);
      if (limit === undefined) return undefined;
      const who = caller === undefined ? networkOf(address) : `account:${caller.accountId}`;
      return take(['class', route.limit, who], { limit, now });
    },
    bySubject: async ({ name, route, address, caller, body, now }) => {
      if (route.limit !== 'auth') return undefined;
      const subject = caller === undefined ? subjectOf(body) : `account:${caller.accountId}`;
      if (subject === undefined) return undefined;
      const limit = deps.limits.authSubject;
      return take(['auth', name, subject, networkOf(address)], { limit, now, exact: true });
    },
  };
}

function limitOf(limit: RateClass, perMinute: RateLimits): number | undefined {
  return limit === 'none' || limit === 'auth' ? undefined : perMinute[limit];
}

/** Whom a public call of class `auth` is about, by what older clients call it. */
function subjectOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { email, nonce } = body as Readonly<Record<string, unknown>>;
  if (typeof email === 'string') return `email:${email.normalize('NFKC').trim().toLowerCase()}`;
  return typeof nonce === 'string' ? `nonce:${nonce}` : undefined;
}

function secondsLeft(now: Date): number {
  return Math.ceil((limits.rateWindowMs - (now.getTime() % limits.rateWindowMs)) / 1000);
}

function headersOf(limit: number, remaining: number, reset: number): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset),
  };
}
