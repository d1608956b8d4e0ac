import type { Transaction } from '@sikka/api';
import { currencyOf, formatAmount, parseLooseAmount } from '@sikka/protocol';
import type { Call, Handlers, Reply } from '../caller.ts';
import type { Db, Pool } from '../db/index.ts';
import { readCursor } from './cursor.ts';
import { isFresh } from './fresh.ts';
import { badCursor, cursorHeader, refuse } from './routes.ts';
import { readOwners, readOwnTransfer, readReceiver } from './store/transfers.ts';
import type { TransferDesk } from './transfer-desk.ts';
import { transfersOf } from './transfers.ts';
import type { CompletedTransfer } from './transfers.ts';
import { walletOf } from './wallets.ts';

export interface TransactionRouteDeps {
  readonly pool: Pool;
  readonly transfers: TransferDesk;
  readonly unprovedLimit: (currency: number) => bigint;
}

type TransactionRoutes = 'listTransactions' | 'createTransaction' | 'getTransaction';

/** Online payments between people: transfers from one's current wallet to another's. */
export function transactionRoutes(deps: TransactionRouteDeps): Handlers<TransactionRoutes> {
  const { pool } = deps;
  return {
    listTransactions: async ({ caller, query, cursor }) => {
      const before = cursor === undefined ? undefined : readCursor(cursor);
      if (cursor !== undefined && before === undefined) return badCursor;
      const most = query.limit === undefined ? undefined : Number(query.limit);
      const page = { most, before, kind: 'payment' } as const;
      const { transfers, next } = await transfersOf(pool, caller.accountId, page);
      const value = await wireTransactions(pool, transfers);
      return { ok: true, status: 200, value, headers: cursorHeader(next) };
    },
    createTransaction: (call) => createTransaction(deps, call),
    getTransaction: async ({ caller, params }) => {
      const asked = { id: BigInt(params.id), kind: 'payment' } as const;
      const found = await readOwnTransfer(pool, caller.accountId, asked);
      const [value] = found === undefined ? [] : await wireTransactions(pool, [found]);
      return value === undefined
        ? refuse('transaction/not_found')
        : { ok: true, status: 200, value };
    },
  };
}

async function createTransaction(
  { pool, transfers, unprovedLimit }: TransactionRouteDeps,
  { caller, body, idempotencyKey, now }: Call<'createTransaction'>,
): Promise<Reply<'createTransaction'>> {
  const { accountId, account } = caller;
  const amount = parseLooseAmount(body.amount, body.currency);
  if (!amount.ok && amount.code === 'wrong_currency') return refuse('wallet/currency_mismatch');
  if (!amount.ok) return refuse('amount/invalid');
  const currency = currencyOf(body.currency)?.numeric ?? 0;
  const from = (await walletOf(pool, { accountId, kind: 'current', currency }))?.number;
  const { sender_id: sender = account } = body;
  if (sender !== account && String(sender) !== String(from)) {
    return refuse('transaction/sender_not_you');
  }
  const to = await receiverOf(pool, body.receiver_id, currency);
  if (from === undefined || to === undefined) return refuse('wallet/not_found');
  const answer = await transfers.transfer({
    ...{ accountId, account, from, to, currency, idempotencyKey },
    amountMinor: amount.value,
    kind: 'payment',
    reference: body.reference,
    unprovedLimitMinor: isFresh(caller, now) ? undefined : unprovedLimit(currency),
    at: now,
  });
  if (!answer.ok) return refuse(answer.code);
  const [value] = await wireTransactions(pool, [answer.transfer]);
  if (value === undefined) throw new Error('A payment without parties.');
  return { ok: true, status: 201, value };
}

/** A wallet's number is taken as it is: the transfer's own rules say who may be paid. */
async function receiverOf(
  db: Db,
  receiver: string | number,
  currency: number,
): Promise<number | undefined> {
  if (/^[1-9][0-9]{11}$/.test(String(receiver))) return Number(receiver);
  return readReceiver(db, { account: String(receiver), currency });
}

async function wireTransactions(
  db: Db,
  transfers: readonly CompletedTransfer[],
): Promise<Transaction[]> {
  if (transfers.length === 0) return [];
  const owners = await readOwners(db, [
    ...new Set(transfers.flatMap(({ from, to }) => [from, to])),
  ]);
  return transfers.map(({ id, from, to, currency, amountMinor, reference, at }) => ({
    id: Number(id),
    sender_id: owners.get(from) ?? '',
    receiver_id: owners.get(to) ?? '',
    from_wallet_id: from,
    to_wallet_id: to,
    amount: formatAmount(amountMinor, currency),
    currency: currencyOf(currency)?.alpha ?? String(currency),
    reference: reference ?? `T-${id}`,
    status: 'completed',
    timestamp: at.toISOString(),
  }));
}
