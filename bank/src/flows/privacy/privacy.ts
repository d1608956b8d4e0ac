import { record } from '../../audit/index.ts';
import type { Caller, Handlers, Refused, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { forgetKeys } from '../../idempotency/index.ts';
import { accountById, deletePasskeysOf, findAccount } from '../../identity/index.ts';
import type { Identity } from '../../identity/index.ts';
import type { Log } from '../../log.ts';
import { forgetTold } from '../../notify/index.ts';
import * as store from './store.ts';

export interface PrivacyDeps extends Pick<Identity, 'people' | 'sessions'> {
  readonly pool: Pool;
  /** Security events: whose, never what. */
  readonly log: Log;
}

/** A payment by a wallet's key that has been pending for longer is not waited for. */
const PENDING_MS = 30 * 86_400_000;

/** What a person may ask of their own data (docs/compliance.md). */
export function privacyRoutes(
  deps: PrivacyDeps,
): Handlers<'exportPersonalData' | 'erasePersonalData' | 'setHold'> {
  return {
    exportPersonalData: ({ caller, now }) => exportData(deps, caller, now),
    erasePersonalData: ({ caller, now }) => erase(deps, caller, now),
    setHold: async ({ caller, params, body, now }) => {
      const until = body.until === null ? undefined : new Date(body.until);
      const { reason } = body;
      if (until !== undefined && !isDayOf(until, body.until)) return noDay;
      const held = await inTransaction(deps.pool, async (tx) => {
        const account = await findAccount(tx, params.user_id);
        if (account === undefined || !(await deps.people.hold(tx, account.id, until))) return false;
        const event = {
          actor: `account:${caller.account}`,
          subject: `account:${account.publicId}`,
        };
        const details = { until: until?.toISOString() ?? null, reason };
        await record(tx, [{ ...event, action: 'person.hold', outcome: 'ok', details }], now);
        return true;
      });
      if (!held) return noUser;
      return { ok: true, status: 200, value: { msg: until === undefined ? 'Let go.' : 'Held.' } };
    },
  };
}

async function exportData(
  { pool, people, log }: PrivacyDeps,
  { accountId, account: publicId }: Caller,
  now: Date,
): Promise<Reply<'exportPersonalData'>> {
  const value = await inTransaction(pool, async (tx) => {
    const subject = `account:${publicId}`;
    await record(tx, [{ actor: subject, action: 'person.export', subject, outcome: 'ok' }], now);
    const account = await accountById(tx, accountId);
    if (account === undefined) throw new Error('The caller has no account.');
    const person = await people.find(tx, accountId);
    const lists = await store.readLists(tx, { accountId, account: publicId });
    return {
      exported_at: now.toISOString(),
      profile: person === undefined ? null : wireProfile(person),
      account: {
        id: publicId,
        status: account.status,
        roles: [...account.roles],
        created_at: account.createdAt.toISOString(),
      },
      lists: writable(lists),
    };
  });
  log.info('person.exported', { account: publicId });
  return { ok: true, status: 200, value };
}

/**
 * In one transaction, or nothing: everything that says who the person is goes, sessions end, the
 * account is closed. What moved money, and what others hold signed, stays under numbers.
 */
async function erase(
  deps: PrivacyDeps,
  { accountId, account }: Caller,
  now: Date,
): Promise<Reply<'erasePersonalData'>> {
  const refused = await inTransaction(deps.pool, async (tx) => {
    await store.lockWallets(tx, accountId);
    const reason = await mayNotErase(deps, tx, accountId, now);
    if (reason !== undefined) return reason;
    await deps.sessions.end(tx, accountId, { reason: 'erased', now });
    await deletePasskeysOf(tx, accountId);
    await forgetTold(tx, accountId);
    await forgetKeys(tx, accountId);
    await store.forgetTraces(tx, accountId, now);
    if (!(await deps.people.erase(tx, accountId, now))) throw new Error('Erased by another.');
    const subject = `account:${account}`;
    await record(tx, [{ actor: subject, action: 'person.erased', subject, outcome: 'ok' }], now);
    return undefined;
  });
  if (refused !== undefined) return refused;
  deps.log.info('person.erased', { account });
  const msg = 'The account is closed and its personal data is forgotten.';
  return { ok: true, status: 200, value: { msg } };
}

async function mayNotErase(
  { people }: PrivacyDeps,
  tx: Tx,
  accountId: bigint,
  now: Date,
): Promise<Refused | undefined> {
  const person = await people.find(tx, accountId);
  if (person?.holdUntil !== undefined && person.holdUntil > now) return refuse('privacy/held');
  if (await store.hasMoneyLeft(tx, accountId)) return refuse('privacy/balance_left');
  const pendingSince = new Date(now.getTime() - PENDING_MS);
  const open = await store.hasOpenPayments(tx, accountId, { now, pendingSince });
  return open ? refuse('privacy/payments_open') : undefined;
}

const sentences = {
  'privacy/held': 'The bank is obliged to keep this data for now.',
  'privacy/balance_left': 'There is money in a wallet of yours, or on its way to one.',
  'privacy/payments_open': 'Payments may still come of what you or others have signed.',
} as const;

function refuse(code: keyof typeof sentences): Refused {
  return { ok: false, code, detail: sentences[code] };
}

function wireProfile({
  profile,
  language,
  emailVerified,
  phoneVerifiedAt,
}: NonNullable<Awaited<ReturnType<Identity['people']['find']>>>) {
  const { email, name, phone = null, iban = null } = profile;
  const verified = {
    email_verified: emailVerified,
    phone_verified_at: phoneVerifiedAt?.toISOString() ?? null,
  };
  return { email, name, phone, iban, language, ...verified };
}

/** Numbers of the database as JSON can say them. */
function writable(lists: store.ExportedLists) {
  const text = JSON.stringify(lists, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return JSON.parse(text) as Record<keyof store.ExportedLists, Record<string, unknown>[]>;
}

/** False for the 30th of February, which would quietly be a day in March, and for month 13. */
function isDayOf(time: Date, text: string | null): boolean {
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === text?.slice(0, 19);
}

const noDay: Refused = {
  ok: false,
  code: 'request/invalid',
  detail: 'There is no such time.',
  errors: [{ pointer: '/body/until', detail: 'is in no calendar' }],
};

const noUser: Refused = { ok: false, code: 'user/not_found', detail: 'There is no such user.' };
