import { availableParallelism } from 'node:os';
import type { Verifier } from '@sikka/protocol';
import type { Pool } from '../db/index.ts';
import type { KeyVault, Secrets } from '../keys/index.ts';
import { createAttempts } from './attempts.ts';
import type { Attempts } from './attempts.ts';
import { createCodes } from './codes.ts';
import type { Codes } from './codes.ts';
import { createDeviceProofs } from './device-proofs.ts';
import type { DeviceProofs, FindDevice } from './device-proofs.ts';
import { limits } from './limits.ts';
import { createNotices } from './notices.ts';
import type { Notices, QueueMail } from './notices.ts';
import { createPasswords } from './passwords.ts';
import type { Passwords } from './passwords.ts';
import { createPeople } from './people.ts';
import type { People } from './people.ts';
import { createSessions } from './sessions.ts';
import type { SessionLifetimes, Sessions } from './sessions.ts';
import { createSlowLane } from './slow-lane.ts';
import type { SlowLane } from './slow-lane.ts';
import type { TokenKey } from './token-key.ts';

/** The parts that know people, and share one set of secrets. */
export interface Identity {
  readonly people: People;
  readonly passwords: Passwords;
  readonly codes: Codes;
  readonly sessions: Sessions;
  readonly attempts: Attempts;
  readonly proofs: DeviceProofs;
  readonly notices: Notices;
  readonly lane: SlowLane;
}

export interface IdentityOptions {
  readonly pool: Pool;
  readonly vault: KeyVault;
  readonly secrets: Secrets;
  readonly tokenKey: TokenKey;
  readonly verifier: Verifier;
  readonly findDevice: FindDevice;
  readonly queueMail: QueueMail;
  /** Codes are shown in answers. */
  readonly demo: boolean;
  /** log2 of bcrypt's rounds: BCRYPT_COST, fewer in tests. */
  readonly passwordCost: number;
  readonly lifetimes: SessionLifetimes;
}

export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const { pool, vault, secrets, tokenKey, verifier, findDevice, queueMail, demo } = options;
  const people = createPeople({ pool, vault, lookupKey: await secrets.get('email-lookup') });
  const notices = createNotices({ people, queueMail });
  const attempts = createAttempts({ pool, key: await secrets.get('address') });
  // Half of the machine and of the thread pool stays free for signatures.
  const atOnce = Math.max(1, Math.min(2, Math.floor(availableParallelism() / 2)));
  const lane = createSlowLane({ atOnce, queued: limits.slowLaneQueue });
  const passwords = createPasswords({ pool, lane, attempts, cost: options.passwordCost });
  const codes = createCodes({ key: await secrets.get('otp'), lookup: people.lookup, demo });
  const proofs = createDeviceProofs({ findDevice, verifier });
  const key = await secrets.get('refresh');
  const sessions = createSessions({
    pool,
    key,
    tokenKey,
    proofs,
    notices,
    lifetimes: options.lifetimes,
  });
  return { people, passwords, codes, sessions, attempts, proofs, notices, lane };
}
