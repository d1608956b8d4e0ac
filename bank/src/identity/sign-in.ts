import { fromBase64url } from '@sikka/api';
import type { Handlers, Refused, Reply } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import type { Log } from '../log.ts';
import type { AccountRecord } from './accounts.ts';
import type { Suspect } from './attempts.ts';
import { accountById } from './accounts.ts';
import { blockedRefusal } from './blocked.ts';
import type { IssuedCode, Purpose } from './codes.ts';
import { otpInvalid } from './codes.ts';
import type { DeviceProof } from './device-proofs.ts';
import type { Identity } from './identity.ts';
import { locked } from './passwords.ts';
import type { Tokens } from './sessions.ts';

export interface SignInDeps extends Identity {
  readonly pool: Pool;
  /** Security events: outcomes and digests, never addresses or codes. */
  readonly log: Log;
  /** Sends soon what was queued; called after the commit. */
  readonly wakeMailer: () => void;
  /** Once for every account: what waits until its address is proved. */
  readonly afterVerified: (account: AccountRecord, now: Date) => Promise<void>;
  /**
   * Older clients sign in before the address is proved. Where sign-up does not tell who has an
   * account, this would: whose sign-up counted can sign in.
   */
  readonly unprovedMaySignIn: boolean;
  /** What else a reset password makes an end of; the first of its transaction. */
  readonly onReset: (tx: Tx, account: AccountRecord, now: Date) => Promise<void>;
}

type SignInRoutes = 'login' | 'confirmLogin' | 'refreshToken' | 'logOut';

/** Password, then code, then a session (http-api.md, Accounts). */
export function signInRoutes(deps: SignInDeps): Handlers<SignInRoutes> {
  const { sessions } = deps;
  return {
    login: async ({ body, address, now }) => {
      const fingerprint = sessions.fingerprint(body.device_fingerprint);
      return logIn(deps, { ...body, fingerprint, address, now });
    },
    confirmLogin: async ({ body, address, now, headers }) => {
      const fingerprint = sessions.fingerprint(body.device_fingerprint);
      const proof = proofOf(body.device_proof);
      const agent = headers['user-agent'];
      return confirm(deps, { ...body, fingerprint, proof, address, agent, now });
    },
    refreshToken: async ({ body, now }) => {
      const { refresh_token: token, device_fingerprint: text } = body;
      const fingerprint = text === undefined ? undefined : sessions.fingerprint(text);
      const proof = proofOf(body.device_proof);
      const answer = await sessions.refresh({ token, fingerprint, proof, now });
      if (answer.ok) return { ok: true, status: 200, value: wireTokens(answer) };
      deps.log.warn('session.refused', { code: answer.code });
      deps.wakeMailer();
      return answer;
    },
    logOut: async ({ body, now }) => {
      await sessions.endByToken(typeof body === 'string' ? body : body.refresh_token, now);
      return { ok: true, status: 200, value: { msg: 'Signed out.' } };
    },
  };
}

interface LogIn {
  readonly email: string;
  readonly password: string;
  readonly fingerprint: Uint8Array;
  readonly address: string;
  readonly now: Date;
}

/**
 * For a known address and for one that nobody has, the same steps in the same order: one look at
 * the device, one count, one look, one bcrypt. Only after the right password is anything said
 * about the account.
 */
async function logIn(deps: SignInDeps, ask: LogIn): Promise<Reply<'login'>> {
  const { pool, people, attempts, passwords } = deps;
  const { email, now } = ask;
  const lookup = people.lookup(email);
  const who = Buffer.from(lookup).toString('hex', 0, 6);
  const attempt = await attempts.take(await suspectOf(deps, { ...ask, lookup }), now);
  if (!attempt.ok) {
    deps.log.warn('login.locked', { who });
    return locked(attempt.lockedUntil, now);
  }
  const account = await people.byEmail(pool, email);
  const compared = await passwords.compare(pool, account?.id, ask.password);
  const right = compared.ok && compared.same && account !== undefined;
  const person = right ? await people.find(pool, account.id) : undefined;
  const emailVerified = person?.emailVerified ?? false;
  if (compared.ok && (!right || !(emailVerified || deps.unprovedMaySignIn))) {
    deps.log.warn('login.failed', { who });
    return credentialsInvalid;
  }
  await attempts.giveBack(pool, attempt);
  if (!compared.ok) return compared;
  if (account === undefined) return credentialsInvalid;
  if (account.status !== 'active') return blockedRefusal(account);
  const issued = await issueLogin(deps, account, ask);
  if (!issued.ok) return issued;
  deps.wakeMailer();
  return {
    ok: true,
    status: 200,
    value: {
      requires_otp: true,
      nonce_demo: issued.id,
      email_verified: emailVerified,
      ...demoCode(issued),
    },
  };
}

/** Strangers can lock an address, but not its owner out of a device that is known. */
async function suspectOf(
  { pool, sessions }: Pick<SignInDeps, 'pool' | 'sessions'>,
  by: {
    readonly lookup: Uint8Array;
    readonly address: string;
    readonly fingerprint?: Uint8Array;
  },
): Promise<Suspect> {
  const { lookup, address, fingerprint } = by;
  if (fingerprint === undefined) return { lookup, address };
  const known = await sessions.isKnownDevice(pool, { lookup, fingerprint });
  return known ? { lookup, device: fingerprint } : { lookup, address };
}

async function issueLogin(
  { pool, codes, notices }: SignInDeps,
  account: AccountRecord,
  ask: LogIn,
) {
  const { email, fingerprint, address, now } = ask;
  const accountId = account.id;
  return inTransaction(pool, (tx) =>
    codes.issue(tx, {
      ...{ subject: { email }, accountId, purpose: 'login', fingerprint, address, now },
      send: mailCode(notices, { accountId, template: 'login_code', at: now }),
    }),
  );
}

/** Sends a code to the person's own address. */
export function mailCode(
  notices: Identity['notices'],
  notice: Omit<Parameters<Identity['notices']['tell']>[1], 'values'>,
): (tx: Tx, code: string) => Promise<void> {
  return (tx, code) => notices.tell(tx, { ...notice, values: { code } });
}

interface Confirm {
  readonly email: string;
  readonly otp: string;
  readonly nonce: string;
  readonly fingerprint: Uint8Array;
  readonly proof: DeviceProof | undefined;
  readonly address: string;
  readonly agent: string | undefined;
  readonly now: Date;
}

async function confirm(deps: SignInDeps, ask: Confirm): Promise<Reply<'confirmLogin'>> {
  const used = await useCode(deps, { ...ask, purpose: 'login', id: ask.nonce });
  if (!used.ok) return used;
  const { accountId } = used;
  const account = await accountById(deps.pool, accountId);
  if (account === undefined) return otpInvalid;
  if (account.status !== 'active') return blockedRefusal(account);
  const deviceNo = await provingDevice(deps, accountId, ask);
  if (ask.proof !== undefined && deviceNo === undefined) return unproven;
  const { pool, people, sessions } = deps;
  const { fingerprint, agent, now } = ask;
  const opened = await inTransaction(pool, async (tx) => ({
    // The code came by mail: who has it reads that mailbox.
    verified: await people.markEmailVerified(tx, accountId, now),
    tokens: await sessions.open(tx, { account, fingerprint, deviceNo, agent, by: 'otp', now }),
  }));
  if (opened.verified) await deps.afterVerified(account, now);
  deps.log.info('login.ok', { account: account.publicId });
  deps.wakeMailer();
  return { ok: true, status: 200, value: wireTokens(opened.tokens) };
}

async function provingDevice(
  { pool, proofs }: SignInDeps,
  accountId: bigint,
  { proof, nonce }: Confirm,
): Promise<bigint | undefined> {
  const bound = fromBase64url(nonce);
  if (proof === undefined || bound === undefined) return undefined;
  return proofs.check(pool, { accountId, purpose: 'confirm', bound, proof });
}

/**
 * A code for an address, from whoever names it: counted with the wrong passwords of that client
 * and address, and refused without a look while they are locked.
 */
export async function useCode(
  deps: Pick<SignInDeps, 'pool' | 'people' | 'sessions' | 'attempts' | 'codes' | 'log'>,
  ask: {
    readonly email: string;
    readonly otp: string;
    readonly purpose: Purpose;
    readonly id?: string;
    readonly about?: readonly (string | undefined)[];
    readonly fingerprint?: Uint8Array;
    readonly address: string;
    readonly now: Date;
  },
): Promise<{ ok: true; accountId: bigint; about: string | undefined } | Refused> {
  const { pool, people, attempts, codes, log } = deps;
  const { email, otp: code, purpose, address, now, id, fingerprint } = ask;
  const lookup = people.lookup(email);
  const by = { lookup, address, ...(fingerprint === undefined ? {} : { fingerprint }) };
  const suspect = await suspectOf(deps, by);
  const who = Buffer.from(lookup).toString('hex', 0, 6);
  const attempt = await attempts.take(suspect, now);
  if (!attempt.ok) {
    log.warn('otp.locked', { who, purpose });
    return locked(attempt.lockedUntil, now);
  }
  for (const about of ask.about ?? [undefined]) {
    const used = await codes.use(pool, {
      ...{ subject: { email }, purpose, code, now },
      ...(id === undefined ? {} : { id }),
      ...(about === undefined ? {} : { about }),
      ...(fingerprint === undefined ? {} : { fingerprint }),
    });
    if (!used.ok) continue;
    await attempts.giveBack(pool, attempt);
    await attempts.forgive(pool, suspect, now);
    return { ...used, about };
  }
  log.warn('otp.failed', { who, purpose });
  return otpInvalid;
}

export function demoCode({ demoCode: code }: IssuedCode): { readonly otp_demo?: string } {
  return code === undefined ? {} : { otp_demo: code };
}

function wireTokens({ accessToken, refreshToken }: Tokens) {
  return {
    access_token: accessToken,
    token_type: 'bearer',
    refresh_token: refreshToken,
  } as const;
}

function proofOf(
  given: { readonly key_hash: string; readonly signature: string } | undefined,
): DeviceProof | undefined {
  if (given === undefined) return undefined;
  return { keyHash: given.key_hash, signature: given.signature };
}

const credentialsInvalid = {
  ok: false,
  code: 'auth/credentials_invalid',
  detail: 'E-mail address or password is not right.',
} as const;

const unproven = {
  ok: false,
  code: 'device/possession_unproven',
  detail: 'The signature is not by an active device of this account.',
} as const;
