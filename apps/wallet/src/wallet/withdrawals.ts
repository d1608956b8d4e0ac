import { currencyOf, formatAmount, parseAmount } from '@sikka/protocol';
import type { AppClient } from '../account/bank-client.ts';
import type { Drawer } from '../vault/drawer.ts';
import type { Alone } from './alone.ts';
import { isDecided } from './decided.ts';

/** An order to send money to the person's own bank account; the amount in minor units. */
export interface Withdrawal {
  readonly wallet: number;
  readonly amountMinor: bigint;
  /** As it was typed; the bank reads it. */
  readonly bankAccount: string;
}

export type WithdrawalAnswer =
  | { readonly ok: true; readonly status: 'ordered' | 'settled' | 'returned' }
  /** `open`: whether it went is not known; the same order can be sent again. */
  | { readonly ok: false; readonly code: string; readonly open: boolean };

export interface Withdrawals {
  /** One that was sent and not answered. */
  kept(): Promise<Withdrawal | undefined>;
  /** Sends it; one that is open is sent again instead, under its own key. */
  order(order: Withdrawal): Promise<WithdrawalAnswer>;
}

export interface WithdrawalsParts {
  readonly client: Pick<AppClient, 'withdraw'>;
  readonly drawer: Drawer;
  /** ISO 4217 numeric. */
  readonly currency: number;
  readonly newKey: () => string;
  /** One at a time, over all tabs. */
  readonly alone: Alone;
}

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
      if (open === undefined) return undefined;
      const { wallet, amount, bankAccount } = open;
      const parsed = parseAmount(amount, currencyOf(currency)?.alpha ?? '');
      return { wallet, bankAccount, amountMinor: parsed.ok ? parsed.value : 0n };
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

async function send({ client, drawer }: WithdrawalsParts, order: Kept): Promise<WithdrawalAnswer> {
  const { wallet: wallet_id, amount, bankAccount: bank_account_number, key } = order;
  const body = { wallet_id, amount, bank_account_number };
  const answer = await client.withdraw({ body, idempotencyKey: key });
  const open = !answer.ok && !isDecided(answer.problem);
  // Only what was answered: another order's key is the only thing that keeps it from twice.
  const isThis = (await drawer.get<Kept>('withdrawal'))?.key === key;
  if (!open && isThis) await drawer.remove('withdrawal');
  if (!answer.ok) return { ok: false, code: answer.problem.code, open };
  return { ok: true, status: answer.value.status };
}
