import { fromBase64url, LIMITS } from '@sikka/api';
import { record } from '../audit/index.ts';
import type { Caller, Handlers, Refused, Reply } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import { weakness } from './password-rule.ts';
import { locked } from './passwords.ts';
import { recoveryRoutes } from './recovery.ts';
import type { RecoveryRoutes } from './recovery.ts';
import { demoCode, mailCode, signInRoutes } from './sign-in.ts';
import type { SignInDeps } from './sign-in.ts';
import type { SessionRecord } from './store/sessions.ts';

type IdentityRoutes =
  | RecoveryRoutes
  | keyof ReturnType<typeof signInRoutes>
  | 'changePassword'
  | 'listSessions'
  | 'endSession'
  | 'askStepUp'
  | 'stepUp'
  | 'decodeIntegrity';

/** Signing in, passwords, sessions (http-api.md, Accounts). */
export function identityRoutes(deps: SignInDeps): Handlers<IdentityRoutes> {
  return {
    ...signInRoutes(deps),
    ...recoveryRoutes(deps),
    changePassword: async ({ caller, body, now }) =>
      changePassword(deps, {
        ...{ caller, now, current: body.current_password, next: body.new_password },
      }),
    listSessions: async ({ caller, now }) => {
      const sessions = await deps.sessions.list(caller.accountId, now);
      const value = { sessions: sessions.map((session) => wireSession(session, caller)) };
      return { ok: true, status: 200, value };
    },
    endSession: async ({ caller, params, now }) => {
      const only = fromBase64url(params.session_id);
      const end = { reason: 'ended_by_owner', now };
      const ended =
        only === undefined
          ? 0
          : await inTransaction(deps.pool, (tx) =>
              deps.sessions.end(tx, caller.accountId, { ...end, only }),
            );
      if (ended === 0) return noSession;
      return { ok: true, status: 200, value: { msg: 'The session has ended.' } };
    },
    askStepUp: async ({ caller, now }) => askStepUp(deps, caller, now),
    stepUp: async ({ caller, body, now }) => stepUp(deps, caller, { ...body, now }),
    decodeIntegrity: async () => {
      const message = 'No attestation provider is configured.';
      return { ok: true, status: 200, value: { configured: false, message } };
    },
  };
}

async function changePassword(
  deps: SignInDeps,
  ask: {
    readonly caller: Caller;
    readonly current: string;
    readonly next: string;
    readonly now: Date;
  },
): Promise<Reply<'changePassword'>> {
  const { pool, people, passwords, codes, sessions, notices } = deps;
  const { caller, now } = ask;
  const { accountId, session } = caller;
  const checked = await passwords.check(accountId, ask.current, now);
  if (!checked.ok) return checked;
  const profile = await people.profile(pool, accountId);
  const detail = weakness(ask.next, profile?.email ?? '');
  if (detail !== undefined) return { ok: false, code: 'auth/password_weak', detail };
  const hashed = await passwords.hash(ask.next);
  if (!hashed.ok) return hashed;
  await inTransaction(pool, async (tx) => {
    await passwords.set(tx, accountId, hashed.value, now);
    await codes.withdraw(tx, accountId, now);
    const except = session === undefined ? {} : { except: session.id };
    await sessions.end(tx, accountId, { reason: 'password_changed', now, ...except });
    const subject = `account:${caller.account}`;
    await record(tx, [{ actor: subject, action: 'password.change', subject, outcome: 'ok' }], now);
    await notices.tell(tx, { accountId, template: 'password_changed', at: now });
  });
  deps.wakeMailer();
  return { ok: true, status: 200, value: { msg: 'The password is changed.' } };
}

async function askStepUp(deps: SignInDeps, caller: Caller, now: Date): Promise<Reply<'askStepUp'>> {
  const { pool, codes, notices } = deps;
  const about = sessionName(caller);
  if (about === undefined) return noOwnSession;
  const { accountId } = caller;
  const issued = await inTransaction(pool, (tx) =>
    codes.issue(tx, {
      ...{ subject: { accountId }, accountId, purpose: 'step_up', about, now },
      send: mailCode(notices, { accountId, template: 'step_up_code', at: now }),
    }),
  );
  if (!issued.ok) return issued;
  deps.wakeMailer();
  return { ok: true, status: 200, value: { nonce_demo: issued.id, ...demoCode(issued) } };
}

async function stepUp(
  deps: SignInDeps,
  caller: Caller,
  ask: { readonly nonce: string; readonly otp: string; readonly now: Date },
): Promise<Reply<'stepUp'>> {
  const { pool, codes, attempts, sessions } = deps;
  const { accountId, session } = caller;
  const { nonce: id, otp: code, now } = ask;
  const about = sessionName(caller);
  if (about === undefined || session === undefined) return noOwnSession;
  const attempt = await attempts.take({ accountId }, now);
  if (!attempt.ok) return locked(attempt.lockedUntil, now);
  const use = { subject: { accountId }, purpose: 'step_up', about, id, code, now } as const;
  const used = await codes.use(pool, use);
  if (!used.ok) return used;
  await attempts.giveBack(pool, attempt);
  const stepped = await inTransaction(pool, async (tx) => {
    const subject = `account:${caller.account}`;
    await record(tx, [{ actor: subject, action: 'session.step_up', subject, outcome: 'otp' }], now);
    return sessions.stepUp(tx, session.id, 'otp', now);
  });
  if (!stepped) return noOwnSession;
  const freshUntil = new Date(now.getTime() + LIMITS.stepUpMs);
  const value = { msg: 'Proved.', fresh_until: freshUntil.toISOString() };
  return { ok: true, status: 200, value };
}

function sessionName({ session }: Caller): string | undefined {
  return session === undefined ? undefined : Buffer.from(session.id).toString('base64url');
}

function wireSession(session: SessionRecord, { session: own }: Caller) {
  const { id, deviceNo, agent, createdAt, lastUsedAt, expiresAt } = session;
  return {
    id: Buffer.from(id).toString('base64url'),
    current: own !== undefined && Buffer.from(own.id).equals(id),
    device: deviceNo === undefined ? null : Number(deviceNo),
    agent: agent ?? null,
    created_at: createdAt.toISOString(),
    last_used_at: lastUsedAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  };
}

const noSession: Refused = {
  ok: false,
  code: 'session/not_found',
  detail: 'You have no such session.',
};

const noOwnSession: Refused = {
  ok: false,
  code: 'auth/session_missing',
  detail: 'This token belongs to no session that could be proved again.',
};
