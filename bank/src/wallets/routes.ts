import { fromBase64url } from '@sikka/api';
import type { NewWallet, Wallet } from '@sikka/api';
import { currencyOf, parseLooseAmount } from '@sikka/protocol';
import type { Call, Handlers, Refused, Reply } from '../caller.ts';
import type { Pool } from '../db/index.ts';
import type { People } from '../identity/index.ts';
import { allowancesOf, issueAllowance } from './allowances/index.ts';
import type { AllowanceOptions } from './allowances/index.ts';
import { askWallet, verifyWallet } from './ask-wallet.ts';
import type { AskWalletDeps } from './ask-wallet.ts';
import { readBankAccount } from './bank-account.ts';
import type { Bulletins } from './bulletin.ts';
import { createWallet } from './create.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { isFresh } from './fresh.ts';
import { sentences } from './sentences.ts';
import { setWalletStatus } from './status.ts';
import type { TransferDesk } from './transfer-desk.ts';
import { transfersOf } from './transfers.ts';
import { walletsOf } from './wallets.ts';
import { wireAllowance, wireBulletin, wireTransfer, wireWallet } from './wire.ts';
import type { WireHead } from './wire.ts';

export interface WalletRouteDeps extends AskWalletDeps {
  readonly wakeMailer: () => void;
  readonly allowances: AllowanceOptions;
  readonly bulletins: Bulletins;
  readonly transfers: TransferDesk;
  /** Settlement is above wallets, so what it knows comes as an argument. */
  readonly headsOf: (nos: readonly bigint[]) => Promise<ReadonlyMap<bigint, WireHead>>;
}

type WalletRoutes =
  | 'listWallets'
  | 'getWallet'
  | 'createWallet'
  | 'askWallet'
  | 'verifyWallet'
  | 'deactivateWallet'
  | 'activateWallet'
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
      return { ok: true, status: 200, value: await wireWallets(deps, caller.accountId) };
    },
    getWallet: ({ caller, params }) => answerWallet(deps, caller.accountId, params.wallet_id),
    createWallet: (call) => create(deps, call),
    askWallet: (call) => ask(deps, call),
    verifyWallet: (call) => verify(deps, call),
    deactivateWallet: (call) => setStatus(deps, call, 'inactive'),
    activateWallet: (call) => setStatus(deps, call, 'active'),
    createTransfer: (call) => createTransfer(deps, call),
    listTransfers: (call) => listTransfers(pool, call),
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

/** What of the above it takes to show a person's wallets. */
export interface ShowDeps {
  readonly pool: Pool;
  readonly people: Pick<People, 'profile'>;
}

/** All of a person's wallets as the contract writes them, oldest first. */
export async function wireWallets(
  { pool, people }: ShowDeps,
  accountId: bigint,
): Promise<Wallet[]> {
  const wallets = await walletsOf(pool, accountId);
  const linked = wallets.some(({ hasBankAccount }) => hasBankAccount);
  const profile = linked ? await people.profile(pool, accountId) : undefined;
  return wallets.map((wallet) => wireWallet(wallet, profile?.iban));
}

/** One of them, by its number; somebody else's is as one that is not there. */
export async function answerWallet(
  deps: ShowDeps,
  accountId: bigint,
  number: string | number,
  status = 200,
): Promise<{ readonly ok: true; readonly status: number; readonly value: Wallet } | Refused> {
  const wallets = await wireWallets(deps, accountId);
  const wallet = wallets.find(({ id }) => String(id) === String(number));
  return wallet === undefined ? refuse('wallet/not_found') : { ok: true, status, value: wallet };
}

async function create(
  deps: WalletRouteDeps,
  { caller, body, idempotencyKey, now }: Call<'createWallet'>,
): Promise<Reply<'createWallet'>> {
  const { accountId, account } = caller;
  const wanted = wantedOf(body);
  if (!wanted.ok) return wanted;
  const order = { ...wanted.value, accountId, account, now, fresh: isFresh(caller, now) };
  const created = await createWallet(deps, { ...order, idempotencyKey });
  if (!created.ok) return refuse(created.code);
  return answerWallet(deps, accountId, created.number, 201);
}

function wantedOf(body: NewWallet) {
  const currency = currencyOf(body.currency ?? 'PKR');
  if (currency === undefined) return refuse('wallet/currency_mismatch');
  const text = body.bank_account_number ?? undefined;
  const bankAccount = text === undefined ? undefined : readBankAccount(text);
  if (text !== undefined && bankAccount === undefined) return refuse('wallet/bank_account_invalid');
  const pem = body.public_key_pem ?? undefined;
  const value = { kind: body.wallet_type, currency: currency.numeric, bankAccount, pem };
  return { ok: true, value } as const;
}

async function ask(
  deps: WalletRouteDeps,
  { caller: { accountId, account }, body, now }: Call<'askWallet'>,
): Promise<Reply<'askWallet'>> {
  const wanted = wantedOf(body);
  if (!wanted.ok) return wanted;
  const asked = await askWallet(deps, { ...wanted.value, accountId, account, now });
  if (!asked.ok) return 'detail' in asked ? asked : refuse(asked.code);
  deps.wakeMailer();
  const { id, demoCode } = asked;
  const msg = 'A code has been sent.';
  const value = { msg, nonce_demo: id, ...(demoCode === undefined ? {} : { otp_demo: demoCode }) };
  return { ok: true, status: 200, value };
}

async function verify(
  deps: WalletRouteDeps,
  { caller, body, now }: Call<'verifyWallet'>,
): Promise<Reply<'verifyWallet'>> {
  const { accountId, account } = caller;
  const use = { accountId, account, now, fresh: isFresh(caller, now), code: body.otp };
  const created = await verifyWallet(deps, use);
  if (!created.ok) return 'detail' in created ? created : refuse(created.code);
  return answerWallet(deps, accountId, created.number, 201);
}

async function setStatus(
  deps: WalletRouteDeps,
  call: Pick<Call<'activateWallet'>, 'caller' | 'params' | 'now'>,
  status: 'active' | 'inactive',
): Promise<Reply<'activateWallet'>> {
  const { accountId, account } = call.caller;
  const number = Number(call.params.wallet_id);
  await setWalletStatus(deps.pool, { accountId, account, number, status, now: call.now });
  return answerWallet(deps, accountId, number);
}

async function createTransfer(
  deps: WalletRouteDeps,
  { caller, body, idempotencyKey, now }: Call<'createTransfer'>,
): Promise<Reply<'createTransfer'>> {
  const amount = parseLooseAmount(body.amount, body.currency);
  if (!amount.ok && amount.code === 'wrong_currency') return refuse('wallet/currency_mismatch');
  if (!amount.ok) return refuse('amount/invalid');
  const currency = currencyOf(body.currency)?.numeric ?? 0;
  const answer = await deps.transfers.transfer({
    accountId: caller.accountId,
    account: caller.account,
    from: body.from_wallet_id,
    to: body.to_wallet_id,
    currency,
    amountMinor: amount.value,
    kind: 'transfer',
    idempotencyKey,
    unprovedLimitMinor: isFresh(caller, now) ? undefined : deps.unprovedLimit(currency),
    at: now,
  });
  if (!answer.ok) return refuse(answer.code);
  return { ok: true, status: 201, value: wireTransfer(answer.transfer) };
}

async function listTransfers(
  pool: Pool,
  { caller, query, cursor }: Call<'listTransfers'>,
): Promise<Reply<'listTransfers'>> {
  const before = cursor === undefined ? undefined : readCursor(cursor);
  if (cursor !== undefined && before === undefined) return badCursor;
  const most = query.limit === undefined ? undefined : Number(query.limit);
  const { transfers, next } = await transfersOf(pool, caller.accountId, { most, before });
  const value = transfers.map(wireTransfer);
  return { ok: true, status: 200, value, headers: cursorHeader(next) };
}

export const badCursor = {
  ok: false,
  code: 'request/invalid',
  detail: 'The cursor is not one that an answer of this route gave.',
} as const;

/** Where the next page begins, if there is one. */
export function cursorHeader(next: bigint | undefined): Readonly<Record<string, string>> {
  return next === undefined ? {} : { 'x-next-cursor': writeCursor(next) };
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

export function refuse(code: keyof typeof sentences): Refused {
  return { ok: false, code, detail: sentences[code] };
}
