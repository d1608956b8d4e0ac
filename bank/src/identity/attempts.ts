import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Db, Pool } from '../db/index.ts';
import { networkOf } from '../network.ts';
import { limits } from './limits.ts';
import * as store from './store/attempts.ts';

/** Whose wrong passwords and codes are counted together. */
export type Suspect =
  /** Before anybody has signed in: the address, and the client that names it. */
  | { readonly lookup: Uint8Array; readonly address: string }
  /** The same from a device on which that person has signed in before. */
  | { readonly lookup: Uint8Array; readonly device: Uint8Array }
  /** Somebody signed in, or with the person's token. */
  | { readonly accountId: bigint };

export type Attempt =
  | { readonly ok: true; readonly taken: readonly Uint8Array[] }
  | { readonly ok: false; readonly lockedUntil: Date };

/**
 * Counts attempts before they are judged, and gives them back where they were right: a thousand
 * guesses at once are no more than a thousand in turn.
 */
export interface Attempts {
  /** Refused while locked; counts one attempt otherwise. */
  take(suspect: Suspect, now: Date): Promise<Attempt>;
  /** It was right. */
  giveBack(db: Db, attempt: Extract<Attempt, { ok: true }>): Promise<void>;
  /** The client has proved itself: what it got wrong before is forgotten. */
  forgive(db: Db, suspect: Suspect, now: Date): Promise<void>;
}

export function createAttempts({
  pool,
  key,
}: {
  readonly pool: Pool;
  /** The secret `address`. */
  readonly key: KeyObject;
}): Attempts {
  return {
    async take(suspect, now) {
      const taken: Uint8Array[] = [];
      // The narrow one first: who is locked out does not go on to lock out everybody else.
      for (const { bucket, most } of bucketsOf(key, suspect)) {
        const lockedUntil = await store.countAttempt(pool, {
          bucket,
          most,
          now,
          windowSince: new Date(now.getTime() - limits.failureWindowMs),
          lockUntil: new Date(now.getTime() + limits.lockMs),
        });
        if (lockedUntil !== undefined) return { ok: false, lockedUntil };
        taken.push(bucket);
      }
      return { ok: true, taken };
    },
    giveBack: async (db, { taken }) => {
      for (const bucket of taken) await store.giveBackAttempt(db, bucket);
    },
    forgive: async (db, suspect, now) => {
      const [narrow] = bucketsOf(key, suspect);
      await store.forgetAttempts(db, narrow.bucket);
      await store.sweepAttempts(db, new Date(now.getTime() - limits.attemptsKeptMs));
    },
  };
}

interface Bucket {
  readonly bucket: Uint8Array;
  readonly most: number;
}

function bucketsOf(key: KeyObject, suspect: Suspect): readonly [Bucket, ...Bucket[]] {
  const bucket = (kind: string, ...parts: readonly Uint8Array[]): Uint8Array => {
    const mac = createHmac('sha256', key).update(`attempts/${kind}\0`);
    for (const part of parts) mac.update(part);
    return mac.digest();
  };
  if ('accountId' in suspect) {
    const account = Buffer.from(String(suspect.accountId));
    return [{ bucket: bucket('account', account), most: limits.failuresPerClient }];
  }
  // Others, however many, do not lock it out, nor does it lock them out.
  if ('device' in suspect) {
    const device = bucket('device', suspect.lookup, suspect.device);
    return [{ bucket: device, most: limits.failuresPerClient }];
  }
  // Or each customer of an IPv6 network would be as many clients as there are addresses in it.
  const client = bucket('client', suspect.lookup, Buffer.from(networkOf(suspect.address)));
  return [
    { bucket: client, most: limits.failuresPerClient },
    { bucket: bucket('address', suspect.lookup), most: limits.failuresPerAddress },
  ];
}
