import type { Page } from '../book.ts';
import type { Claim } from '../claims.ts';
import { compareColumns } from '../columns.ts';
import { provedAgain } from '../judging/order.ts';
import type { Judging } from '../judging/verdict.ts';

/** Of the row that holds the number of a refused order; all null where it holds none. */
export interface OrderedRow {
  readonly ordered: Uint8Array | null;
  readonly ordered_kind: string | null;
  readonly ordered_signer: bigint | null;
  readonly ordered_number: string | null;
  readonly ordered_content: Uint8Array | null;
  readonly ordered_previous: Uint8Array | null;
  readonly ordered_amount: bigint | null;
  readonly ordered_currency: number | null;
}

/** What holds a number without having settled says what its bytes say, as what settled does. */
export async function auditRefusedOrder(
  judging: Judging,
  page: Page,
  { row, claim }: { readonly row: OrderedRow; readonly claim: Claim },
): Promise<void> {
  const isOrder = claim.kind === 'ledger_entry' || claim.kind === 'device_transaction';
  if (row.ordered === null || !isOrder) return;
  const where = { table: 'signed_orders', key: { document_id: row.ordered } };
  const again = await provedAgain(judging, claim);
  if (again === undefined) {
    const what = 'a number that an order holds which nobody signed';
    page.wrong({ ...where, what, expected: 'its signature', found: undefined });
    return;
  }
  const { proved, signer, amountMinor, currency } = again;
  compareColumns(page, where, [
    ['kind', proved.kind, row.ordered_kind],
    ['signer', signer, row.ordered_signer],
    ['number', proved.number, row.ordered_number],
    ['content_sha256', proved.content, row.ordered_content],
    ['previous', proved.previous, row.ordered_previous],
    ['amount', amountMinor, row.ordered_amount],
    ['currency', currency, row.ordered_currency],
  ]);
}

export const ORDERED = `
  o.document_id as ordered, o.kind as ordered_kind, o.signer as ordered_signer,
  o.number as ordered_number, o.content_sha256 as ordered_content, o.previous as ordered_previous,
  o.amount as ordered_amount, o.currency as ordered_currency`;
