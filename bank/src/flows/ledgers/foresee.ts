import { parseLooseAmount } from '@sikka/protocol';
import type { Db } from '../../db/index.ts';
import { balances } from '../../ledger/index.ts';
import type { RefusalCode } from '../../settlement/index.ts';
import { refusalSentence, replaySentence } from './sentences.ts';
import type { Examined, ExaminedEntry } from './verify.ts';

/** What would become of a transaction now: a sentence where it would not settle. */
export interface Foreseen {
  readonly txnId: string;
  readonly error: string | undefined;
}

/**
 * What settling would say of each transaction, by the rows of this moment (spec/settlement.md §7).
 * Nothing is locked and nothing is promised.
 */
export async function foresee(db: Db, { entries, people }: Examined): Promise<readonly Foreseen[]> {
  const limits = entries.flatMap(({ sender: { limit } }) => limit?.account ?? []);
  const held = await balances(db, [...new Set(limits)]);
  const left = new Map([...held].map(([account, { balanceMinor }]) => [account, balanceMinor]));
  return entries.map((entry) => {
    const { transaction, state } = entry;
    const { txnId } = transaction;
    if (state === 'settled') return { txnId, error: replaySentence(transaction) };
    const code = judge(entry, { receiver: people.get(transaction.toId), left });
    return { txnId, error: code === undefined ? undefined : refusalSentence(code, transaction) };
  });
}

function judge(
  { transaction, sender, state }: ExaminedEntry,
  {
    receiver,
    left,
  }: {
    readonly receiver: Examined['entries'][number]['sender'] | undefined;
    /** Of each limit, after the transactions before this one. */
    readonly left: Map<bigint, bigint>;
  },
): RefusalCode | undefined {
  const { fromId, toId, walletId = '', amount } = transaction;
  const { limit } = sender;
  if (state === 'taken') return 'order_conflict';
  if (limit === undefined || !sender.mayPay) return 'limit_wallet_inactive';
  if (walletId !== '' && walletId !== limit.walletId) return 'payer_mismatch';
  if (receiver?.approved !== true) return 'payee_unknown';
  if (fromId === toId) return 'self_payment';
  const minor = parseLooseAmount(amount, limit.currency);
  if (!minor.ok) return 'amount_invalid';
  const after = (left.get(limit.account) ?? 0n) - minor.value;
  if (after < 0n) return 'insufficient_funds';
  left.set(limit.account, after);
  return undefined;
}
