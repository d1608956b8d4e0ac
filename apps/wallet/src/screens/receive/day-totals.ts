import { formatAmount } from '@sikka/protocol';
import type { AcceptedView } from '@sikka/wallet/payee';
import { writeCsv } from '../../wallet/csv.ts';

/** One day at the till; amounts in minor units. */
export interface DayTotals {
  /** In the order in which they were taken. */
  readonly sales: readonly AcceptedView[];
  /** What was taken, without what the bank rejected. */
  readonly takenMinor: bigint;
  readonly settledMinor: bigint;
  /** Taken and not settled yet. */
  readonly waitingMinor: bigint;
  readonly rejectedMinor: bigint;
  readonly givenBackMinor: bigint;
}

/** The sales of the day, by the phone's time zone, that `at` is in. */
export function totalsOf(payments: readonly AcceptedView[], at: number): DayTotals {
  const from = new Date(at * 1_000).setHours(0, 0, 0, 0) / 1_000;
  const to = new Date(at * 1_000).setHours(24, 0, 0, 0) / 1_000;
  const sales = payments.filter((sale) => sale.at >= from && sale.at < to).reverse();
  const sum = (
    chosen: (sale: AcceptedView) => boolean,
    of = ({ amountMinor }: AcceptedView) => amountMinor,
  ) => sales.filter(chosen).reduce((total, sale) => total + of(sale), 0n);
  const isRejected = ({ state }: AcceptedView) => state === 'rejected';
  const isSettled = ({ state }: AcceptedView) => state === 'settled';
  return {
    sales,
    takenMinor: sum((sale) => !isRejected(sale)),
    settledMinor: sum(isSettled),
    waitingMinor: sum((sale) => !isRejected(sale) && !isSettled(sale)),
    rejectedMinor: sum(isRejected),
    givenBackMinor: sum(
      () => true,
      ({ refundedMinor }) => refundedMinor,
    ),
  };
}

export interface CsvWords {
  readonly heads: readonly string[];
  readonly state: (sale: AcceptedView) => string;
  readonly note: (sale: AcceptedView) => string;
}

/** The day's sales as CSV (RFC 4180), amounts and times for machines. */
export function salesCsv(sales: readonly AcceptedView[], words: CsvWords): string {
  const rows = sales.map((sale) => [
    new Date(sale.at * 1_000).toISOString(),
    formatAmount(sale.amountMinor, sale.currency),
    formatAmount(sale.refundedMinor, sale.currency),
    words.state(sale),
    sale.twoWords.join(' '),
    words.note(sale),
    sale.paymentId,
  ]);
  return writeCsv([words.heads, ...rows]);
}
