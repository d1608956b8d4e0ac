import { fromBase64url } from '@sikka/api';
import { currencyOf, parseAmount } from '@sikka/protocol';
import type { Call, Handlers, Refused, Reply } from '../caller.ts';
import type { Pool } from '../db/index.ts';
import { allowancesOf, issueAllowance } from './allowances/index.ts';
import type { AllowanceOptions } from './allowances/index.ts';
import type { Bulletins } from './bulletin.ts';
import { sentences } from './sentences.ts';
import { transfer, transfersOf } from './transfers.ts';
import { walletsOf } from './wallets.ts';
import { wireAllowance, wireBulletin, wireTransfer, wireWallet } from './wire.ts';
import type { WireHead } from './wire.ts';

export interface WalletRouteDeps {
  readonly pool: Pool;
  readonly allowances: AllowanceOptions;
  readonly bulletins: Bulletins;
  /** Settlement is above wallets, so what it knows comes as an argument. */
  readonly headsOf: (nos: readonly bigint[]) => Promise<ReadonlyMap<bigint, WireHead>>;
}

type WalletRoutes =
  | 'listWallets'
  | 'getWallet'
  | 'createTransfer'
  | 'listTransfers'
  | 'createAllowance'
  | 'listAllowances'
  | 'getLatestBulletin'
  | 'getBulletin'
  | 'issueBulletin';

export function walletRoutes(deps: WalletRouteDeps): Handlers<WalletRoutes> {
  const { pool, bulletins } = deps;
  return {
    listWallets: async ({ caller }) => {
      const wallets = await walletsOf(pool, caller.accountId);
      return { ok: true, status: 200, value: wallets.map((wallet) => wireWallet(wallet)) };
    },
    getWallet: async ({ caller, params }) => {
      const wallets = await walletsOf(pool, caller.accountId);
      const wallet = wallets.find(({ number }) => String(number) === params.wallet_id);
      if (wallet === undefined) return refuse('wallet/not_found');
      return { ok: true, status: 200, value: wireWallet(wallet) };
    },
    createTransfer: (call) => createTransfer(pool, call),
    listTransfers: async ({ caller, query }) => {
      const most = query.limit === undefined ? undefined : Number(query.limit);
      const { transfers } = await transfersOf(pool, caller.accountId, { most });
      return { ok: true, status: 200, value: transfers.map(wireTransfer) };
    },
    createAllowance: (call) => createAllowance(deps, call),
    listAllowances: async ({ caller, now }) => {
      const records = await allowancesOf(pool, caller.accountId, now);
      const heads = await deps.headsOf(records.map(({ no }) => no));
      const allowances = records.map((record) => wireAllowance(record, heads.get(record.no)));
      return { ok: true, status: 200, value: { allowances } };
    },
    getLatestBulletin: async () => {
      const bulletin = await bulletins.latest();
      if (bulletin === undefined) return refuse('bulletin/not_found');
      return { ok: true, status: 200, value: wireBulletin(bulletin) };
    },
    getBulletin: async ({ params }) => {
      const bulletin = await bulletins.byVersion(Number(params.version));
      if (bulletin === undefined) return refuse('bulletin/not_found');
      return { ok: true, status: 200, value: wireBulletin(bulletin) };
    },
    issueBulletin: async ({ caller, now }) => {
      const bulletin = await bulletins.issue(now, `account:${caller.account}`);
      return { ok: true, status: 201, value: wireBulletin(bulletin) };
    },
  };
}

async function createTransfer(
  pool: Pool,
  call: Call<'createTransfer'>,
): Promise<Reply<'createTransfer'>> {
  const { caller, body, idempotencyKey, now } = call;
  const currency = currencyOf(body.currency);
  if (currency === undefined) return refuse('wallet/currency_mismatch');
  const amount = parseAmount(body.amount, currency.numeric);
  if (!amount.ok || amount.value === 0n) return refuse('amount/invalid');
  const answer = await transfer(pool, {
    accountId: caller.accountId,
    account: caller.account,
    from: body.from_wallet_id,
    to: body.to_wallet_id,
    currency: currency.numeric,
    amountMinor: amount.value,
    kind: 'transfer',
    idempotencyKey,
    at: now,
  });
  if (!answer.ok) return refuse(answer.code);
  return { ok: true, status: 201, value: wireTransfer(answer.transfer) };
}

async function createAllowance(
  { allowances, headsOf }: WalletRouteDeps,
  { caller, body, now }: Call<'createAllowance'>,
): Promise<Reply<'createAllowance'>> {
  const request = fromBase64url(body.request);
  if (request === undefined) return refuse('allowance/request_invalid');
  const { accountId, account } = caller;
  const answer = await issueAllowance(allowances, { accountId, account, request, now });
  if (!answer.ok) return refuse(answer.code);
  const heads = await headsOf([answer.allowance.no]);
  const value = wireAllowance(answer.allowance, heads.get(answer.allowance.no));
  return { ok: true, status: answer.repeated ? 200 : 201, value };
}

function refuse(code: keyof typeof sentences): Refused {
  return { ok: false, code, detail: sentences[code] };
}
