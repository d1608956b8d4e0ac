import { currencyOf, formatAmount } from '@sikka/protocol';
import type { Entry, Statement } from './statement.ts';

const HEADER =
  'account,currency,time,id,kind,other,reference,transfers,debit,credit,balance' as const;
/** RFC 4180 §2.1. */
const END = '\r\n';

/**
 * Statements as one table (RFC 4180, UTF-8): each begins with its `opening` row and ends with its
 * `closing` row. Amounts are in major units; `debit` is what went out, `credit` what came in.
 */
export function writeCsv(statements: readonly Statement[]): string {
  return [HEADER, ...statements.flatMap(rowsOf)].map((row) => row + END).join('');
}

function rowsOf(statement: Statement): readonly string[] {
  const { account, currency, from, until, openingMinor, closingMinor } = statement;
  const shared = `${account},${currencyOf(currency)?.alpha ?? ''}`;
  const amount = (minor: bigint) => formatAmount(minor, currency);
  let balance = openingMinor;
  const rows = statement.entries.map((entry) => {
    const { id, kind, other = '', reference = '', transfers = 1, amountMinor } = entry;
    balance += amountMinor;
    const sides = amountMinor < 0n ? `${amount(-amountMinor)},` : `,${amount(amountMinor)}`;
    const cells = [shared, timeOf(entry), id, kind, other, textCell(reference)];
    return [...cells, transfers, sides, amount(balance)].join(',');
  });
  return [
    `${shared},${from.toISOString()},,opening,,,,,,${amount(openingMinor)}`,
    ...rows,
    `${shared},${until.toISOString()},,closing,,,,,,${amount(closingMinor)}`,
  ];
}

/** A day where several are told as one. */
function timeOf({ at, transfers }: Entry): string {
  const text = at.toISOString();
  return transfers === undefined ? text : text.slice(0, 10);
}

/** At a cell's begin, also where a program takes `;`, a tab or `|` for the end of a cell. */
const FORMULA = /(^|[,;|\t\r\n])(["'\s]*)(?=[=+\-@＝＋－＠])/gu;

/**
 * A cell with text by somebody else. Spreadsheets carry out what begins with `= + - @`; behind an
 * apostrophe it stays text.
 */
export function textCell(text: string): string {
  const harmless = text.replace(FORMULA, `$1$2'`);
  return /[",\r\n;|\t']/.test(harmless) || harmless !== text
    ? `"${harmless.replaceAll('"', '""')}"`
    : harmless;
}
