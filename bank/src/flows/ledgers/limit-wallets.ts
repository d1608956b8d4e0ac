import type { LimitWallet as WireLimitWallet } from '@sikka/api';
import { parseLooseAmount } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Call, Handlers, Reply } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Db, Pool, Tx } from '../../db/index.ts';
import type { Kyc } from '../../identity/index.ts';
import { agree } from '../../policy/index.ts';
import type { Settlement } from '../../settlement/index.ts';
import {
  canFundLimitWallet,
  fundLimitWallet,
  limitWalletById,
  limitWalletOf,
  lockLimitWallet,
  rejectLimitWallet,
  requestLimitWallet,
  usedOf,
} from '../../wallets/index.ts';
import type { LimitWallet } from '../../wallets/index.ts';
import { limits } from './limits.ts';
import { actorOf, noSuchPerson } from './people.ts';

export interface LimitWalletDeps {
  readonly pool: Pool;
  readonly kyc: Kyc;
  readonly settlement: Pick<Settlement, 'requeueOrders'>;
  readonly demo: boolean;
  /** FOUR_EYES_ABOVE in minor units of this currency. */
  readonly fourEyesAbove: (currency: number) => bigint;
}

type LimitRoutes =
  'requestLimitWallet' | 'approveLimitWallet' | 'getLimitWallet' | 'getLimitWalletOf';

/** Limits to spend by sealed ledgers: asked for by the person, funded when staff approve. */
export function limitWalletRoutes(deps: LimitWalletDeps): Handlers<LimitRoutes> {
  const { pool } = deps;
  return {
    requestLimitWallet: (call) => inTransaction(pool, (tx) => request(deps, tx, call)),
    approveLimitWallet: (call) => inTransaction(pool, (tx) => decide(deps, tx, call)),
    getLimitWallet: async ({ params }) =>
      answer(pool, await limitWalletById(pool, params.limit_wallet_id)),
    getLimitWalletOf: async ({ params }) =>
      answer(pool, await limitWalletOf(pool, params.kyc_user_id)),
  };
}

async function request(
  { kyc }: LimitWalletDeps,
  tx: Tx,
  { body, now }: Call<'requestLimitWallet'>,
): Promise<Reply<'requestLimitWallet'>> {
  const { currency } = limits;
  const amount = parseLooseAmount(body.requested_limit, currency);
  if (!amount.ok) return amountInvalid;
  const user = await kyc.find(tx, body.user_id);
  if (user === undefined) return noSuchPerson;
  if (user.status !== 'approved') return notApproved;
  const wallet = { kycUser: user.no, currency, requestedMinor: amount.value };
  const walletId = await requestLimitWallet(tx, wallet, now);
  if (walletId === undefined) return exists;
  const event = { actor: `ledger:${user.userId}`, action: 'limit.requested', outcome: 'pending' };
  const details = { amount: amount.value };
  await record(tx, [{ ...event, subject: `limit:${walletId}`, details }], now);
  const message = 'Asked for. Somebody at the bank decides about it next.';
  return { ok: true, status: 200, value: { wallet_id: walletId, status: 'pending', message } };
}

async function decide(
  deps: LimitWalletDeps,
  tx: Tx,
  { caller, body, now }: Call<'approveLimitWallet'>,
): Promise<Reply<'approveLimitWallet'>> {
  const { kyc, demo, fourEyesAbove } = deps;
  const seen = await limitWalletById(tx, body.wallet_id);
  if (seen === undefined) return notFound;
  // People before their limits, as batches lock them.
  const user = await kyc.lock(tx, seen.userId);
  const wallet = await lockLimitWallet(tx, body.wallet_id);
  if (wallet === undefined) return notFound;
  const { status: to = 'approved', notes: said } = body;
  if (wallet.status !== 'pending') return wallet.status === to ? done(wallet, to) : decided;
  const notes = said === '' ? undefined : said;
  const actor = actorOf(caller);
  const event = { actor, subject: `limit:${wallet.walletId}`, outcome: 'ok' };
  if (to === 'rejected') {
    await rejectLimitWallet(tx, wallet, { notes, at: now });
    await record(tx, [{ ...event, action: 'limit.rejected' }], now);
    return done(wallet, to);
  }
  if (user?.status !== 'approved') return notApproved;
  const approvedMinor = amountOf(wallet, body.approved_limit);
  if (approvedMinor === undefined) return amountInvalid;
  // Before a second person's word is used up for nothing.
  if (!(await canFundLimitWallet(tx, wallet, approvedMinor))) return notFunded;
  const above = fourEyesAbove(wallet.currency);
  const two = approvedMinor > above;
  const act = {
    ...{ kind: 'limit_wallet', subject: event.subject, content: { approvedMinor } },
    ...{ caller, now },
  };
  const agreement = two ? await agree(tx, act, { alone: demo }) : undefined;
  if (agreement?.agreed === false) {
    const message = 'Proposed: a second person has to ask for the same.';
    return { ok: true, status: 202, value: { message, wallet_id: wallet.walletId } };
  }
  const from = await fundLimitWallet(tx, wallet, { approvedMinor, notes, at: now });
  if (from === undefined) return notFunded;
  const approval = agreement?.approval ?? null;
  const details = { amount: approvedMinor, from, approval, four_eyes_above: above };
  await record(tx, [{ ...event, action: 'limit.approved', details }], now);
  return done(wallet, to);
}

/** Exactly what was asked for, where staff name nothing else. */
function amountOf(wallet: LimitWallet, named: string | undefined): bigint | undefined {
  if (named === undefined) return wallet.requestedMinor;
  const amount = parseLooseAmount(named, wallet.currency);
  return amount.ok ? amount.value : undefined;
}

function done(wallet: LimitWallet, status: 'approved' | 'rejected') {
  const value = { message: `The limit is ${status}.`, wallet_id: wallet.walletId };
  return { ok: true, status: 200, value } as const;
}

async function answer(
  db: Db,
  wallet: LimitWallet | undefined,
): Promise<
  typeof notFound | { readonly ok: true; readonly status: 200; readonly value: WireLimitWallet }
> {
  if (wallet === undefined) return notFound;
  const { balanceMinor, usedMinor } = await usedOf(db, wallet);
  const value = {
    ...{ wallet_id: wallet.walletId, user_id: wallet.userId, status: wallet.status },
    approved_limit: numberOf(wallet.approvedMinor ?? wallet.requestedMinor),
    ...{ current_balance: numberOf(balanceMinor), used_amount: numberOf(usedMinor) },
    locked_amount: 0,
    created_at: wallet.createdAt.toISOString(),
    updated_at: wallet.updatedAt.toISOString(),
  };
  return { ok: true, status: 200, value };
}

/** The older pages read numbers: the nearest one to the decimal amount. */
function numberOf(minor: bigint): number {
  return Number(minor) / 100;
}

const amountInvalid = {
  ok: false,
  code: 'amount/invalid',
  detail: 'A limit is more than 0, exact in the currency.',
} as const;
const notApproved = {
  ok: false,
  code: 'limit_wallet/not_approved',
  detail: 'The registration is not approved.',
} as const;
const exists = {
  ok: false,
  code: 'limit_wallet/exists',
  detail: 'This person has asked for a limit already.',
} as const;
const notFound = {
  ok: false,
  code: 'limit_wallet/not_found',
  detail: 'No limit is known under this id.',
} as const;
const notFunded = {
  ok: false,
  code: 'limit_wallet/not_funded',
  detail: 'The credit line is not funded for this much, and the current wallet does not cover it.',
} as const;
const decided = {
  ok: false,
  code: 'limit_wallet/decided',
  detail: 'This limit was decided about, otherwise.',
} as const;
