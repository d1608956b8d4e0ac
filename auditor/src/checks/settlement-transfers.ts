import { compareBytes } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { sideBySide } from '../side-by-side.ts';
import { rowsOf } from '../snapshot.ts';

interface SettledRow {
  readonly payment_id: Uint8Array;
  readonly named_by: 'settled_payments' | 'settled_key_payments' | 'settled_orders';
  /** Null for what was not paid under an allowance. */
  readonly allowance_no: bigint | null;
  readonly sequence: number | null;
  readonly amount: bigint;
  readonly currency: number;
  readonly settled_at: Date;
  /** The allowance's reservation, the offline wallet of the key, the limit or the float. */
  readonly payer: bigint | null;
  readonly payee: bigint | null;
}

interface TransferRow {
  readonly id: bigint;
  readonly reference: Uint8Array | null;
  readonly debit_account: bigint;
  readonly credit_account: bigint;
  readonly amount: bigint;
  readonly currency: number;
  readonly at: Date;
}

/**
 * Each settled payment moved its money exactly once: from its allowance's reservation, from the
 * offline wallet whose key signed, from the limit of a ledger's sender or from the float of a
 * till's tenant, to the current wallet, in that currency, of whoever owns the wallet paid. Both are
 * read in the order of payment ids, side by side.
 */
export async function auditSettlementTransfers({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('settlement transfers');
  await sideBySide({
    left: rowsOf<SettledRow>(snapshot, SETTLED),
    right: rowsOf<TransferRow>(snapshot, TRANSFERS),
    compare: (settled, { reference }) =>
      reference === null ? -1 : compareBytes(settled.payment_id, reference),
    both: (settled, transfer) => comparePair(page, settled, transfer),
    onlyLeft: ({ named_by: table, allowance_no, sequence, payment_id }) => {
      page.saw();
      const id = table === 'settled_orders' ? { document_id: payment_id } : { payment_id };
      const key = allowance_no === null ? id : { allowance_no, sequence };
      const what = 'a settled payment that moved no money';
      const expected = `a transfer for ${Buffer.from(payment_id).toString('hex')}`;
      page.wrong({ table, key, what, expected, found: undefined });
    },
    onlyRight: ({ id, reference }) => {
      page.saw();
      const what = 'money moved as a settlement, without a settled payment or a second time';
      const expected = 'one settled payment';
      page.wrong({ table: 'ledger_transfers', key: { id }, what, expected, found: reference });
    },
  });
}

function comparePair(page: Page, settled: SettledRow, transfer: TransferRow): void {
  page.saw();
  compareColumns(page, { table: 'ledger_transfers', key: { id: transfer.id } }, [
    ['debit_account', settled.payer, transfer.debit_account],
    ['credit_account', settled.payee, transfer.credit_account],
    ['amount', settled.amount, transfer.amount],
    ['currency', settled.currency, transfer.currency],
    ['at', settled.settled_at, transfer.at],
  ]);
}

const SETTLED = `
  select 'settled_payments' as named_by, s.payment_id, s.allowance_no, s.sequence, s.amount,
    s.currency, s.settled_at,
    a.ledger_account as payer, c.ledger_account as payee
  from settled_payments as s
  left join allowances as a on a.no = s.allowance_no
  left join wallets as w on w.number = s.payee_wallet
  left join wallets as c
    on c.account_id = w.account_id and c.kind = 'current' and c.currency = s.currency
  union all
  select 'settled_key_payments', k.payment_id, null, null, k.amount, k.currency, k.settled_at,
    p.ledger_account, c.ledger_account
  from settled_key_payments as k
  left join wallets as p on p.number = k.payer_wallet
  left join wallets as w on w.number = k.payee_wallet
  left join wallets as c
    on c.account_id = w.account_id and c.kind = 'current' and c.currency = k.currency
  union all
  select 'settled_orders', s.document_id, null, null, s.amount, s.currency, s.settled_at,
    coalesce(l.ledger_account, f.ledger_account), c.ledger_account
  from settled_orders as s
  left join signed_orders as o on o.id = s.signed_order
  left join limit_wallets as l on s.kind = 'ledger_entry' and l.kyc_user = o.signer
  left join tills as t on s.kind = 'device_transaction' and t.no = o.signer
  left join tenant_floats as f on f.tenant = t.tenant and f.currency = s.currency
  left join wallets as w on w.number = s.payee_wallet
  left join wallets as c
    on c.account_id = w.account_id and c.kind = 'current' and c.currency = s.currency
  order by payment_id`;

const TRANSFERS = `
  select id, reference, debit_account, credit_account, amount, currency, at
  from ledger_transfers
  where kind = 'settlement'
  order by reference nulls last, id`;
