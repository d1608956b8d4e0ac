import { formatAmount, parseLooseAmount } from '@sikka/protocol';
import type { Call, Handlers, Reply } from '../caller.ts';
import { readBankAccount } from './bank-account.ts';
import { isFresh } from './fresh.ts';
import { answerWallet, refuse } from './routes.ts';
import { walletByNumber } from './wallets.ts';
import { withdraw } from './withdrawals.ts';
import type { WithdrawalDeps } from './withdrawals.ts';

export interface WithdrawalRouteDeps extends WithdrawalDeps {
  /** Sends what has been queued, soon. */
  readonly wakeMailer: () => void;
}

export function withdrawalRoutes(deps: WithdrawalRouteDeps): Handlers<'withdraw'> {
  return { withdraw: (call) => order(deps, call) };
}

async function order(
  deps: WithdrawalRouteDeps,
  { caller, body, idempotencyKey, now }: Call<'withdraw'>,
): Promise<Reply<'withdraw'>> {
  const { accountId, account } = caller;
  const wallet = await walletByNumber(deps.pool, body.wallet_id);
  if (wallet?.accountId !== accountId) return refuse('wallet/not_found');
  const { currency } = wallet;
  const amount = parseLooseAmount(body.amount, currency);
  if (!amount.ok) return refuse('amount/invalid');
  const bankAccount = readBankAccount(body.bank_account_number);
  if (bankAccount === undefined) return refuse('wallet/bank_account_invalid');
  if (wallet.kind !== 'current') return refuse('wallet/transfer_not_allowed');
  const answer = await withdraw(deps, {
    ...{ accountId, account, bankAccount, currency, idempotencyKey, now },
    wallet: wallet.number,
    amountMinor: amount.value,
    fresh: isFresh(caller, now),
  });
  if (!answer.ok) return answer;
  deps.wakeMailer();
  const shown = await answerWallet(deps, accountId, wallet.number);
  if (!shown.ok) return shown;
  const { id, amountMinor, status, createdAt } = answer.withdrawal;
  const value = {
    id: Number(id),
    wallet_id: wallet.number,
    amount: formatAmount(amountMinor, currency),
    currency: shown.value.currency,
    status,
    created_at: createdAt.toISOString(),
    new_balance: shown.value.balance,
  };
  return { ok: true, status: 201, value };
}
