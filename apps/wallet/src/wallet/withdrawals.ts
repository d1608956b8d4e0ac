import { currencyOf, formatAmount, parseAmount } from '@sikka/protocol';
import type { AppClient } from '../account/bank-client.ts';
import type { Drawer } from '../vault/drawer.ts';

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
}

/** As the drawer keeps it, before it is sent. */
interface Kept {
  readonly wallet: number;
  readonly amount: string;
  readonly bankAccount: string;
  readonly key: string;
}

/** Statuses that say nothing of the order itself. */
const NOT_A_DECISION = new Set([0, 401, 408, 429]);

export function openWithdrawals(parts: WithdrawalsParts): Withdrawals {
  const { client, drawer, currency, newKey } = parts;
  return {
    async kept() {
      const open = await drawer.get<Kept>('withdrawal');
      if (open === undefined) return undefined;
      const { wallet, amount, bankAccount } = open;
      const parsed = parseAmount(amount, currencyOf(currency)?.alpha ?? '');
      return { wallet, bankAccount, amountMinor: parsed.ok ? parsed.value : 0n };
    },
    async order({ wallet, amountMinor, bankAccount }) {
      const fresh = { wallet, bankAccount, amount: formatAmount(amountMinor, currency) };
      const kept = (await drawer.get<Kept>('withdrawal')) ?? { ...fresh, key: newKey() };
      await drawer.put('withdrawal', kept);
      const answer = await client.withdraw({
        body: {
          ...{ wallet_id: kept.wallet, amount: kept.amount },
          bank_account_number: kept.bankAccount,
        },
        idempotencyKey: kept.key,
      });
      const problem = answer.ok ? undefined : answer.problem;
      const open =
        problem !== undefined &&
        (problem.transient || problem.status >= 500 || NOT_A_DECISION.has(problem.status));
      if (!open) await drawer.remove('withdrawal');
      if (!answer.ok) return { ok: false, code: answer.problem.code, open };
      return { ok: true, status: answer.value.status };
    },
  };
}
