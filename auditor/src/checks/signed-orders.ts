import type { Audit } from '../audit.ts';
import { compareColumns } from '../columns.ts';
import { rowsOf } from '../snapshot.ts';

interface NumberRow {
  readonly id: bigint;
  readonly kind: string;
  readonly signer: bigint;
  readonly number: string;
  readonly key_id: Uint8Array;
  readonly debit_account: bigint;
  readonly registered_key: Uint8Array | null;
  readonly payer_account: bigint | null;
  readonly is_second: boolean;
  /** Whether a settled order or a refusal names it: there its bytes are looked at. */
  readonly is_told: boolean;
}

/**
 * Every number of a signer is one order's, under his registered key, from the account that was set
 * aside for what he signs (spec/settlement.md §7), and something became of each.
 */
export async function auditSignedOrders({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('orders');
  for await (const row of rowsOf<NumberRow>(snapshot, NUMBERS)) {
    page.saw();
    const where = { table: 'signed_orders', key: { id: row.id } };
    const isHis = compareColumns(page, where, [
      ['key_id', row.registered_key, row.key_id],
      ['debit_account', row.payer_account, row.debit_account],
    ]);
    if (!isHis) continue;
    if (row.is_second) {
      const what = 'a second order under one number of a signer';
      page.wrong({ ...where, what, expected: 'one', found: row.number });
    }
    if (row.is_told) continue;
    const what = 'an order that holds a number, and neither settled nor was refused';
    page.wrong({ ...where, what, expected: 'settled or refused', found: undefined });
  }
}

const NUMBERS = `
  select o.id, o.kind, o.signer, o.number, o.key_id, o.debit_account,
    coalesce(k.key_id, t.key_id) as registered_key,
    coalesce(i.ledger_account, f.ledger_account) as payer_account,
    exists (
      select from signed_orders as e
      where e.kind = o.kind and e.signer = o.signer and e.number = o.number and e.id < o.id
    ) as is_second,
    exists (select from settled_orders as s where s.signed_order = o.id)
      or exists (select from rejected_items as r where r.signed_order = o.id) as is_told
  from signed_orders as o
  left join kyc_users as k on o.kind = 'ledger_entry' and k.no = o.signer
  left join limit_wallets as i on i.kyc_user = k.no
  left join tills as t on o.kind = 'device_transaction' and t.no = o.signer
  left join tenant_floats as f on f.tenant = t.tenant and f.currency = o.currency
  order by o.id`;
