import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';

export interface TransferRow {
  readonly id: bigint;
  readonly kind: string;
  readonly reference: Uint8Array | null;
  readonly debit_account: bigint;
  readonly credit_account: bigint;
  readonly amount: bigint;
  readonly currency: number;
}

export interface Expected {
  readonly amount: bigint;
  readonly currency: number | null;
  readonly debit: bigint | null;
  readonly credit: bigint | null;
}

export function compareTransfer(page: Page, transfer: TransferRow, expected: Expected): void {
  page.saw();
  compareColumns(page, { table: 'ledger_transfers', key: { id: transfer.id } }, [
    ['debit_account', expected.debit, transfer.debit_account],
    ['credit_account', expected.credit, transfer.credit_account],
    ['amount', expected.amount, transfer.amount],
    ['currency', expected.currency, transfer.currency],
  ]);
}

export function refuseTransfer(
  page: Page,
  { id, kind, reference }: TransferRow,
  expected: string,
): void {
  page.saw();
  const what = `money moved as a ${kind} that nothing asks for, or a second time`;
  page.wrong({ table: 'ledger_transfers', key: { id }, what, expected, found: reference });
}

/** All transfers of one kind. */
export const BY_REFERENCE = `
  select id, kind, reference, debit_account, credit_account, amount, currency
  from ledger_transfers
  where kind = $1
  order by reference nulls last, id`;
