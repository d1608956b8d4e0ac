import { formatAmount, readSigned, receiptOf } from '@sikka/protocol';
import type { VerifiedKeyPayment } from '@sikka/protocol';
import type { Call, Refused, Reply } from '../../caller.ts';
import type { Pool } from '../../db/index.ts';
import type { Settlement, StoreCode } from '../../settlement/index.ts';
import { walletsOf } from '../../wallets/index.ts';
import type { WalletWithMoney } from '../../wallets/index.ts';
import { limits } from './limits.ts';
import { readBody, readPair } from './reading.ts';
import { sentences } from './sentences.ts';
import { base64, wireReceipt } from './wire.ts';

export interface StoreDeps {
  readonly pool: Pool;
  readonly settlement: Settlement;
}

/** Keeps a payment that its payer signed: proved, and pending until it is synced. */
export async function signAndStore(
  { pool, settlement }: StoreDeps,
  { caller, raw, query, now }: Call<'signAndStore'>,
): Promise<Reply<'signAndStore'>> {
  const body = readBody(raw);
  const pair = body && readPair(body.text, body.node, query.signature);
  if (pair === undefined) return refuse('request/malformed', sentences.malformed);
  if (!pair.ok) return refuse(codeOf(pair.reason), pair.reason);
  const { text, signature } = pair;
  const item = Buffer.byteLength(text) > limits.textBytes ? undefined : readSigned(text, signature);
  if (item?.ok !== true) return refuse('request/invalid', sentences.malformed);
  const wallets = await walletsOf(pool, caller.accountId);
  const { payerWallet } = item.value.claimed;
  const wallet = wallets.find(({ number }) => number === payerWallet);
  if (wallet === undefined) return refuse('wallet/not_found', sentences.wallet);
  const proved = await settlement.proveForStore(item.value);
  if (!proved.ok) return refuse('offline/signature_invalid', sentences.signature);
  const receipt = receiptOfVerified(proved.value);
  const by = { accountId: caller.accountId, now, receipt };
  const stored = await settlement.storePending(proved.value, by);
  if (!stored.ok) return refuse(...REFUSALS[stored.code]);
  const value = {
    message: stored.repeated ? 'Transaction stored before.' : 'Transaction signed and stored.',
    receipt: wireReceipt(stored.row.receipt ?? receipt),
    local_balance: await localBalance({ pool, settlement }, caller.accountId, wallet),
    warning: 'Nothing is reserved for it: it is paid when it is synced, if the wallet has enough.',
  };
  return { ok: true, status: 201, value };
}

/** The same whether it is stored now or read from what was stored. */
function receiptOfVerified({ signedText, item }: VerifiedKeyPayment): string {
  return receiptOf(new TextDecoder().decode(signedText), base64(item.signature));
}

/** What is left once everything pending is paid. */
async function localBalance(
  { pool, settlement }: StoreDeps,
  accountId: bigint,
  { number, currency }: WalletWithMoney,
): Promise<string> {
  const wallets = await walletsOf(pool, accountId);
  const available = wallets.find((own) => own.number === number)?.availableMinor ?? 0n;
  return formatAmount(available - (await settlement.pendingMinor(number)), currency);
}

const REFUSALS: Readonly<Record<StoreCode, readonly [Refused['code'], string]>> = {
  nonce_conflict: ['offline/duplicate', sentences.duplicate],
  payer_key_retired: ['offline/signature_invalid', sentences.signature],
  wrong_currency: ['wallet/currency_mismatch', sentences.currency],
  wallet_inactive: ['wallet/inactive', sentences.inactive],
  too_many_pending: ['offline/too_many_pending', sentences.tooMany],
  insufficient_funds: ['wallet/insufficient_funds', sentences.insufficient],
};

/** What is wrong with the text is wrong by the schema; a signature has a code of its own. */
function codeOf(reason: string): Refused['code'] {
  if (reason === sentences.signature) return 'offline/signature_invalid';
  const amount = [sentences.amountZero, sentences.amountFormat].some((each) => each === reason);
  return amount ? 'amount/invalid' : 'request/invalid';
}

function refuse(code: Refused['code'], detail: string): Refused {
  return { ok: false, code, detail };
}
