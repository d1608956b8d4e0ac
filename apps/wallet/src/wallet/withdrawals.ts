import { currencyOf, formatAmount, parseAmount } from '@sikka/protocol';
import { isDecided } from './decided.ts';
import type { Ordering } from './ordering.ts';

/** An order to send money to the person's own bank account; the amount in minor units. */
export interface Withdrawal {
  readonly wallet: number;
  readonly amountMinor: bigint;
  /** As it was typed; the bank reads it. */
  readonly bankAccount: string;
}

/** The order is the one that the answer is about: not always the one that was asked for last. */
export type WithdrawalAnswer = { readonly order: Withdrawal } & (
  | { readonly ok: true; readonly status: 'ordered' | 'settled' | 'returned' }
  /** `open`: whether it went is not known; the same order can be sent again. */
  | { readonly ok: false; readonly code: string; readonly open: boolean }
);

export interface Withdrawals {
  /** One that was sent and not answered. */
  kept(): Promise<Withdrawal | undefined>;
  /** Sends it; one that is open is sent again instead, under its own key. */
  order(order: Withdrawal): Promise<WithdrawalAnswer>;
}

export type WithdrawalsParts = Ordering<'withdraw'>;

/** As the drawer keeps it, before it is sent. */
interface Kept {
  readonly wallet: number;
  readonly amount: string;
  readonly bankAccount: string;
  readonly key: string;
}

export function openWithdrawals(parts: WithdrawalsParts): Withdrawals {
  const { drawer, currency, newKey, alone } = parts;
  return {
    async kept() {
      const open = await drawer.get<Kept>('withdrawal');
      return open && orderOf(open, currency);
    },
    order: ({ wallet, amountMinor, bankAccount }) =>
      alone(async () => {
        const before = await drawer.get<Kept>('withdrawal');
        if (before !== undefined) return send(parts, before);
        const amount = formatAmount(amountMinor, currency);
        const order: Kept = { wallet, bankAccount, amount, key: newKey() };
        await drawer.put('withdrawal', order);
        return send(parts, order);
      }),
  };
}

async function send(
  { client, drawer, currency }: WithdrawalsParts,
  order: Kept,
): Promise<WithdrawalAnswer> {
  const { wallet: wallet_id, amount, bankAccount: bank_account_number, key } = order;
  const body = { wallet_id, amount, bank_account_number };
  const answer = await client.withdraw({ body, idempotencyKey: key });
  const open = !answer.ok && !isDecided(answer.problem);
  // Only what was answered: another order's key is the only thing that keeps it from twice.
  const isThis = (await drawer.get<Kept>('withdrawal'))?.key === key;
  if (!open && isThis) await drawer.remove('withdrawal');
  const about = { order: orderOf(order, currency) };
  if (!answer.ok) return { ok: false, code: answer.problem.code, open, ...about };
  return { ok: true, status: answer.value.status, ...about };
}

function orderOf({ wallet, amount, bankAccount }: Kept, currency: number): Withdrawal {
  const parsed = parseAmount(amount, currencyOf(currency)?.alpha ?? '');
  return { wallet, bankAccount, amountMinor: parsed.ok ? parsed.value : 0n };
}
