import { compareBytes } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { sideBySide } from '../side-by-side.ts';
import { rowsOf } from '../snapshot.ts';
import { auditDeposits } from './deposits.ts';
import { auditFunding } from './funding.ts';
import { BY_REFERENCE, compareTransfer, refuseTransfer } from './transfer-rows.ts';
import type { TransferRow } from './transfer-rows.ts';
import { auditWithdrawals } from './withdrawals.ts';

/**
 * What moved besides settlements and reservations: each refund, online transfer, top-up, demo
 * deposit, withdrawal, funding and limit moved its money once, between the right accounts; nothing
 * else moved at all.
 */
export async function auditOtherTransfers(audit: Audit): Promise<void> {
  await auditRefundTransfers(audit);
  await auditOnlineTransfers(audit);
  await auditTopUps(audit);
  await auditWithdrawals(audit);
  await auditFunding(audit);
  await auditDeposits(audit);
}

interface RefundRow {
  readonly payment_id: Uint8Array;
  readonly number: number;
  readonly document_id: Uint8Array;
  readonly amount: bigint;
  readonly currency: number | null;
  readonly payee: bigint | null;
  readonly payer: bigint | null;
}

async function auditRefundTransfers({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('other transfers');
  const values = ['refund'];
  await sideBySide({
    left: rowsOf<RefundRow>(snapshot, REFUNDS),
    right: rowsOf<TransferRow>(snapshot, BY_REFERENCE, { values }),
    compare: (refund, { reference }) =>
      reference === null ? -1 : compareBytes(refund.document_id, reference),
    both: (refund, transfer) =>
      compareTransfer(page, transfer, { ...refund, debit: refund.payee, credit: refund.payer }),
    onlyLeft: ({ payment_id, number, amount, payee, payer }) => {
      page.saw();
      // Who paid himself, and is refunded by himself, moves nothing.
      if (payee !== null && payee === payer) return;
      const what = 'a refund that moved no money';
      const key = { payment_id, number };
      page.wrong({ table: 'refunds', key, what, expected: amount, found: undefined });
    },
    onlyRight: (transfer) => refuseTransfer(page, transfer, 'one refund'),
  });
}

interface OnlineRow {
  readonly id: bigint;
  readonly reference: Uint8Array;
  readonly amount: bigint;
  readonly currency: number;
  readonly debit: bigint | null;
  readonly credit: bigint | null;
}

async function auditOnlineTransfers({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('other transfers');
  const values = ['transfer'];
  await sideBySide({
    left: rowsOf<OnlineRow>(snapshot, ONLINE),
    right: rowsOf<TransferRow>(snapshot, BY_REFERENCE, { values }),
    compare: (online, { reference }) =>
      reference === null ? -1 : compareBytes(online.reference, reference),
    both: (online, transfer) => compareTransfer(page, transfer, online),
    onlyLeft: ({ id, amount }) => {
      page.saw();
      const what = 'an online transfer that moved no money';
      page.wrong({
        table: 'wallet_transfers',
        key: { id },
        what,
        expected: amount,
        found: undefined,
      });
    },
    onlyRight: (transfer) => refuseTransfer(page, transfer, 'one online transfer'),
  });
}

interface TopUpRow {
  readonly id: bigint;
  readonly reference: Uint8Array;
  readonly amount: bigint;
  readonly currency: number;
  readonly credit: bigint | null;
}

/** What a top-up brought came out of the bank's cash into the wallet it was asked for, once. */
async function auditTopUps({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('other transfers');
  await sideBySide({
    left: rowsOf<TopUpRow>(snapshot, TOP_UPS),
    right: rowsOf<TransferRow & { readonly cash: bigint | null }>(snapshot, TOP_UP_DEPOSITS),
    compare: (topUp, { reference }) =>
      reference === null ? -1 : compareBytes(topUp.reference, reference),
    both: (topUp, transfer) => compareTransfer(page, transfer, { ...topUp, debit: transfer.cash }),
    onlyLeft: ({ id, amount }) => {
      page.saw();
      const what = 'a top-up that brought no money';
      page.wrong({ table: 'top_ups', key: { id }, what, expected: amount, found: undefined });
    },
    onlyRight: (transfer) => refuseTransfer(page, transfer, 'one top-up'),
  });
}

const REFUNDS = `
  select r.payment_id, r.number, r.document_id, r.amount, s.currency,
    e.ledger_account as payee, o.ledger_account as payer
  from refunds as r
  left join settled_payments as s on s.payment_id = r.payment_id
  left join allowances as a on a.no = s.allowance_no
  left join wallets as w on w.number = s.payee_wallet
  left join wallets as e
    on e.account_id = w.account_id and e.kind = 'current' and e.currency = s.currency
  left join wallets as o
    on o.account_id = a.account_id and o.kind = 'current' and o.currency = s.currency
  order by r.document_id`;

const ONLINE = `
  select t.id, convert_to('transfer:' || t.id, 'UTF8') as reference, t.amount, t.currency,
    f.ledger_account as debit, g.ledger_account as credit
  from wallet_transfers as t
  left join wallets as f on f.number = t.from_wallet
  left join wallets as g on g.number = t.to_wallet
  order by reference`;

const TOP_UPS = `
  select t.id, convert_to('topup:' || t.id, 'UTF8') as reference, t.amount, t.currency,
    w.ledger_account as credit
  from top_ups as t
  left join wallets as w on w.number = t.wallet
  where t.status = 'settled'
  order by reference`;

/** References are bytes, so that those of other deposits need be no text. */
const TOP_UP_DEPOSITS = `
  select t.id, t.kind, t.reference, t.debit_account, t.credit_account, t.amount, t.currency,
    h.ledger_account as cash
  from ledger_transfers as t
  left join house_accounts as h on h.kind = 'bank_cash' and h.currency = t.currency
  where t.kind = 'deposit' and substring(t.reference for 6) = convert_to('topup:', 'UTF8')
  order by t.reference, t.id`;
