import { KYC_KEY_MEMBERS } from '@sikka/api';
import type { KycUser as WireKycUser } from '@sikka/api';
import { parseJsonText, readPublicJwk } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Call, Caller, Handlers, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import type { Kyc, KycUser } from '../../identity/index.ts';
import type { Settlement } from '../../settlement/index.ts';
import { limitWalletOf, lockLimitWallet } from '../../wallets/index.ts';
import { openBareAccount } from '../open-account.ts';
import { limits } from './limits.ts';

export interface LedgerPeopleDeps {
  readonly pool: Pool;
  readonly kyc: Kyc;
  readonly settlement: Pick<Settlement, 'requeueOrders'>;
}

type PeopleRoutes = 'registerKyc' | 'approveKyc' | 'listKyc' | 'getKyc';

/** People of sealed ledgers: whoever registers, and whom the staff approve. */
export function ledgerPeopleRoutes(deps: LedgerPeopleDeps): Handlers<PeopleRoutes> {
  const { pool, kyc } = deps;
  return {
    registerKyc: (call) => register(deps, call),
    approveKyc: (call) => inTransaction(pool, (tx) => decide(deps, tx, call)),
    listKyc: async ({ query }) => {
      const page = { status: query.kyc_status, limit: limits.peoplePage };
      return { ok: true, status: 200, value: (await kyc.list(pool, page)).map(wireUser) };
    },
    getKyc: async ({ params }) => {
      const user = await kyc.find(pool, params.kyc_user_id);
      return user === undefined ? noSuchPerson : { ok: true, status: 200, value: wireUser(user) };
    },
  };
}

async function register(
  { pool, kyc }: LedgerPeopleDeps,
  { body, now }: Call<'registerKyc'>,
): Promise<Reply<'registerKyc'>> {
  const publicKey = keyIn(body);
  if (publicKey === undefined) return keyInvalid;
  const { full_name: fullName, email_or_phone: contact, role = 'both' } = body;
  const bankId = body.bank_id ?? undefined;
  const userId = await inTransaction(pool, async (tx) => {
    const made = await kyc.register(tx, { fullName, contact, role, bankId, publicKey }, now);
    if (made === undefined) return undefined;
    const event = { actor: `ledger:${made}`, action: 'kyc.registered', subject: `kyc:${made}` };
    await record(tx, [{ ...event, outcome: 'pending', details: { role } }], now);
    return made;
  });
  if (userId === undefined) return keyTaken;
  const message = 'Registered. Somebody at the bank looks at it next.';
  return { ok: true, status: 201, value: { user_id: userId, kyc_status: 'pending', message } };
}

/** The first member that holds a key: older pages call it by one of several names. */
function keyIn(body: Readonly<Record<string, unknown>>): Uint8Array | undefined {
  for (const name of KYC_KEY_MEMBERS) {
    const value = body[name];
    const text = typeof value === 'object' ? JSON.stringify(value) : value;
    if (typeof text !== 'string') continue;
    const parsed = parseJsonText(text, limits.jwk);
    const key = parsed.ok ? readPublicJwk(parsed.value) : undefined;
    if (key !== undefined) return key;
  }
  return undefined;
}

/**
 * Approved, the person has an account of its own from then on; it is never one that was there
 * before, whatever address was given at an open door. Rejected, nothing more of his settles.
 */
async function decide(
  { kyc, settlement }: LedgerPeopleDeps,
  tx: Tx,
  { caller, body, now }: Call<'approveKyc'>,
): Promise<Reply<'approveKyc'>> {
  const user = await kyc.lock(tx, body.user_id);
  if (user === undefined) return noSuchPerson;
  const { kyc_status: status } = body;
  const message = `The registration is ${status}.`;
  const answer = { ok: true, status: 200, value: { message, user_id: user.userId } } as const;
  if (user.status === status) return answer;
  const actor = actorOf(caller);
  const accountId =
    status === 'approved' && user.accountId === undefined
      ? await openAccountFor(tx, { actor, now })
      : undefined;
  const wallet = await limitWalletOf(tx, user.userId);
  // Under the lock that batches take: whoever decides later sees it.
  if (wallet !== undefined) await lockLimitWallet(tx, wallet.walletId);
  const notes = body.notes === '' ? undefined : body.notes;
  await kyc.decide(tx, user.no, { status, notes, accountId, at: now });
  const event = { actor, action: `kyc.${status}`, subject: `kyc:${user.userId}`, outcome: 'ok' };
  await record(tx, [{ ...event, details: { before: user.status } }], now);
  if (status === 'approved' && wallet?.ledgerAccount !== undefined) {
    await settlement.requeueOrders(tx, wallet.ledgerAccount);
  }
  return answer;
}

async function openAccountFor(
  tx: Tx,
  by: { readonly actor: string; readonly now: Date },
): Promise<bigint> {
  const { accountId } = await openBareAccount(tx, {
    ...by,
    prefix: 'k',
    currency: limits.currency,
  });
  return accountId;
}

export function actorOf(caller: Caller | undefined): string {
  return caller === undefined ? 'demo' : `account:${caller.account}`;
}

function wireUser({ userId, person, role, bankId, status, createdAt }: KycUser): WireKycUser {
  return {
    user_id: userId,
    full_name: person?.fullName ?? '',
    email_or_phone: person?.contact ?? '',
    role,
    bank_id: bankId ?? null,
    kyc_status: status,
    created_at: createdAt.toISOString(),
  };
}

const keyInvalid = {
  ok: false,
  code: 'kyc/key_invalid',
  detail: 'No member of the registration holds a public P-256 signing key as a JWK.',
} as const;
const keyTaken = {
  ok: false,
  code: 'kyc/key_taken',
  detail: 'This key is registered already.',
} as const;
export const noSuchPerson = {
  ok: false,
  code: 'kyc/not_found',
  detail: 'Nobody is registered under this user_id.',
} as const;
