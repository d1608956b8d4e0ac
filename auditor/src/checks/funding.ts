import { compareBytes, currencyOf } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { sideBySide } from '../side-by-side.ts';
import { rowsOf } from '../snapshot.ts';
import { auditAgreement } from './agreed.ts';
import type { AgreedRow } from './agreed.ts';
import { BY_REFERENCE, compareTransfer, refuseTransfer } from './transfer-rows.ts';
import type { TransferRow } from './transfer-rows.ts';

/**
 * Each funding by the bank's own money was agreed to by two people and moved once what they agreed
 * to; each limit was funded once, with what was approved, by as many people as it took, from
 * where its row says.
 */
export async function auditFunding(audit: Audit): Promise<void> {
  await auditApproved(audit);
  await auditLimits(audit);
}

interface ApprovedRow {
  readonly id: bigint;
  readonly reference: Uint8Array;
  readonly subject: string;
  readonly content: string;
  readonly proposed_by: bigint | null;
  readonly decided_by: bigint | null;
  readonly outcome: string;
}

interface FundingRow extends TransferRow {
  readonly debit_kind: string | null;
  readonly credit_kind: string | null;
  /** Of the tenant whose float it is. */
  readonly tenant_type: string | null;
  readonly tenant_id: string | null;
}

async function auditApproved({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('other transfers');
  await sideBySide({
    left: rowsOf<ApprovedRow>(snapshot, APPROVED),
    right: rowsOf<FundingRow>(snapshot, FUNDINGS),
    compare: (approved, { reference }) =>
      reference === null ? -1 : compareBytes(approved.reference, reference),
    both: (approved, transfer) => {
      page.saw();
      const where = { table: 'ledger_transfers', key: { id: transfer.id } };
      const target = [transfer.credit_kind, transfer.tenant_type, transfer.tenant_id];
      const [currency, ...named] = approved.subject.split(':').reverse();
      compareColumns(page, where, [
        ['debit_account', 'bank_cash', transfer.debit_kind],
        [
          'credit_account',
          named.reverse().join(':'),
          target.filter((part) => part !== null).join(':'),
        ],
        ['amount', amountIn(approved.content), transfer.amount],
        ['currency', currencyOf(currency ?? '')?.numeric, transfer.currency],
      ]);
      auditPeople(page, approved);
    },
    onlyLeft: ({ id, content }) => {
      page.saw();
      const what = 'a funding was agreed to and moved no money';
      const expected = amountIn(content);
      page.wrong({ table: 'approvals', key: { id }, what, expected, found: undefined });
    },
    onlyRight: (transfer) => refuseTransfer(page, transfer, 'one approval'),
  });
}

function auditPeople(page: Page, { id, proposed_by, decided_by, outcome }: ApprovedRow): void {
  if (outcome === 'approved_alone') {
    page.note('fundings approved by one person alone, as in a demo');
    return;
  }
  if (proposed_by !== null && decided_by !== null && proposed_by !== decided_by) return;
  const what = 'a funding that two people did not agree to';
  const expected = 'two people';
  page.wrong({ table: 'approvals', key: { id }, what, expected, found: decided_by });
}

/** The amount in minor units, as the text that was agreed to says it. */
function amountIn(content: string): string | undefined {
  return /"amount":"(\d{1,16})"/.exec(content)?.[1];
}

interface LimitRow extends AgreedRow {
  readonly no: bigint;
  readonly wallet_id: string;
  /** More than this took two people, as its event tells it. */
  readonly above: bigint | null;
  readonly reference: Uint8Array;
  readonly amount: bigint;
  readonly currency: number;
  readonly debit: bigint | null;
  readonly credit: bigint;
}

async function auditLimits({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('other transfers');
  const values = ['limit_funding'];
  await sideBySide({
    left: rowsOf<LimitRow>(snapshot, LIMITS),
    right: rowsOf<TransferRow>(snapshot, BY_REFERENCE, { values }),
    compare: (limit, { reference }) =>
      reference === null ? -1 : compareBytes(limit.reference, reference),
    both: (limit, transfer) => {
      compareTransfer(page, transfer, limit);
      auditLimit(page, limit);
    },
    onlyLeft: ({ no, amount }) => {
      page.saw();
      const what = 'a limit that was never funded';
      page.wrong({
        ...{ table: 'limit_wallets', key: { no }, what },
        ...{ expected: amount, found: undefined },
      });
    },
    onlyRight: (transfer) => refuseTransfer(page, transfer, 'one limit'),
  });
}

function auditLimit(page: Page, row: LimitRow): void {
  const where = { table: 'limit_wallets', key: { no: row.no } };
  if (row.above === null) {
    const what = 'a limit approved by no event that names what takes two people';
    page.wrong({ ...where, what, expected: 'FOUR_EYES_ABOVE', found: undefined });
    return;
  }
  const act = { kind: 'limit_wallet', subject: `limit:${row.wallet_id}` };
  const content = `{"approvedMinor":"${row.amount}"}`;
  auditAgreement(page, where, { ...act, row, isDue: row.amount > row.above, content });
}

const APPROVED = `
  select p.id, convert_to('approval:' || p.id, 'UTF8') as reference, p.subject, p.content,
    p.proposed_by, p.decided_by, p.outcome
  from approvals as p
  where p.kind = 'funding' and p.outcome in ('approved', 'approved_alone')
  order by reference`;

const FUNDINGS = `
  select t.id, t.kind, t.reference, t.debit_account, t.credit_account, t.amount, t.currency,
    d.kind as debit_kind, coalesce(h.kind, case when f.no is not null then 'float' end)
      as credit_kind, n.tenant_type, n.tenant_id
  from ledger_transfers as t
  left join house_accounts as d on d.ledger_account = t.debit_account
  left join house_accounts as h on h.ledger_account = t.credit_account
  left join tenant_floats as f on f.ledger_account = t.credit_account
  left join tenants as n on n.no = f.tenant
  where t.kind = 'funding'
  order by t.reference nulls last, t.id`;

const LIMITS = `
  with told as (
    select subject,
      min(substring(details from '"approval":"?([0-9]{1,18})'))::bigint as approval,
      min(substring(details from '"four_eyes_above":"([0-9]{1,18})"'))::bigint as above
    from audit_events
    where action = 'limit.approved'
    group by subject
  )
  select l.no, l.wallet_id, t.above, t.approval, p.kind as approval_kind,
    p.subject as approval_subject, p.content as approval_content, p.outcome as approval_outcome,
    p.proposed_by, p.decided_by as approved_by, convert_to('limit:' || l.no, 'UTF8') as reference,
    l.approved as amount, l.currency, l.ledger_account as credit,
    case l.funded_from when 'current' then w.ledger_account else h.ledger_account end as debit
  from limit_wallets as l
  left join kyc_users as k on k.no = l.kyc_user
  left join wallets as w
    on w.account_id = k.account_id and w.kind = 'current' and w.currency = l.currency
  left join house_accounts as h on h.kind = 'credit_line' and h.currency = l.currency
  left join told as t on t.subject = 'limit:' || l.wallet_id
  left join approvals as p on p.id = t.approval
  where l.ledger_account is not null
  order by reference`;
