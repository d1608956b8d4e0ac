import { formatAmount } from '@sikka/protocol';
import type { Call, Reply } from '../../caller.ts';
import { record } from '../../audit/index.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool } from '../../db/index.ts';
import type { KeyPaymentRow, Settlement } from '../../settlement/index.ts';
import { walletsOf } from '../../wallets/index.ts';
import { limits } from './limits.ts';
import { insertConfirmation, readDetails, readHistory } from './store.ts';
import type { Details } from './store.ts';
import { statusOf, wireHistory, wireTransaction } from './wire.ts';
import type { Status } from './wire.ts';

export interface TransactionDeps {
  readonly pool: Pool;
  readonly settlement: Settlement;
}

/** Either party confirms a payment that is synced: it changes what is shown, and moves nothing. */
export async function confirmOffline(
  { pool, settlement }: TransactionDeps,
  { caller, params, now }: Call<'confirmOffline'>,
): Promise<Reply<'confirmOffline'>> {
  const row = await settlement.keyPayment(BigInt(params.id));
  const parties = [row?.payerAccount, row?.payeeAccount];
  if (row === undefined || !parties.includes(caller.accountId)) {
    const detail = 'There is no transaction of this number that concerns you.';
    return { ok: false, code: 'offline/not_found', detail };
  }
  if (row.settledAt === undefined) {
    const detail = 'The transaction has not been synced yet.';
    return { ok: false, code: 'offline/not_synced', detail };
  }
  await inTransaction(pool, async (tx) => {
    const { accountId } = caller;
    if (!(await insertConfirmation(tx, { id: row.id, accountId, at: now }))) return;
    const subject = `key-payment:${row.id}`;
    const actor = `account:${caller.account}`;
    await record(tx, [{ actor, action: 'offline.confirmed', subject, outcome: 'ok' }], now);
  });
  const isPayee = row.payeeAccount === caller.accountId;
  const value = {
    message: 'Transaction confirmed.',
    transaction_id: Number(row.id),
    amount: formatAmount(row.amountMinor, row.currency),
    // The payee's money is nothing to its payer.
    receiver_balance: isPayee ? await receiverBalance(pool, row) : null,
    status: 'confirmed' as const,
  };
  return { ok: true, status: 200, value };
}

export async function listOffline(
  deps: TransactionDeps,
  { caller, query }: Call<'listOffline'>,
): Promise<Reply<'listOffline'>> {
  const most = clamp(query.limit, limits.listRows);
  const found = await findListed(deps, {
    accountId: caller.accountId,
    most,
    of: query.status_filter,
  });
  return { ok: true, status: 200, value: found.map((each) => wireTransaction(...each)) };
}

export async function unifiedHistory(
  { pool }: TransactionDeps,
  { caller, query }: Call<'unifiedHistory'>,
): Promise<Reply<'unifiedHistory'>> {
  const most = clamp(query.limit, limits.historyRows);
  const rows = await readHistory(pool, caller.accountId, most);
  return { ok: true, status: 200, value: rows.map(wireHistory) };
}

const KEPT_AS = {
  pending: 'pending',
  synced: 'settled',
  confirmed: 'settled',
  failed: 'refused',
} as const;

/** Page by page, because settlement does not know what has been confirmed. */
async function findListed(
  { pool, settlement }: TransactionDeps,
  asked: { readonly accountId: bigint; readonly most: number; readonly of: Status | undefined },
): Promise<readonly (readonly [KeyPaymentRow, Details])[]> {
  const { accountId, most, of } = asked;
  const status = of === undefined ? undefined : KEPT_AS[of];
  const found: (readonly [KeyPaymentRow, Details])[] = [];
  let before: bigint | undefined;
  for (let page = 0; page < limits.listPages && found.length < most; page += 1) {
    const limit = limits.listRows.most;
    const rows = await settlement.keyPaymentsOf(accountId, { status, limit, before });
    const details = await readDetails(
      pool,
      rows.map(({ id }) => id),
    );
    for (const row of rows) {
      const own = details.get(row.id);
      if (own === undefined) continue;
      if (of === undefined || statusOf(row, own.confirmedAt) === of) found.push([row, own]);
    }
    before = rows.at(-1)?.id;
    if (rows.length < limit) break;
  }
  return found.slice(0, most);
}

/** Of the wallet that was paid: the payee's current one. */
async function receiverBalance(pool: Pool, row: KeyPaymentRow): Promise<string | null> {
  if (row.payeeAccount === undefined) return null;
  const wallets = await walletsOf(pool, row.payeeAccount);
  const paid = wallets.find(
    ({ kind, currency }) => kind === 'current' && currency === row.currency,
  );
  if (paid === undefined) return null;
  return formatAmount(paid.availableMinor + paid.reservedMinor, row.currency);
}

/** Older clients ask for any number of rows. */
function clamp(
  asked: string | undefined,
  { usual, most }: { readonly usual: number; readonly most: number },
): number {
  return asked === undefined ? usual : Math.min(Math.max(Number(asked), 1), most);
}
