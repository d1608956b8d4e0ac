import { fromBase64url, LIMITS } from '@sikka/api';
import type { RouteName } from '@sikka/api';
import { record } from '../../audit/index.ts';
import type { Caller, Handlers, Refused, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import type { Log } from '../../log.ts';
import { accountById } from '../accounts.ts';
import { blockedRefusal } from '../blocked.ts';
import { otpInvalid } from '../codes.ts';
import type { Identity } from '../identity.ts';
import type { PasskeyRefusal, Passkeys } from './passkeys.ts';
import { readLogin, useLogin } from './store.ts';
import type { PasskeyRecord } from './store.ts';

export interface PasskeyRouteDeps extends Pick<Identity, 'people' | 'sessions' | 'notices'> {
  readonly pool: Pool;
  readonly passkeys: Passkeys;
  /** Security events: outcomes, never what was sent. */
  readonly log: Log;
  /** Sends soon what was queued; called after the commit. */
  readonly wakeMailer: () => void;
}

type PasskeyRoutes = Extract<RouteName, `${string}Passkey${string}`>;

const sentences = {
  'passkey/none': 'The account has no passkey.',
  'passkey/invalid': 'What the authenticator signed is not right, or not any more.',
  'passkey/exists': 'This passkey is registered already.',
  'passkey/limit_reached': 'The account has as many passkeys as it may have.',
  'passkey/not_found': 'You have no such passkey.',
} as const satisfies Readonly<Record<PasskeyRefusal, string>>;

export function passkeyRoutes(deps: PasskeyRouteDeps): Handlers<PasskeyRoutes> {
  const { pool, passkeys } = deps;
  return {
    askPasskey: async ({ caller, body, now }) => {
      const { accountId, account } = caller;
      if (body.purpose === 'step_up') return assert(deps, accountId, body.purpose, now);
      const profile = await deps.people.profile(pool, accountId);
      const userName = profile?.email ?? account;
      const options = await passkeys.registrationOptions({ accountId, account, userName, now });
      return { ok: true, status: 200, value: { options } };
    },
    addPasskey: async ({ caller, body, now }) => addPasskey(deps, caller, { ...body, now }),
    listPasskeys: async ({ caller }) => {
      const mine = await passkeys.list(pool, caller.accountId);
      return { ok: true, status: 200, value: { passkeys: mine.map(wirePasskey) } };
    },
    removePasskey: async ({ caller, params, now }) => {
      const id = fromBase64url(params.passkey_id);
      const removed = id !== undefined && (await removePasskey(deps, caller, { id, now }));
      if (!removed) return refuse('passkey/not_found');
      return { ok: true, status: 200, value: { msg: 'The passkey is removed.' } };
    },
    stepUpByPasskey: async ({ caller, body, now }) => stepUp(deps, caller, { ...body, now }),
    askPasskeyLogin: async ({ body, now }) => {
      const login = await findLogin(deps, body, now);
      return login === undefined ? otpInvalid : assert(deps, login.accountId, 'login', now);
    },
    confirmByPasskey: async ({ body, headers, now }) =>
      confirm(deps, { ...body, agent: headers['user-agent'], now }),
  };
}

async function assert(
  { passkeys }: PasskeyRouteDeps,
  accountId: bigint,
  purpose: 'step_up' | 'login',
  now: Date,
): Promise<Reply<'askPasskey'>> {
  const asked = await passkeys.assertionOptions({ accountId, purpose, now });
  if (!asked.ok) return refuse(asked.code);
  return { ok: true, status: 200, value: { options: asked.value } };
}

async function addPasskey(
  deps: PasskeyRouteDeps,
  { accountId, account }: Caller,
  ask: { readonly name: string; readonly response: object; readonly now: Date },
): Promise<Reply<'addPasskey'>> {
  const { pool, passkeys, log } = deps;
  const { name, response, now } = ask;
  const checked = await passkeys.checkRegistration({ accountId, response, now });
  if (!checked.ok) return refuse(checked.code);
  const added = await inTransaction(pool, async (tx) => {
    const answer = await passkeys.add(tx, accountId, checked.value, { name, at: now });
    if (answer.ok) {
      await note(tx, account, 'passkey.add', now);
      await deps.notices.tell(tx, { accountId, template: 'passkeys_changed', at: now });
    }
    return answer;
  });
  if (!added.ok) return refuse(added.code);
  deps.wakeMailer();
  log.info('passkey.added', { account });
  return { ok: true, status: 201, value: wirePasskey(added.value) };
}

async function removePasskey(
  { pool, passkeys, notices, wakeMailer, log }: PasskeyRouteDeps,
  { accountId, account }: Caller,
  { id, now }: { readonly id: Uint8Array; readonly now: Date },
): Promise<boolean> {
  const removed = await inTransaction(pool, async (tx) => {
    if (!(await passkeys.remove(tx, accountId, id))) return false;
    await note(tx, account, 'passkey.remove', now);
    await notices.tell(tx, { accountId, template: 'passkeys_changed', at: now });
    return true;
  });
  if (!removed) return false;
  wakeMailer();
  log.info('passkey.removed', { account });
  return true;
}

async function stepUp(
  { pool, passkeys, sessions, log }: PasskeyRouteDeps,
  { accountId, account, session }: Caller,
  { response, now }: { readonly response: object; readonly now: Date },
): Promise<Reply<'stepUpByPasskey'>> {
  if (session === undefined) return noSession;
  if (!(await passkeys.prove({ accountId, purpose: 'step_up', response, now }))) {
    log.warn('passkey.refused', { account, purpose: 'step_up' });
    return refuse('passkey/invalid');
  }
  const stepped = await inTransaction(pool, async (tx) => {
    await note(tx, account, 'session.step_up', now, 'passkey');
    return sessions.stepUp(tx, session.id, 'passkey', now);
  });
  if (!stepped) return noSession;
  const freshUntil = new Date(now.getTime() + LIMITS.stepUpMs).toISOString();
  return { ok: true, status: 200, value: { msg: 'Proved.', fresh_until: freshUntil } };
}

interface Login {
  readonly nonce: string;
  readonly device_fingerprint: string;
}

async function findLogin(
  { pool, sessions }: PasskeyRouteDeps,
  { nonce, device_fingerprint: text }: Login,
  now: Date,
) {
  const id = fromBase64url(nonce);
  if (id === undefined) return undefined;
  const fingerprint = sessions.fingerprint(text);
  const accountId = await readLogin(pool, { id, fingerprint, now });
  return accountId === undefined ? undefined : { id, fingerprint, accountId };
}

async function confirm(
  deps: PasskeyRouteDeps,
  ask: Login & {
    readonly response: object;
    readonly agent: string | undefined;
    readonly now: Date;
  },
): Promise<Reply<'confirmByPasskey'>> {
  const { pool, passkeys, sessions, log } = deps;
  const { response, agent, now } = ask;
  const login = await findLogin(deps, ask, now);
  if (login === undefined) return otpInvalid;
  const { id, fingerprint, accountId } = login;
  const account = await accountById(pool, accountId);
  if (account === undefined) return otpInvalid;
  if (!(await passkeys.prove({ accountId, purpose: 'login', response, now }))) {
    log.warn('passkey.refused', { account: account.publicId, purpose: 'login' });
    return refuse('passkey/invalid');
  }
  if (account.status !== 'active') return blockedRefusal(account);
  const tokens = await inTransaction(pool, async (tx) => {
    if (!(await useLogin(tx, id, now))) return undefined;
    const session = { account, fingerprint, deviceNo: undefined, agent, by: 'passkey', now };
    return sessions.open(tx, session);
  });
  if (tokens === undefined) return otpInvalid;
  log.info('login.ok', { account: account.publicId, by: 'passkey' });
  const { accessToken, refreshToken } = tokens;
  return {
    ok: true,
    status: 200,
    value: { access_token: accessToken, token_type: 'bearer', refresh_token: refreshToken },
  };
}

async function note(
  tx: Tx,
  account: string,
  action: string,
  now: Date,
  outcome = 'ok',
): Promise<void> {
  const subject = `account:${account}`;
  await record(tx, [{ actor: subject, action, subject, outcome }], now);
}

function wirePasskey({ credentialId, name, createdAt, lastUsedAt }: PasskeyRecord) {
  return {
    id: Buffer.from(credentialId).toString('base64url'),
    name,
    created_at: createdAt.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
  };
}

function refuse(code: PasskeyRefusal): Refused {
  return { ok: false, code, detail: sentences[code] };
}

const noSession: Refused = {
  ok: false,
  code: 'auth/session_missing',
  detail: 'This token belongs to no session that could be proved again.',
};
