import type { Client } from '@sikka/api';
import { CliError } from '../errors.ts';
import type { Output } from '../output.ts';
import { walletsOf } from '../wallet/load-money.ts';
import { orRefused } from '../wallet/open.ts';
import type { TerminalWallet } from '../wallet/open.ts';
import type { Exchanged } from './phone.ts';

/** The names are the command's interface (`--json`). */
export interface DayResult {
  readonly settled: number;
  readonly rejected: number;
  readonly double_spends_proved: number;
  readonly ledger_sum: string;
  readonly qr_version_max: number;
}

/** What the bank told the tills about the payments of this day. */
export const countOutcomes = async (
  tills: readonly TerminalWallet[],
  exchanged: readonly Exchanged[],
) => {
  const ids = new Set(exchanged.map(({ paymentId }) => paymentId));
  const states = await Promise.all(tills.map(async (till) => orRefused(await till.payee.state())));
  const ours = states
    .flatMap(({ payments }) => payments)
    .filter(({ paymentId }) => ids.has(paymentId));
  return {
    settled: ours.filter(({ state }) => state === 'settled'),
    rejected: ours.filter(({ state }) => state === 'rejected'),
  };
};

/** One line with what a person has, by the bank. */
export const reportMoney = async (
  name: string,
  { client, config }: TerminalWallet,
  out: Output,
): Promise<void> => {
  const wallets = await client.listWallets();
  if (!wallets.ok && wallets.problem.code === 'auth/account_blocked') {
    out.line(`   ${name.padEnd(9)} under review since the proof; what is reserved stays reserved`);
    return;
  }
  const { current, offline } = await walletsOf(client, config.currency);
  const held = `${grouped(offline.available)} offline, ${grouped(offline.reserved)} reserved`;
  out.line(`   ${name.padEnd(9)} ${grouped(current.available)} current, ${held}`);
};

/** "12500.00" as a person writes it: "12,500.00". */
export const grouped = (amount: string): string => amount.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** How far the sums over all accounts, by currency, are from zero, in minor units: always "0". */
export const ledgerSum = async (operator: Client): Promise<string> => {
  const answer = await operator.getLedgerSum();
  if (!answer.ok) throw new CliError('cli/bank_refused', answer.problem.title);
  const distance = (sum: bigint): bigint => (sum < 0n ? -sum : sum);
  return String(answer.value.sums.reduce((total, { sum }) => total + distance(BigInt(sum)), 0n));
};
