import { randomBytes } from 'node:crypto';
import { currencyOf, parseLooseAmount, readSpki } from '@sikka/protocol';
import type { Call, Refused, Reply } from '../../caller.ts';
import type { Pool } from '../../db/index.ts';
import type { Settlement } from '../../settlement/index.ts';
import { walletsOf } from '../../wallets/index.ts';
import { limits } from './limits.ts';
import { sentences } from './sentences.ts';

export interface CreateLocalDeps {
  readonly pool: Pool;
  readonly settlement: Settlement;
}

/**
 * What to sign to pay whoever shows this QR. Nothing is kept: what is unique is enforced where
 * money moves, and a client without a network makes the same by itself.
 */
export async function createLocal(
  { pool, settlement }: CreateLocalDeps,
  { caller, body, now }: Call<'createLocal'>,
): Promise<Reply<'createLocal'>> {
  const receiver = readReceiver(body.receiver_qr_data);
  if (receiver === undefined) return refuse('wallet/qr_invalid', sentences.qr);
  const currency = currencyOf(body.currency);
  const amount = parseLooseAmount(body.amount, body.currency);
  if (!amount.ok || currency === undefined) {
    const zero = !amount.ok && amount.code === 'amount_zero';
    return refuse('amount/invalid', zero ? sentences.amountZero : sentences.amountFormat);
  }
  const wallets = await walletsOf(pool, caller.accountId);
  const wallet = wallets.find(({ number }) => number === body.sender_wallet_id);
  if (wallet?.kind !== 'offline') return refuse('wallet/not_found', sentences.wallet);
  if (wallet.status !== 'active') return refuse('wallet/inactive', sentences.inactive);
  if (wallet.currency !== currency.numeric) {
    return refuse('wallet/currency_mismatch', sentences.currency);
  }
  const left = wallet.availableMinor - (await settlement.pendingMinor(wallet.number));
  if (left < amount.value) return refuse('wallet/insufficient_funds', sentences.insufficient);
  const nonce = randomBytes(limits.nonceBytes).toString('hex');
  const data = {
    amount: body.amount,
    currency: currency.alpha,
    nonce,
    payee_id: receiver.payee,
    payer_id: caller.account,
    receiver_public_key: receiver.publicKey,
    sender_wallet_id: wallet.number,
    timestamp: body.created_at_device ?? now.toISOString(),
  };
  const message = 'Transaction created; sign it with the wallet’s key.';
  return { ok: true, status: 201, value: { transaction_data: data, message, nonce } };
}

interface Receiver {
  /** As the code shows it: the signed text keeps it so. */
  readonly publicKey: string;
  readonly payee: string;
}

/** Of the object in the code, or of its JSON text; nothing in it is believed before it settles. */
function readReceiver(shown: unknown): Receiver | undefined {
  const qr = typeof shown === 'string' ? parsed(shown) : shown;
  if (typeof qr !== 'object' || qr === null) return undefined;
  const { public_key: publicKey, payeeId, user_id: userId } = qr as Record<string, unknown>;
  const payee = [payeeId, userId].find(isName);
  if (typeof publicKey !== 'string' || payee === undefined) return undefined;
  return readSpki(publicKey).ok ? { publicKey, payee } : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[ -~]{1,128}$/.test(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(code: Refused['code'], detail: string): Refused {
  return { ok: false, code, detail };
}
