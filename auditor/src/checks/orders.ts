import { equalBytes, sha256 } from '@sikka/protocol';
import type { LogEntry } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { readClaim } from '../claims.ts';
import { compareColumns, secondsOf } from '../columns.ts';
import type { Column } from '../columns.ts';
import { withUploads } from '../evidence.ts';
import type { Upload } from '../evidence.ts';
import { proveOrder } from '../proving-orders.ts';
import type { OrderKey, ProvedOrder } from '../proving-orders.ts';
import type { Leaf } from './log.ts';
import { reasonAgainst } from './order-rules.ts';
import { ORDERS } from './orders-sql.ts';
import type { OrderRow } from './orders-sql.ts';

/**
 * Proves every settled order of a ledger or a till again from the bytes that were handed in, in the
 * order of the log (spec/settlement.md §7), and answers the leaves that those bytes ask for.
 */
export async function* orderLeaves(audit: Audit): AsyncGenerator<Leaf> {
  for await (const rows of audit.snapshot.pages<OrderRow>(ORDERS)) {
    const chunks = withUploads(audit.snapshot, rows, (row) => row.upload_id);
    for await (const chunk of chunks) yield* await auditChunk(audit, chunk);
  }
}

interface Chunk {
  readonly rows: readonly OrderRow[];
  readonly uploads: ReadonlyMap<bigint, Upload>;
}

async function auditChunk(audit: Audit, { rows, uploads }: Chunk): Promise<readonly Leaf[]> {
  const proved = await inOrder(audit.book.page('orders'), rows, (row, page) =>
    auditOne(audit, page, { row, upload: uploads.get(row.upload_id) }),
  );
  return rows.map((row, index) => ({ row, entry: entryOf(row, proved[index]) }));
}

/** The leaf that the evidence asks for; where there is none, what the table says. */
function entryOf(row: OrderRow, proved: ProvedOrder | undefined): LogEntry {
  return {
    paymentId: proved?.id ?? row.document_id,
    // Its authority stands in the allowance's place (spec/log.md §1).
    allowanceId: proved?.keyId ?? row.key_id,
    amountMinor: (proved && amountOf(proved, row)) ?? row.amount,
    currency: row.currency,
    payeeWallet: Number(row.payee_wallet),
    settledAt: Math.floor(secondsOf(row.settled_at)),
  };
}

interface Case {
  readonly row: OrderRow;
  readonly upload: Upload | undefined;
}

/** Answers the order that the evidence proves, where it is this row's. */
async function auditOne(
  audit: Audit,
  page: Page,
  { row, upload }: Case,
): Promise<ProvedOrder | undefined> {
  page.saw();
  const where = { table: 'settled_orders', key: { document_id: row.document_id } };
  const item = upload?.items?.[row.item];
  if (item === undefined) {
    const expected = `item ${row.item} of upload ${row.upload_id}`;
    const what = 'there is no evidence for this order';
    page.wrong({ ...where, what, expected, found: undefined });
    return undefined;
  }
  const claim = readClaim(item, upload?.carrier);
  const isOrder = claim.kind === 'ledger_entry' || claim.kind === 'device_transaction';
  const key = keyOf(row);
  const proved = isOrder && key ? await proveOrder(audit, claim, key) : 'no order, or no such key';
  if (typeof proved === 'string') {
    const what = 'the evidence does not prove an order';
    const expected = 'what the registered key of its signer signed';
    page.wrong({ ...where, what, expected, found: proved });
    return undefined;
  }
  const isAsSigned = compareColumns(page, where, [
    ['document_id', proved.id, row.document_id],
    ['kind', proved.kind, row.kind],
    ['key_id', proved.keyId, row.key_id],
    ['amount', amountOf(proved, row), row.amount],
    ['currency', currencyOf(proved, row), row.currency],
    ['item_sha256', sha256(item.bytes), row.item_sha256],
    ['evidence_at', item.at, row.evidence_at],
    ['upload_id', row.batch_upload, row.upload_id],
    ['settled_at', row.batch_at, row.settled_at],
    // The row that holds its number.
    ['signed_order', proved.id, row.ordered_id],
    ["signed_order's kind", proved.kind, row.ordered_kind],
    ["signed_order's signer", signerOf(proved), row.signer_name],
    ["signed_order's number", proved.number, row.number],
    ["signed_order's content", proved.content, row.content_sha256],
    ["signed_order's previous", proved.previous, row.previous],
    ["signed_order's key", proved.keyId, row.ordered_key_id],
    ["signed_order's amount", row.amount, row.ordered_amount],
    ["signed_order's currency", row.currency, row.ordered_currency],
    ["signed_order's debit", row.payer_account, row.debit_account],
    ...takenColumns(proved, row),
  ]);
  const reason = isAsSigned ? reasonAgainst(page, row, proved) : undefined;
  if (reason !== undefined) {
    const what = 'it should not have settled';
    page.wrong({ ...where, what, expected: 'acceptable', found: reason });
  }
  return equalBytes(proved.id, row.document_id) ? proved : undefined;
}

/** What the bundle's intake wrote of a till's, which statements show; another check misses it. */
function takenColumns(proved: ProvedOrder, row: OrderRow): readonly Column[] {
  if (proved.kind === 'ledger_entry' || row.taken_content === null) return [];
  const { localId, type, amountMinor, currency, sender, receiver } = proved.verified.transaction;
  return [
    ["till_transaction's local_id", localId, row.taken_number],
    ["till_transaction's type", type, row.taken_type],
    ["till_transaction's amount", amountMinor, row.taken_amount],
    ["till_transaction's currency", currency, row.taken_currency],
    ["till_transaction's sender", sender, row.taken_sender],
    ["till_transaction's receiver", receiver, row.taken_receiver],
  ];
}

function keyOf({ scheme, public_key: publicKey, signer_key_id: id }: OrderRow) {
  const isThere = scheme !== null && publicKey !== null && id !== null;
  return isThere ? ({ scheme, publicKey, id } satisfies OrderKey) : undefined;
}

function amountOf(proved: ProvedOrder, { currency }: OrderRow): bigint | undefined {
  if (proved.kind === 'device_transaction') return proved.verified.transaction.amountMinor;
  const amount = proved.verified.amountMinor(currency);
  return amount.ok ? amount.value : undefined;
}

/** A ledger's transaction names none: it is that of the sender's limit. */
function currencyOf(proved: ProvedOrder, { limit_currency }: OrderRow): number | null {
  return proved.kind === 'device_transaction'
    ? proved.verified.transaction.currency
    : limit_currency;
}

function signerOf({ kind, verified }: ProvedOrder): string {
  return kind === 'ledger_entry' ? verified.fromId : verified.deviceId;
}
