import type { AuditReport, CheckResult, CurrencyTotal, WalletBalance } from '@sikka/auditor';
import { currencyOf, formatAmount } from '@sikka/protocol';
import { columns } from '../output.ts';
import type { Output } from '../output.ts';

/** The report for a person: a line a check, the balances, the verdict. */
export const printReport = (report: AuditReport, out: Output): void => {
  const width = Math.max(...report.checks.map(({ name }) => name.length));
  for (const check of report.checks) printCheck(check, width, out);
  out.line();
  printBalances(report, out);
  for (const warning of report.warnings) out.line(`Note: ${warning}`);
  const wrong = report.checks.filter(({ ok }) => !ok).length;
  const seen = report.checks.reduce((sum, { rows }) => sum + rows, 0);
  const bank = report.bank ?? 'a bank without devices';
  const at = report.at.toISOString();
  out.line(
    report.ok
      ? `ALL IS WELL  ${bank}, as of ${at}: ${report.checks.length} checks of ${seen} rows.`
      : `SOMETHING IS WRONG  ${bank}, as of ${at}: ${wrong} of ${report.checks.length} checks.`,
  );
};

const printCheck = (check: CheckResult, width: number, out: Output): void => {
  const { ok, name, rows, detail, wrong, firstWrong } = check;
  const count = String(rows).padStart(9);
  const words = ok ? detail : `${wrong} WRONG; ${detail}`;
  out.line(`${ok ? '✓' : '✗'} ${name.padEnd(width)} ${count}  ${words}`);
  if (firstWrong === undefined) return;
  const { table, key, what, expected, found } = firstWrong;
  const row = Object.entries(key).map(([column, value]) => `${column} ${value}`);
  out.line(
    columns([
      ['  first', `${table}, ${row.join(', ')}`],
      ['  what', what],
      ['  expected', expected],
      ['  found', found],
    ]),
  );
};

const printBalances = ({ balances }: AuditReport, out: Output): void => {
  for (const wallet of balances.wallets) out.line(walletLine(wallet));
  const more = balances.walletCount - balances.wallets.length;
  if (more > 0) out.line(`… and ${more} wallets more`);
  for (const total of balances.totals) out.line(totalLine(total));
  out.line();
};

const walletLine = ({ wallet, kind, currency, balanceMinor, movedMinor }: WalletBalance) => {
  const moved = Object.entries(movedMinor).map(([by, minor]) => `${by} ${amount(minor, currency)}`);
  const number = String(wallet).replace(/(\d{4})(?=\d)/g, '$1 ');
  const balance = amount(balanceMinor, currency).padStart(16);
  const explained = moved.length === 0 ? '' : `  = ${moved.join(', ')}`;
  return `  ${number}  ${kind.padEnd(7)} ${balance}${explained}`;
};

const totalLine = (total: CurrencyTotal): string => {
  const { currency } = total;
  const parts = [
    `wallets ${amount(total.currentMinor, currency)}`,
    `offline ${amount(total.offlineMinor, currency)}`,
    `reserved ${amount(total.reservedMinor, currency)}`,
    `bank ${amount(total.bankMinor, currency)}`,
    `sum ${amount(total.sumMinor, currency)}`,
  ];
  return `  ${parts.join('  ')}; settled offline ${amount(total.settledMinor, currency)}`;
};

/** `PKR 500.00`; for a currency this version does not know, its number and minor units. */
const amount = (minor: bigint, currency: number): string => {
  const known = currencyOf(currency);
  return known === undefined
    ? `${currency}/${minor}`
    : `${known.alpha} ${formatAmount(minor, currency)}`;
};

/** The whole report on one line; amounts and numbers of wallets are text. */
export const reportAsJson = (report: AuditReport): string =>
  JSON.stringify(report, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
