import { equalBytes, judgeVerified, provePayment, sha256 } from '@sikka/protocol';
import type { LogEntry, VerifiedPayment } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { compareColumns, secondsOf } from '../columns.ts';
import { withUploads } from '../evidence.ts';
import type { Item, Upload } from '../evidence.ts';
import { limits } from '../limits.ts';
import type { Leaf, PlacedRow } from './log.ts';

/** A settled payment with the rows that it stands on. */
interface PaymentRow extends PlacedRow {
  readonly allowance_no: bigint;
  readonly sequence: number;
  readonly payment_id: Uint8Array;
  readonly amount: bigint;
  readonly spent: bigint;
  readonly previous: Uint8Array;
  readonly currency: number;
  readonly payee_wallet: bigint;
  readonly mode: number;
  readonly bind: Uint8Array;
  readonly packet_sha256: Uint8Array;
  readonly proved_by: string;
  readonly upload_id: bigint;
  readonly item: number;
  readonly evidence_at: number;
  readonly settled_at: Date;
  readonly batch_upload: bigint | null;
  readonly batch_at: Date | null;
  readonly received_at: Date | null;
  readonly allowance_id: Uint8Array | null;
  readonly wallet_currency: number | null;
  readonly credited: bigint | null;
}

/**
 * Proves every settled payment again from the bytes that were handed in, in the order of the log,
 * and answers the leaves that those bytes ask for.
 */
export async function* paymentLeaves(audit: Audit): AsyncGenerator<Leaf> {
  for await (const rows of audit.snapshot.pages<PaymentRow>(PAYMENTS)) {
    const chunks = withUploads(audit.snapshot, rows, (row) => row.upload_id);
    for await (const chunk of chunks) yield* await auditChunk(audit, chunk);
  }
}

interface Chunk {
  readonly rows: readonly PaymentRow[];
  readonly uploads: ReadonlyMap<bigint, Upload>;
}

async function auditChunk(audit: Audit, { rows, uploads }: Chunk): Promise<readonly Leaf[]> {
  const proved = await inOrder(audit.book.page('payments'), rows, (row, page) =>
    auditPayment(audit, page, { row, item: uploads.get(row.upload_id)?.items?.[row.item] }),
  );
  return rows.map((row, index) => ({ row, entry: entryOf(row, proved[index]) }));
}

/** The leaf that the evidence asks for; where there is none, what the table says. */
function entryOf(row: PaymentRow, proved: VerifiedPayment | undefined): LogEntry {
  const settledAt = Math.floor(secondsOf(row.settled_at));
  if (proved === undefined) {
    return {
      paymentId: row.payment_id,
      allowanceId: row.allowance_id ?? new Uint8Array(32),
      amountMinor: row.amount,
      currency: row.currency,
      payeeWallet: Number(row.payee_wallet),
      settledAt,
    };
  }
  const { payment, paymentId, allowanceId } = proved;
  const { amountMinor, currency, payeeWallet } = payment;
  return { paymentId, allowanceId, amountMinor, currency, payeeWallet, settledAt };
}

interface Case {
  readonly row: PaymentRow;
  readonly item: Item | undefined;
}

const MODES = { dynamic: 1, static: 2 } as const;

/** Answers the payment that the evidence proves, where it is this row's. */
async function auditPayment(
  audit: Audit,
  page: Page,
  { row, item }: Case,
): Promise<VerifiedPayment | undefined> {
  page.saw();
  const where = whereOf(row);
  if (item === undefined) {
    const expected = `packet ${row.item} of upload ${row.upload_id}`;
    const what = 'there is no evidence for this payment';
    page.wrong({ ...where, what, expected, found: undefined });
    return undefined;
  }
  const proving = { ...audit.trust, allowances: audit.issued };
  const proved = await provePayment(item.bytes, proving);
  if (!proved.ok) {
    const what = 'the evidence does not prove a payment';
    const found = `${proved.code}: ${proved.detail}`;
    page.wrong({ ...where, what, expected: 'a payment that its payer signed', found });
    return undefined;
  }
  const verified = proved.value;
  const { payment, paymentId, allowanceId } = verified;
  const isAsSigned = compareColumns(page, where, [
    ['payment_id', paymentId, row.payment_id],
    ['allowance_no', allowanceId, row.allowance_id],
    ['sequence', payment.sequence, row.sequence],
    ['amount', payment.amountMinor, row.amount],
    ['spent', payment.spentMinor, row.spent],
    ['previous', payment.previous, row.previous],
    ['currency', payment.currency, row.currency],
    ['payee_wallet', payment.payeeWallet, row.payee_wallet],
    ['mode', MODES[payment.mode], row.mode],
    ['bind', payment.bind, row.bind],
    ['packet_sha256', sha256(item.bytes), row.packet_sha256],
    ['evidence_at', item.at, row.evidence_at],
    ['proved_by', 'signature', row.proved_by],
    ['upload_id', row.batch_upload, row.upload_id],
    ['settled_at', row.batch_at, row.settled_at],
  ]);
  if (isAsSigned) judgeAgain(page, row, verified);
  return isOfRow(row, verified) ? verified : undefined;
}

/** False for evidence of another payment that stands in this one's place. */
function isOfRow(row: PaymentRow, { allowanceId, payment }: VerifiedPayment): boolean {
  const isSameAllowance = row.allowance_id !== null && equalBytes(allowanceId, row.allowance_id);
  return isSameAllowance && payment.sequence === row.sequence;
}

/** Rules 7 to 9 of the bank (spec/judge.md §2); its neighbours are another check's. */
function judgeAgain(page: Page, row: PaymentRow, verified: VerifiedPayment): void {
  const received = row.received_at === null ? Infinity : secondsOf(row.received_at);
  const verdict = judgeVerified(verified, {
    as: 'bank',
    allowanceKnown: row.allowance_id !== null,
    payee: payeeOf(row),
    receivedAt: received,
    known: {},
  });
  const where = whereOf(row);
  if (!verdict.ok) {
    const found = `${verdict.code}: ${verdict.detail}`;
    page.wrong({ ...where, what: 'it should not have settled', expected: 'acceptable', found });
    return;
  }
  if (secondsOf(row.settled_at) + limits.clockSeconds < received) {
    const what = 'it settled before it was received';
    page.wrong({ ...where, what, expected: row.received_at, found: row.settled_at });
  }
}

/** Money goes to the current wallet, in the payment's currency, of whoever owns the wallet paid. */
function payeeOf(row: PaymentRow): { readonly currency: number } | undefined {
  if (row.wallet_currency === null) return undefined;
  return { currency: row.credited === null ? NO_CURRENCY : row.currency };
}

const NO_CURRENCY = 0;

function whereOf({ allowance_no, sequence }: PaymentRow) {
  return { table: 'settled_payments', key: { allowance_no, sequence } };
}

const PAYMENTS = `
  select 'settled_payments' as named_by, s.allowance_no, s.sequence, s.payment_id, s.amount,
    s.spent, s.previous, s.currency, s.payee_wallet, s.mode, s.bind, s.packet_sha256, s.proved_by,
    s.upload_id, s.item, s.evidence_at, s.settled_at, s.batch_id, s.ordinal,
    b.upload_id as batch_upload, b.at as batch_at, b.settled as batch_settled, u.received_at,
    a.id as allowance_id, w.currency as wallet_currency, c.number as credited, l.first_position,
    l.count, p.count as waiting
  from settled_payments as s
  left join settlement_batches as b on b.id = s.batch_id
  left join uploads as u on u.id = s.upload_id
  left join allowances as a on a.no = s.allowance_no
  left join wallets as w on w.number = s.payee_wallet
  left join wallets as c
    on c.account_id = w.account_id and c.kind = 'current' and c.currency = s.currency
  left join log_batches as l on l.batch_id = s.batch_id
  left join log_pending as p on p.batch_id = s.batch_id
  order by l.first_position nulls last, s.batch_id, s.ordinal`;
