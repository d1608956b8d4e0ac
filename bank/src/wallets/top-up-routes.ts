import { formatAmount, parseLooseAmount } from '@sikka/protocol';
import type { Call, Handlers, Reply } from '../caller.ts';
import { readBankAccount } from './bank-account.ts';
import { answerWallet, refuse } from './routes.ts';
import { askTopUp, endToEndIdOf, verifyTopUp } from './top-ups.ts';
import type { TopUpDeps } from './top-ups.ts';
import { walletByNumber } from './wallets.ts';

export interface TopUpRouteDeps extends TopUpDeps {
  /** Sends what has been queued, soon. */
  readonly wakeMailer: () => void;
}

export function topUpRoutes(deps: TopUpRouteDeps): Handlers<'topUp' | 'verifyTopUp'> {
  return { topUp: (call) => ask(deps, call), verifyTopUp: (call) => verify(deps, call) };
}

async function ask(
  deps: TopUpRouteDeps,
  { caller, body, now }: Call<'topUp'>,
): Promise<Reply<'topUp'>> {
  const { accountId, account } = caller;
  const wallet = await walletByNumber(deps.pool, body.wallet_id);
  if (wallet?.accountId !== accountId) return refuse('wallet/not_found');
  if (wallet.status !== 'active') return refuse('wallet/inactive');
  const amount = parseLooseAmount(body.amount, wallet.currency);
  if (!amount.ok) return refuse('amount/invalid');
  const bankAccount = readBankAccount(body.bank_account_number);
  if (bankAccount === undefined) return refuse('wallet/bank_account_invalid');
  const asked = await askTopUp(deps, {
    ...{ accountId, account, bankAccount, now, password: body.password },
    wallet: wallet.number,
    currency: wallet.currency,
    amountMinor: amount.value,
  });
  if (!asked.ok) return asked;
  deps.wakeMailer();
  const { demoCode } = asked;
  const msg = 'A code has been sent. Nothing moves before it comes back.';
  const value = { msg, ...(demoCode === undefined ? {} : { otp_demo: demoCode }) };
  return { ok: true, status: 200, value };
}

async function verify(
  deps: TopUpRouteDeps,
  { caller, body, idempotencyKey, now }: Call<'verifyTopUp'>,
): Promise<Reply<'verifyTopUp'>> {
  const { accountId, account } = caller;
  const wallet = await walletByNumber(deps.pool, body.wallet_id);
  if (wallet?.accountId !== accountId) return refuse('wallet/not_found');
  if (wallet.status !== 'active') return refuse('wallet/inactive');
  const { currency } = wallet;
  const text = body.amount ?? undefined;
  const amount = text === undefined ? undefined : parseLooseAmount(text, currency);
  if (amount?.ok === false) return refuse('amount/invalid');
  const given = body.bank_account_number ?? undefined;
  const bankAccount = given === undefined ? undefined : readBankAccount(given);
  if (given !== undefined && bankAccount === undefined)
    return refuse('wallet/bank_account_invalid');
  const verified = await verifyTopUp(deps, {
    ...{ accountId, account, wallet: wallet.number, code: body.otp, idempotencyKey, now },
    amountMinor: amount?.value,
    bankAccount,
  });
  if (!verified.ok) return verified;
  const { topUp } = verified;
  const here = topUp.status === 'settled';
  const shown = await answerWallet(deps, accountId, wallet.number);
  if (!shown.ok) return shown;
  const reference = endToEndIdOf(topUp.id);
  const value = {
    msg: here
      ? 'The wallet has been topped up.'
      : `Pay from your bank account now, with the reference ${reference}.`,
    ...(here ? {} : { reference }),
    wallet: shown.value,
    wallet_id: wallet.number,
    new_balance: shown.value.balance,
    amount_added: formatAmount(here ? topUp.amountMinor : 0n, currency),
  };
  return { ok: true, status: here ? 200 : 202, value };
}
