import { compareBytes } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { sideBySide } from '../side-by-side.ts';
import { rowsOf } from '../snapshot.ts';
import { compareTransfer, refuseTransfer } from './transfer-rows.ts';
import type { TransferRow } from './transfer-rows.ts';

interface DemoRow {
  readonly account: string;
  readonly reference: Uint8Array;
  readonly amount: bigint;
  readonly currency: number | null;
  readonly debit: bigint | null;
  readonly credit: bigint | null;
}

/**
 * Money that the bank pays in without an order: only a demo does, once for each of its people, as
 * the event of opening says. Whatever else moved is of a kind that no check explains.
 */
export async function auditDeposits(audit: Audit): Promise<void> {
  await auditDemo(audit);
  await refuseRest(audit);
}

async function auditDemo({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('other transfers');
  await sideBySide({
    left: rowsOf<DemoRow>(snapshot, DEMO),
    right: rowsOf<TransferRow>(snapshot, DEPOSITS),
    compare: (demo, { reference }) =>
      reference === null ? -1 : compareBytes(demo.reference, reference),
    both: (demo, transfer) => {
      page.note('paid in by a demo, which only its own event explains');
      compareTransfer(page, transfer, demo);
    },
    onlyLeft: ({ account, amount }) => {
      page.saw();
      const what = 'money that a demo paid in has not moved';
      const key = { public_id: account };
      page.wrong({ table: 'accounts', key, what, expected: amount, found: undefined });
    },
    onlyRight: (transfer) => refuseTransfer(page, transfer, 'one top-up, or a demo’s own'),
  });
}

interface RestRow extends TransferRow {
  readonly debit_kind: string | null;
  readonly credit_kind: string | null;
}

async function refuseRest({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('other transfers');
  for await (const row of rowsOf<RestRow>(snapshot, REST)) {
    page.saw();
    page.wrong({
      table: 'ledger_transfers',
      key: { id: row.id },
      what: `a transfer of kind ${row.kind} that no check explains`,
      expected: 'a kind that the bank has',
      found: `${row.debit_kind ?? 'no account'} to ${row.credit_kind ?? 'no account'}`,
    });
  }
}

const DEMO = `
  select o.public_id as account, convert_to('demo:' || o.public_id, 'UTF8') as reference,
    e.minor as amount, o.currency, h.ledger_account as debit, w.ledger_account as credit
  from (
    select subject, substring(details from '"minor":"([0-9]{1,18})"')::bigint as minor
    from audit_events where action = 'demo.account'
  ) as e
  join accounts as o on e.subject = 'account:' || o.public_id
  left join wallets as w
    on w.account_id = o.id and w.kind = 'current' and w.currency = o.currency
  left join house_accounts as h on h.kind = 'bank_cash' and h.currency = o.currency
  where e.minor > 0
  order by reference`;

const DEPOSITS = `
  select id, kind, reference, debit_account, credit_account, amount, currency
  from ledger_transfers
  where kind = 'deposit'
    and substring(reference for 6) is distinct from convert_to('topup:', 'UTF8')
  order by reference nulls last, id`;

const REST = `
  select t.id, t.kind, t.reference, t.debit_account, t.credit_account, t.amount, t.currency,
    d.kind as debit_kind, c.kind as credit_kind
  from ledger_transfers as t
  left join ledger_accounts as d on d.id = t.debit_account
  left join ledger_accounts as c on c.id = t.credit_account
  where t.kind not in ('settlement', 'reserve', 'release', 'closing', 'refund', 'transfer',
    'deposit', 'withdrawal', 'payout', 'withdrawal_return', 'funding', 'limit_funding', 'guarantee')
  order by t.id`;
