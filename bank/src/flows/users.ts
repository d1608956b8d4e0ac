import { checkName, checkTown } from '@sikka/protocol';
import { record } from '../audit/index.ts';
import type { Call, Caller, Handlers, Refused, Reply } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool } from '../db/index.ts';
import { findAccount, maskEmail, parsePhone, setRoles, verifyName } from '../identity/index.ts';
import type { AccountRecord, Identity, Person } from '../identity/index.ts';
import { agree } from '../policy/index.ts';
import type { Settlement } from '../settlement/index.ts';
import { isFresh } from './me.ts';
import { exists, openWithWallets } from './sign-up.ts';

export interface UserDeps extends Pick<Identity, 'people' | 'notices'> {
  readonly pool: Pool;
  readonly wakeMailer: () => void;
  readonly settlement: Pick<Settlement, 'requeue'>;
  /** One person is enough. */
  readonly demo: boolean;
}

type UserRoutes =
  | 'listUsers'
  | 'createUser'
  | 'blockUser'
  | 'releaseUser'
  | 'verifyName'
  | 'verifyPhone'
  | 'setRoles';

/** What the bank's staff do with accounts. Each act is an audit event of who did it and why. */
export function userRoutes(deps: UserDeps): Handlers<UserRoutes> {
  const { pool, people } = deps;
  return {
    listUsers: async ({ query }) => {
      const limit = Number(query.limit ?? '50');
      const before = query.before === undefined ? undefined : BigInt(query.before);
      const page = await people.page(pool, { limit, before });
      const users = page.map(({ account, person }) => wireUser(account, person));
      return { ok: true, status: 200, value: { users } };
    },
    createUser: async ({ caller, body, now }) => {
      const { roles = ['user'], name, email, phone } = body;
      const plain = roles.every((role) => role === 'user' || role === 'merchant');
      if (!plain && !caller.roles.has('admin')) return onlyAdmin;
      if (!plain && !isFresh(caller, now)) return stepUpFirst;
      const profile = { name, email, ...(phone === undefined ? {} : { phone }) };
      const actor = actorOf(caller);
      const opened = await inTransaction(pool, async (tx) => {
        await people.lockEmail(tx, email);
        if ((await people.byEmail(tx, email)) !== undefined) return undefined;
        return openWithWallets(tx, people, { profile, roles, actor, now });
      });
      return opened === undefined ? exists : answer(deps, opened.publicId, 201);
    },
    blockUser: async ({ caller, params, body, now }) =>
      changeStatus(deps, { caller, to: 'review', ...params, ...body, now }),
    releaseUser: async ({ caller, params, body, now }) =>
      changeStatus(deps, { caller, to: 'active', ...params, ...body, now }),
    verifyName: async ({ caller, params, body, now }) =>
      verify(deps, { caller, ...params, ...body, now }),
    verifyPhone: (call) => verifyPhone(deps, call),
    setRoles: async ({ caller, params, body, now }) => {
      if (params.user_id === caller.account) return ownRoles;
      const account = await findAccount(pool, params.user_id);
      if (account === undefined) return noUser;
      const { roles, reason } = body;
      await inTransaction(pool, async (tx) => {
        await setRoles(tx, account.id, roles, now);
        const event = { actor: actorOf(caller), subject: `account:${account.publicId}` };
        const details = { before: account.roles, after: roles, reason };
        await record(tx, [{ ...event, action: 'account.roles', outcome: 'ok', details }], now);
      });
      return answer(deps, account.publicId, 200);
    },
  };
}

async function changeStatus(
  deps: UserDeps,
  change: {
    readonly caller: Caller;
    readonly user_id: string;
    readonly to: 'review' | 'active';
    readonly reason: string;
    readonly now: Date;
  },
): Promise<Reply<'blockUser'>> {
  const { pool, people, notices, settlement } = deps;
  const { caller, to, reason, now } = change;
  const account = await findAccount(pool, change.user_id);
  if (account === undefined) return noUser;
  const accountId = account.id;
  const by = { reason, actor: actorOf(caller), now };
  const changed = await inTransaction(pool, async (tx) => {
    if (to === 'active') {
      const released = await people.release(tx, accountId, by);
      // What was held for the review is decided again (spec/wallet-key.md §6).
      if (released) await settlement.requeue(tx, accountId);
      return released;
    }
    const blocked = await people.block(tx, accountId, by);
    if (blocked) await notices.tell(tx, { accountId, template: 'blocked', at: now });
    return blocked;
  });
  if (!changed) return statusConflict;
  deps.wakeMailer();
  return answer(deps, account.publicId, 200);
}

async function verify(
  deps: UserDeps,
  ask: {
    readonly caller: Caller;
    readonly user_id: string;
    readonly name: string;
    readonly town: string;
    readonly reason: string;
    readonly now: Date;
  },
): Promise<Reply<'verifyName'>> {
  const { name, town, reason, now } = ask;
  if (!checkName(name).ok) return unfit('name');
  if (!checkTown(town).ok) return unfit('town');
  if (ask.user_id === ask.caller.account) return ownName;
  const account = await findAccount(deps.pool, ask.user_id);
  if (account === undefined) return noUser;
  const accountId = account.id;
  const outcome = await inTransaction(deps.pool, async (tx) => {
    const actor = actorOf(ask.caller);
    const verified = await verifyName(tx, accountId, { name, town, reason, actor, now });
    if (verified === 'verified') {
      const values = { name, town };
      await deps.notices.tell(tx, { accountId, template: 'name_verified', values, at: now });
    }
    return verified;
  });
  if (outcome === 'not_active') return statusConflict;
  deps.wakeMailer();
  return answer(deps, account.publicId, 200);
}

async function verifyPhone(
  deps: UserDeps,
  { caller, params, body, now }: Call<'verifyPhone'>,
): Promise<Reply<'verifyPhone'>> {
  const phone = body.phone === null ? undefined : parsePhone(body.phone);
  if (body.phone !== null && phone === undefined) return unfitPhone;
  if (params.user_id === caller.account) return ownPhone;
  const account = await findAccount(deps.pool, params.user_id);
  if (account === undefined) return noUser;
  const accountId = account.id;
  const outcome = await inTransaction(deps.pool, async (tx) => {
    const change = { phone, reason: body.reason, actor: actorOf(caller), now };
    let verified = await deps.people.verifyPhone(tx, accountId, change);
    if (typeof verified === 'object') {
      const { content } = verified;
      const act = { kind: 'verified_phone', subject: `account:${account.publicId}`, content };
      const { agreed } = await agree(tx, { ...act, caller, now }, { alone: deps.demo });
      if (!agreed) return 'waiting';
      const agreedTo = { ...change, agreed: true } as const;
      verified = await deps.people.verifyPhone(tx, accountId, agreedTo);
    }
    if (verified === 'changed') {
      await deps.notices.tell(tx, { accountId, template: 'phone_verified', at: now });
    }
    return verified;
  });
  if (outcome === 'not_active') return statusConflict;
  if (outcome === 'taken') return phoneTaken;
  deps.wakeMailer();
  return answer(deps, account.publicId, outcome === 'waiting' ? 202 : 200);
}

async function answer(
  { pool, people }: UserDeps,
  publicId: string,
  status: number,
): Promise<Reply<'blockUser'>> {
  const account = await findAccount(pool, publicId);
  if (account === undefined) throw new Error('An account is gone.');
  return { ok: true, status, value: wireUser(account, await people.find(pool, account.id)) };
}

function wireUser(account: AccountRecord, person: Person | undefined) {
  return {
    id: account.publicId,
    number: Number(account.id),
    email: person === undefined ? null : maskEmail(person.profile.email),
    name: person?.profile.name ?? null,
    verified_name: account.verifiedName?.name ?? null,
    verified_town: account.verifiedName?.town ?? null,
    phone_verified_at: person?.phoneVerifiedAt?.toISOString() ?? null,
    status: account.status,
    status_reason: account.statusReason ?? null,
    roles: [...account.roles],
    created_at: account.createdAt.toISOString(),
  };
}

function actorOf({ account }: Caller): string {
  return `account:${account}`;
}

const noUser: Refused = { ok: false, code: 'user/not_found', detail: 'There is no such user.' };

const statusConflict: Refused = {
  ok: false,
  code: 'user/status_conflict',
  detail: 'The account is not in the status that this would change.',
};

const ownName: Refused = {
  ok: false,
  code: 'user/own_name',
  detail: 'Nobody verifies their own name.',
};

const ownPhone: Refused = {
  ok: false,
  code: 'user/own_phone',
  detail: 'Nobody verifies their own number.',
};

const phoneTaken: Refused = {
  ok: false,
  code: 'user/phone_taken',
  detail: 'This number stands verified for somebody else.',
};

const unfitPhone: Refused = {
  ok: false,
  code: 'request/invalid',
  detail: 'This is no phone number.',
  errors: [{ pointer: '/body/phone', detail: 'is not + and 8 to 15 digits' }],
};

function unfit(field: 'name' | 'town'): Refused {
  const detail = `The ${field} is not one that a credential can carry.`;
  const errors = [{ pointer: `/body/${field}`, detail: 'is not as spec/identifiers.md says' }];
  return { ok: false, code: 'request/invalid', detail, errors };
}

const ownRoles: Refused = {
  ok: false,
  code: 'user/own_roles',
  detail: 'Nobody gives roles to themselves.',
};

/** Or a token that was stolen for minutes would become an account for ever. */
const stepUpFirst: Refused = {
  ok: false,
  code: 'auth/step_up_required',
  detail: 'To give such a role needs a fresh proof of your second factor in this session.',
};

const onlyAdmin: Refused = {
  ok: false,
  code: 'auth/role_missing',
  detail: 'Only an admin gives roles beyond user and merchant.',
};
