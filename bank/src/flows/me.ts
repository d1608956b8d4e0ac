import { LIMITS } from '@sikka/api';
import { currencyOf, formatAmount } from '@sikka/protocol';
import type { Caller, Handlers, Reply } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool } from '../db/index.ts';
import { accountById, NEW_ADDRESS } from '../identity/index.ts';
import type { Identity, PersonChange, QueueMail } from '../identity/index.ts';
import { walletsOf } from '../wallets/index.ts';
import { chainHead } from './offline/index.ts';

export interface MeDeps extends Pick<Identity, 'people' | 'codes' | 'notices'> {
  readonly pool: Pool;
  readonly queueMail: QueueMail;
  readonly wakeMailer: () => void;
}

/** Who is signed in, with both balances in the account's first currency. */
export function meRoutes(deps: MeDeps): Handlers<'getMe' | 'getUser' | 'updateUser'> {
  const { pool } = deps;
  return {
    getMe: async ({ caller, headers }) => {
      const me = await readMe(deps, caller.accountId);
      // Without the header: as of a device that has handed nothing in.
      const fingerprint = headers['x-device-fingerprint'] ?? '';
      const head = await chainHead(pool, caller.accountId, fingerprint);
      const value = {
        ...{ id: me.id, email: me.email, name: me.name, phone: me.phone },
        ...{ emailVerified: me.emailVerified, totalBalance: me.total, offlineBalance: me.offline },
        ...{ currency: me.currency, town: me.town, status: me.status, roles: me.roles },
        deviceLedgerPrevHash: head.previous,
        deviceLedgerNextSequence: head.nextSequence,
      };
      return { ok: true, status: 200, value };
    },
    getUser: async ({ caller }) => wireUser(deps, caller.accountId),
    updateUser: async ({ caller, body, address, now }) => {
      const { name, phone, language, email } = body;
      const change: PersonChange = {
        ...(name === undefined ? {} : { name }),
        ...(phone === undefined ? {} : { phone }),
        ...(language === undefined ? {} : { language }),
      };
      const profile = await deps.people.profile(pool, caller.accountId);
      const isNew = email !== undefined && email.toLowerCase() !== profile?.email.toLowerCase();
      if (isNew && !isFresh(caller, now)) return stepUpFirst;
      if (isNew) await askNewAddress(deps, caller, { email, address, now });
      await inTransaction(pool, (tx) => deps.people.update(tx, caller.accountId, change));
      return wireUser(deps, caller.accountId);
    },
  };
}

interface OwnData {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly phone: string | null;
  readonly emailVerified: boolean;
  readonly total: string;
  readonly offline: string;
  readonly currency: string;
  readonly town: string | null;
  readonly status: 'active' | 'review' | 'closed';
  readonly roles: string[];
  readonly createdAt: Date;
}

async function readMe({ pool, people }: MeDeps, accountId: bigint): Promise<OwnData> {
  const account = await accountById(pool, accountId);
  if (account === undefined) throw new Error('The caller has no account.');
  const person = await people.find(pool, accountId);
  const { currency, verifiedName } = account;
  const wallets = (await walletsOf(pool, accountId)).filter((own) => own.currency === currency);
  const sum = (some: typeof wallets) => {
    const total = some.reduce((all, own) => all + own.availableMinor + own.reservedMinor, 0n);
    return formatAmount(total, currency);
  };
  return {
    id: account.publicId,
    email: person?.profile.email ?? '',
    name: person?.profile.name ?? verifiedName?.name ?? '',
    phone: person?.profile.phone ?? null,
    emailVerified: person?.emailVerified ?? false,
    total: sum(wallets),
    offline: sum(wallets.filter(({ kind }) => kind === 'offline')),
    currency: currencyOf(currency)?.alpha ?? String(currency),
    town: verifiedName?.town ?? null,
    status: account.status,
    roles: [...account.roles],
    createdAt: account.createdAt,
  };
}

/** The union of what two generations of clients read. */
async function wireUser(deps: MeDeps, accountId: bigint): Promise<Reply<'getUser'>> {
  const me = await readMe(deps, accountId);
  const value = {
    ...{ id: me.id, email: me.email, name: me.name, phone: me.phone },
    ...{ emailVerified: me.emailVerified, email_verified: me.emailVerified },
    ...{ totalBalance: me.total, total_balance: me.total },
    ...{ offlineBalance: me.offline, offline_balance: me.offline },
    ...{ currency: me.currency, status: me.status, roles: me.roles },
    created_at: me.createdAt.toISOString(),
  };
  return { ok: true, status: 200, value };
}

/** Whether the session proved its second factor in the last minutes. */
export function isFresh({ session }: Caller, now: Date): boolean {
  const at = session?.steppedUpAt;
  return at !== undefined && now.getTime() - at.getTime() <= LIMITS.stepUpMs;
}

/**
 * A code to the new address, which takes effect once it comes back. Somebody else's address is
 * answered the same; nothing but a mail to its owner says that somebody tried.
 */
async function askNewAddress(
  { pool, people, codes, notices, queueMail, wakeMailer }: MeDeps,
  { accountId }: Caller,
  { email, address, now }: { readonly email: string; readonly address: string; readonly now: Date },
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const owner = await people.byEmail(tx, email);
    const language = (await people.find(tx, accountId))?.language ?? 'en';
    await codes.issue(tx, {
      ...{ subject: { email }, accountId, purpose: 'verify_email', about: NEW_ADDRESS },
      ...{ address, now },
      send: async (inner, code) => {
        if (owner !== undefined) {
          const notice = { accountId: owner.id, template: 'someone_signed_up', at: now } as const;
          return notices.tell(inner, notice);
        }
        const values = { code };
        const mail = { accountId, to: email, template: 'verify_email', language, values } as const;
        return queueMail(inner, { ...mail, at: now });
      },
    });
  });
  wakeMailer();
}

const stepUpFirst = {
  ok: false,
  code: 'auth/step_up_required',
  detail: 'A new e-mail address needs a fresh proof of your second factor in this session.',
} as const;
