import { decodePacketOfKind, equalBytes, RULES } from '@sikka/protocol';
import type { Allowance, Payment } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { rowsOf } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';
import { refuseTransfer } from './transfer-rows.ts';
import type { TransferRow } from './transfer-rows.ts';

interface GuaranteeRow {
  readonly proof_id: Uint8Array;
  readonly packet: Uint8Array | null;
  readonly accused: bigint | null;
  readonly loss: string;
  readonly guarantee: bigint;
  readonly currency: number;
  readonly covered: Uint8Array | null;
  readonly payee_wallet: bigint | null;
  readonly is_refused: boolean;
  readonly times_covered: bigint;
  readonly transfers: bigint;
  readonly debit_kind: string | null;
  readonly credit_wallet: bigint | null;
  readonly paid: bigint | null;
  readonly paid_currency: number | null;
  /** Up to and with this case. */
  readonly of_allowance: bigint;
  readonly to_payee: bigint;
  /** As its event tells them. */
  readonly told: bigint | null;
  readonly cap: bigint | null;
  readonly cap_payee: bigint | null;
  readonly cap_days: number | null;
}

/**
 * What the bank paid of double spends: to the payee of a payment that was refused with the case's
 * proof, once, no more than it was of, and no more than the caps that the decision names. That two
 * people agreed to it is seen with the cases.
 */
export async function auditGuarantees({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('guarantees');
  for await (const row of rowsOf<GuaranteeRow>(snapshot, GUARANTEES)) {
    page.saw();
    await auditGuarantee(snapshot, page, row);
  }
  for await (const row of rowsOf<TransferRow>(snapshot, WITHOUT_A_CASE)) {
    refuseTransfer(page, row, 'one case whose loss the bank bears');
  }
}

async function auditGuarantee(snapshot: Snapshot, page: Page, row: GuaranteeRow): Promise<void> {
  if (isOfBefore(row)) {
    page.note('borne by the bank and paid elsewhere, before decisions named what is paid');
    return;
  }
  const where = { table: 'case_decisions', key: { proof_id: row.proof_id } };
  const refused = refusedPayment(row);
  const payee = refused && (await readPayee(snapshot, refused.payment));
  const isRight = compareColumns(page, where, [
    ['loss', 'bank', row.loss],
    ['a payment refused with its proof', true, row.is_refused && refused !== undefined],
    ['number of cases that cover this payment', 1n, row.times_covered],
    ['payee_wallet', payee?.wallet, row.payee_wallet],
    ['that the payee is the accused', false, payee?.account_id === row.accused],
    ['currency', refused?.payment.currency, row.currency],
    ['number of guarantee transfers', 1n, row.transfers],
    ['debit_account', 'guarantee', row.debit_kind],
    ['credit_account', row.payee_wallet, row.credit_wallet],
    ['amount', row.guarantee, row.paid],
    ["the transfer's currency", row.currency, row.paid_currency],
    ['guarantee', row.told, row.guarantee],
  ]);
  if (!isRight || refused === undefined) return;
  const rule = ruleAgainst(refused);
  if (rule !== undefined) {
    const what = 'a guarantee for a payment that no till should have taken';
    page.wrong({ ...where, what, expected: 'acceptable by rule 8', found: rule });
    return;
  }
  const { amountMinor } = refused.payment;
  const most: readonly (readonly [string, bigint, bigint | null])[] = [
    ['more than the payment was of', row.guarantee, amountMinor],
    ['over the cap of an allowance', row.of_allowance, row.cap],
    ['over the cap of a payee', row.to_payee, row.cap_payee],
  ];
  for (const [what, found, limit] of most) {
    if (limit !== null && found <= limit) continue;
    const expected = limit === null ? 'a cap' : `at most ${limit}`;
    page.wrong({ ...where, what: `a guarantee ${what}`, expected, found });
    return;
  }
  const caps = [row.cap, row.cap_payee, row.cap_days].map(String);
  page.note(`by caps of an allowance, and of a payee in days: ${caps.join(', ')}`);
}

/**
 * Decided before the bank paid guarantees itself (migration 0034): it covers no payment, pays
 * nothing, and neither its event nor a transfer says otherwise.
 */
function isOfBefore({ covered, guarantee, told, transfers }: GuaranteeRow): boolean {
  return covered === null && guarantee === 0n && told === null && transfers === 0n;
}

/** Rule 8 of spec/judge.md §2, by what any till saw. */
function ruleAgainst({ payment, terms, paymentId, allowanceId }: RefusedPayment) {
  const subject = { allowance: terms, allowanceId, payment, paymentId };
  const till = { as: 'observer', known: {} } as const;
  return RULES.find(({ rule, speaks }) => rule === 8 && speaks(subject, till) !== undefined)?.code;
}

interface RefusedPayment {
  readonly payment: Payment;
  readonly paymentId: Uint8Array;
  readonly terms: Allowance;
  readonly allowanceId: Uint8Array;
}

/** The payment that the case covers, among the two documents of its proof. */
function refusedPayment({ packet, covered }: GuaranteeRow): RefusedPayment | undefined {
  const decoded = packet === null ? undefined : decodePacketOfKind('proof', packet);
  if (decoded?.ok !== true || covered === null) return undefined;
  const { allowance, allowanceId, first, second } = decoded.value;
  for (const { id: paymentId, document } of [first, second]) {
    const { fields } = document;
    if (fields.type !== 'payment' || !equalBytes(paymentId, covered)) continue;
    return { payment: fields, paymentId, terms: allowance.fields, allowanceId };
  }
  return undefined;
}

interface Payee {
  readonly account_id: bigint;
  /** His current one. */
  readonly wallet: bigint;
}

async function readPayee(snapshot: Snapshot, payment: Payment): Promise<Payee | undefined> {
  const [payee] = await snapshot.query<Payee>(PAYEE, [payment.payeeWallet, payment.currency]);
  return payee;
}

const PAYEE = `
  select c.account_id, c.number as wallet
  from wallets as w
  join wallets as c on c.account_id = w.account_id and c.kind = 'current' and c.currency = $2
  where w.number = $1`;

const GUARANTEES = `
  with told as (
    select subject,
      min(substring(details from '"guarantee":"([0-9]{1,18})"'))::bigint as told,
      min(substring(details from '"cap":"([0-9]{1,18})"'))::bigint as cap,
      min(substring(details from '"cap_payee":"([0-9]{1,18})"'))::bigint as cap_payee,
      min(substring(details from '"cap_days":([0-9]{1,3})'))::int as cap_days
    from audit_events
    where action = 'case.decided'
    group by subject
  )
  select c.proof_id, p.packet, p.account_id as accused, c.loss, c.guarantee, c.currency, c.covered,
    c.payee_wallet,
    exists (
      select from rejected_items as r
      where r.proof_id = c.proof_id and r.document_id = c.covered and r.kind = 'payment'
    ) as is_refused,
    (select count(*) from case_decisions as o where o.covered = c.covered) as times_covered,
    (select count(*) from ledger_transfers as g
      where g.kind = 'guarantee' and g.reference = c.proof_id) as transfers,
    m.debit_kind, m.credit_wallet, m.amount as paid, m.currency as paid_currency,
    (select coalesce(sum(o.guarantee), 0)::bigint
      from case_decisions as o join proofs as q on q.id = o.proof_id
      where q.allowance_no = p.allowance_no and o.at <= c.at) as of_allowance,
    (select coalesce(sum(o.guarantee), 0)::bigint from case_decisions as o
      where o.payee_wallet = c.payee_wallet and o.at <= c.at
        and o.at > c.at - make_interval(days => t.cap_days)) as to_payee,
    t.told, t.cap, t.cap_payee, t.cap_days
  from case_decisions as c
  left join proofs as p on p.id = c.proof_id
  left join told as t on t.subject = 'proof:' || encode(c.proof_id, 'hex')
  left join lateral (
    select h.kind as debit_kind, w.number as credit_wallet, g.amount, g.currency
    from ledger_transfers as g
    left join house_accounts as h
      on h.ledger_account = g.debit_account and h.currency = g.currency
    left join wallets as w on w.ledger_account = g.credit_account
    where g.kind = 'guarantee' and g.reference = c.proof_id
    order by g.id
    limit 1
  ) as m on true
  where c.loss = 'bank' or c.guarantee > 0 or c.covered is not null
  order by c.proof_id`;

const WITHOUT_A_CASE = `
  select g.id, g.kind, g.reference, g.debit_account, g.credit_account, g.amount, g.currency
  from ledger_transfers as g
  where g.kind = 'guarantee' and not exists (
    select from case_decisions as c where c.proof_id = g.reference and c.guarantee > 0
  )
  order by g.id`;
