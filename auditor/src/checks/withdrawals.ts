import { compareBytes } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { sideBySide } from '../side-by-side.ts';
import { rowsOf } from '../snapshot.ts';
import { BY_REFERENCE, compareTransfer, refuseTransfer } from './transfer-rows.ts';
import type { TransferRow } from './transfer-rows.ts';

interface WithdrawalRow {
  readonly id: bigint;
  readonly reference: Uint8Array;
  readonly amount: bigint;
  readonly currency: number;
  readonly wallet: bigint | null;
  readonly transit: bigint | null;
  readonly cash: bigint | null;
}

interface Step {
  /** Of its transfers. */
  readonly kind: string;
  /** Which withdrawals came so far. */
  readonly statuses: readonly string[];
  readonly from: 'wallet' | 'transit';
  readonly to: 'transit' | 'cash' | 'wallet';
}

const STEPS: readonly Step[] = [
  {
    ...{ kind: 'withdrawal', from: 'wallet', to: 'transit' },
    statuses: ['ordered', 'settled', 'returned'],
  },
  { kind: 'payout', statuses: ['settled'], from: 'transit', to: 'cash' },
  { kind: 'withdrawal_return', statuses: ['returned'], from: 'transit', to: 'wallet' },
];

/**
 * Each withdrawal left its wallet once; then its money went out once or came back once, as its row
 * says, and nothing else went out or came back. What is on its way is what is still ordered.
 */
export async function auditWithdrawals(audit: Audit): Promise<void> {
  for (const step of STEPS) await auditStep(audit, step);
}

async function auditStep({ snapshot, book }: Audit, step: Step): Promise<void> {
  const page = book.page('other transfers');
  const { kind, statuses, from, to } = step;
  await sideBySide({
    left: rowsOf<WithdrawalRow>(snapshot, WITHDRAWALS, { values: [statuses] }),
    right: rowsOf<TransferRow>(snapshot, BY_REFERENCE, { values: [kind] }),
    compare: (withdrawal, { reference }) =>
      reference === null ? -1 : compareBytes(withdrawal.reference, reference),
    both: (withdrawal, transfer) =>
      compareTransfer(page, transfer, {
        ...withdrawal,
        debit: withdrawal[from],
        credit: withdrawal[to],
      }),
    onlyLeft: ({ id, amount }) => {
      page.saw();
      const what = `a withdrawal without its ${kind}`;
      page.wrong({ table: 'withdrawals', key: { id }, what, expected: amount, found: undefined });
    },
    onlyRight: (transfer) => refuseTransfer(page, transfer, 'one withdrawal'),
  });
}

const WITHDRAWALS = `
  select d.id, convert_to('withdrawal:' || d.id, 'UTF8') as reference, d.amount, d.currency,
    w.ledger_account as wallet, s.ledger_account as transit, b.ledger_account as cash
  from withdrawals as d
  left join wallets as w on w.number = d.wallet
  left join house_accounts as s on s.kind = 'suspense' and s.currency = d.currency
  left join house_accounts as b on b.kind = 'bank_cash' and b.currency = d.currency
  where d.status = any ($1)
  order by reference`;
