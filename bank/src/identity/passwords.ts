import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/bcrypt';
import type { Refused } from '../caller.ts';
import type { Db, Pool, Tx } from '../db/index.ts';
import type { Attempts } from './attempts.ts';
import { limits } from './limits.ts';
import type { SlowLane } from './slow-lane.ts';
import { readPassword, writePassword } from './store/passwords.ts';

/** A bcrypt hash, made in the slow lane and written in a transaction later. */
export interface HashedPassword {
  readonly hash: string;
}

type PasswordRefusal = Refused & {
  readonly code: 'auth/password_wrong' | 'auth/locked' | 'server/busy';
};

export interface Passwords {
  /**
   * Whether it is the password of somebody who is signed in. Counted: after five wrong ones the
   * right one is refused as well, for a quarter of an hour.
   */
  check(accountId: bigint, password: string, now: Date): Promise<{ ok: true } | PasswordRefusal>;
  /**
   * The bare comparison, for who counts attempts already. Takes as long for somebody who has no
   * password or is not there (undefined).
   */
  compare(
    db: Db,
    accountId: bigint | undefined,
    password: string,
  ): Promise<{ readonly ok: true; readonly same: boolean } | Busy>;
  hash(password: string): Promise<{ readonly ok: true; readonly value: HashedPassword } | Busy>;
  /** False for an account that staff opened and nobody has used yet. */
  isSet(db: Db, accountId: bigint): Promise<boolean>;
  set(tx: Tx, accountId: bigint, hashed: HashedPassword, at: Date): Promise<void>;
}

type Busy = Refused & { readonly code: 'server/busy' };

export interface PasswordsDeps {
  readonly pool: Pool;
  readonly lane: SlowLane;
  readonly attempts: Attempts;
  /** log2 of the rounds: BCRYPT_COST, fewer in tests. */
  readonly cost: number;
}

export function createPasswords({ pool, lane, attempts, cost }: PasswordsDeps): Passwords {
  const options = { cost, rejectLongPasswords: true } as const;
  // Of the same cost as everybody's, so that comparing takes as long. Nobody knows its password.
  // Made now: the first to ask for somebody unknown waits no longer than the others.
  const nobodys = hash(randomBytes(24).toString('base64'), options);
  const compareNow: Passwords['compare'] = async (db, accountId, password) => {
    const own = accountId === undefined ? undefined : await readPassword(db, accountId);
    const against = own ?? (await nobodys);
    const compared = await lane.run(() => verify(sameText(password), against));
    if (!compared.ok) return busy;
    // bcrypt would cut a longer one short and find it right.
    const same = compared.value && own !== undefined && !isTooLong(password);
    return { ok: true, same };
  };
  return {
    compare: compareNow,
    async check(accountId, password, now) {
      const attempt = await attempts.take({ accountId }, now);
      if (!attempt.ok) return locked(attempt.lockedUntil, now);
      const compared = await compareNow(pool, accountId, password);
      if (compared.ok && !compared.same) return wrong;
      await attempts.giveBack(pool, attempt);
      return compared.ok ? { ok: true } : compared;
    },
    async hash(password) {
      const hashed = await lane.run(() => hash(sameText(password), options));
      return hashed.ok ? { ok: true, value: { hash: hashed.value } } : busy;
    },
    isSet: async (db, accountId) => (await readPassword(db, accountId)) !== undefined,
    set: (tx, accountId, { hash: text }, at) => writePassword(tx, { accountId, hash: text, at }),
  };
}

/** Keyboards write one letter in two ways. */
function sameText(password: string): string {
  return password.normalize('NFC');
}

function isTooLong(password: string): boolean {
  return Buffer.byteLength(sameText(password)) > limits.passwordBytes;
}

const wrong = {
  ok: false,
  code: 'auth/password_wrong',
  detail: 'The password is not right.',
} as const;

export const busy = {
  ok: false,
  code: 'server/busy',
  detail: 'Too many are signing in at this moment.',
} as const;

/** The same for everybody, whether the address is known or not. */
export function locked(until: Date, now: Date) {
  return {
    ok: false,
    code: 'auth/locked',
    detail: 'Too many wrong passwords or codes. Wait before trying again.',
    retryAfterSeconds: Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000)),
  } as const;
}
