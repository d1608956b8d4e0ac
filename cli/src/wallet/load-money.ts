import type { Client } from '@sikka/api';
import { currencyOf, formatAmount } from '@sikka/protocol';
import { randomUUID } from 'node:crypto';
import { CliError } from '../errors.ts';
import { orRefused } from './open.ts';
import type { TerminalWallet } from './open.ts';

/** The person's two wallets in one currency. Throws `cli/bank_refused`. */
export const walletsOf = async (client: Client, currency: number) => {
  const answer = await client.listWallets();
  if (!answer.ok) throw new CliError('cli/bank_refused', answer.problem.title);
  const alpha = currencyOf(currency)?.alpha;
  const find = (kind: 'current' | 'offline') =>
    answer.value.find((each) => each.wallet_type === kind && each.currency === alpha);
  const [current, offline] = [find('current'), find('offline')];
  if (current === undefined || offline === undefined) {
    throw new CliError('cli/bank_refused', `This account has no wallets in ${alpha ?? currency}.`);
  }
  return { current, offline };
};

/** Moves money to the offline wallet and asks for an allowance of the same amount. */
export const loadMoney = async (wallet: TerminalWallet, amountMinor: bigint): Promise<void> => {
  const { client, config, payer } = wallet;
  const { current, offline } = await walletsOf(client, config.currency);
  const moved = await client.createTransfer({
    body: {
      from_wallet_id: current.id,
      to_wallet_id: offline.id,
      amount: formatAmount(amountMinor, config.currency),
      currency: current.currency,
    },
    idempotencyKey: randomUUID(),
  });
  if (!moved.ok) {
    throw new CliError('cli/bank_refused', moved.problem.title);
  }
  orRefused(await payer.requestAllowance(amountMinor));
};
