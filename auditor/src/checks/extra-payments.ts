import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { secondsOf } from '../columns.ts';
import { limits } from '../limits.ts';
import { rowsOf } from '../snapshot.ts';

interface PaidRow {
  readonly allowance_no: bigint;
  readonly sequence: number;
  readonly mode: number;
  readonly extra: boolean;
  readonly settled_at: Date;
  readonly first_allowance: bigint | null;
  readonly first_sequence: number | null;
  readonly first_settled_at: Date | null;
}

const STATIC = 2;

/**
 * Of the payments with one payee wallet and bind, the one that settled first is not extra and
 * every later one is (spec/settlement.md §1); a printed code is paid many times, never extra.
 * Which was first, `paid_requests` says for ever; its time is compared as far as clocks agree.
 */
export async function auditExtraPayments({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('extra payments');
  for await (const row of rowsOf<PaidRow>(snapshot, PAID)) {
    page.saw();
    auditPaid(page, row);
  }
  for await (const row of rowsOf<ClaimRow>(snapshot, CLAIMS_OF_NOTHING)) {
    const { allowance_no, sequence, bind, payee_wallet } = row;
    page.wrong({
      table: 'paid_requests',
      key: { payee_wallet, bind },
      what: 'it names as first a payment that is not settled, or of another request',
      expected: 'a settled payment of this request',
      found: `allowance ${allowance_no}, sequence ${sequence}`,
    });
  }
}

function auditPaid(page: Page, row: PaidRow): void {
  const { allowance_no, sequence, mode, extra, first_allowance, first_sequence } = row;
  const where = { table: 'settled_payments', key: { allowance_no, sequence } };
  if (mode === STATIC) {
    const what = 'a payment of a printed code cannot be extra';
    page.same({ ...where, what, expected: false, found: extra });
    return;
  }
  if (first_allowance === null || first_sequence === null) {
    const what = 'nothing says which payment of its request was first';
    page.wrong({ ...where, what, expected: 'a row of paid_requests', found: undefined });
    return;
  }
  const isFirst = first_allowance === allowance_no && first_sequence === sequence;
  const what = isFirst ? 'the first payment of its request' : 'a later payment of its request';
  const same = page.same({ ...where, what, expected: !isFirst, found: extra });
  if (!same || row.first_settled_at === null) return;
  if (secondsOf(row.settled_at) + limits.clockSeconds < secondsOf(row.first_settled_at)) {
    const expected = `no later than ${row.settled_at.toISOString()}`;
    page.wrong({
      ...where,
      what: 'it settled before the payment that is said to be the first of its request',
      expected,
      found: row.first_settled_at,
    });
  }
}

interface ClaimRow {
  readonly payee_wallet: bigint;
  readonly bind: Uint8Array;
  readonly allowance_no: bigint;
  readonly sequence: number;
}

const PAID = `
  select s.allowance_no, s.sequence, s.mode, s.extra, s.settled_at,
    r.allowance_no as first_allowance, r.sequence as first_sequence,
    f.settled_at as first_settled_at
  from settled_payments as s
  left join paid_requests as r on r.payee_wallet = s.payee_wallet and r.bind = s.bind
  left join settled_payments as f
    on f.allowance_no = r.allowance_no and f.sequence = r.sequence
  order by s.allowance_no, s.sequence`;

const CLAIMS_OF_NOTHING = `
  select r.payee_wallet, r.bind, r.allowance_no, r.sequence
  from paid_requests as r
  where not exists (
    select from settled_payments as s
    where s.allowance_no = r.allowance_no and s.sequence = r.sequence and s.bind = r.bind
      and s.payee_wallet = r.payee_wallet and s.mode = 1
  )
  order by r.payee_wallet, r.bind`;
