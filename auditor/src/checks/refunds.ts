import { equalBytes, provePayeePacket, sha256 } from '@sikka/protocol';
import type { Refund, RefundPacket } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { withUploads } from '../evidence.ts';
import type { Item } from '../evidence.ts';
import { limits } from '../limits.ts';

interface RefundRow {
  readonly payment_id: Uint8Array;
  readonly number: number;
  readonly document_id: Uint8Array;
  readonly amount: bigint;
  readonly cumulative: bigint;
  readonly packet_sha256: Uint8Array;
  readonly upload_id: bigint;
  readonly item: number;
  readonly at: Date;
  readonly payment_amount: bigint | null;
  readonly payment_currency: number | null;
  readonly payee_wallet: bigint | null;
}

/** The refund before, of the same payment. */
interface Last {
  readonly paymentId: Uint8Array;
  readonly number: number;
  readonly cumulative: bigint;
  readonly id: Uint8Array;
}

/**
 * Every refund was signed under a credential of the payment's payee; they are numbered without
 * gap, add up, name each other, and are never more than the payment (spec/settlement.md §6).
 */
export async function auditRefunds(audit: Audit): Promise<void> {
  const page = audit.book.page('refunds');
  let last: Last | undefined;
  for await (const rows of audit.snapshot.pages<RefundRow>(REFUNDS, { rows: limits.packetRows })) {
    const chunks = withUploads(audit.snapshot, rows, (row) => row.upload_id);
    for await (const { rows: some, uploads } of chunks) {
      const packets = await inOrder(page, some, (row, line) =>
        proveRefund(audit, line, { row, item: uploads.get(row.upload_id)?.items?.[row.item] }),
      );
      const credentials = await readCredentials(audit, packets);
      for (const [index, row] of some.entries()) {
        const packet = packets[index];
        if (packet !== undefined) auditRefund(page, { row, packet, credentials, last });
        last = lastOf(row);
      }
    }
  }
}

function lastOf(row: RefundRow): Last {
  const { payment_id: paymentId, number, cumulative, document_id: id } = row;
  return { paymentId, number, cumulative, id };
}

async function proveRefund(
  audit: Audit,
  page: Page,
  { row, item }: { readonly row: RefundRow; readonly item: Item | undefined },
): Promise<RefundPacket | undefined> {
  page.saw();
  const where = whereOf(row);
  if (item === undefined) {
    const expected = `packet ${row.item} of upload ${row.upload_id}`;
    const what = 'there is no evidence for this refund';
    page.wrong({ ...where, what, expected, found: undefined });
    return undefined;
  }
  const proving = { ...audit.trust, credentials: audit.issued };
  const proved = await provePayeePacket(item.bytes, proving);
  if (proved.ok && proved.value.kind === 'refund') return proved.value;
  const found = proved.ok ? proved.value.kind : `${proved.code}: ${proved.detail}`;
  const what = 'the evidence does not prove a refund';
  page.wrong({ ...where, what, expected: 'a refund that its payee signed', found });
  return undefined;
}

interface Case {
  readonly row: RefundRow;
  readonly packet: RefundPacket;
  readonly credentials: ReadonlySet<string>;
  readonly last: Last | undefined;
}

function auditRefund(page: Page, { row, packet, credentials, last }: Case): void {
  const { refund, refundId, credential, credentialId } = packet;
  const { fields } = refund;
  const where = whereOf(row);
  const isAsSigned = compareColumns(page, where, [
    ['packet_sha256', sha256(packet.bytes), row.packet_sha256],
    ['document_id', refundId, row.document_id],
    ['payment_id', fields.paymentId, row.payment_id],
    ['number', fields.number, row.number],
    ['amount', fields.amountMinor, row.amount],
    ['cumulative', fields.cumulativeMinor, row.cumulative],
    ["the payment's currency", row.payment_currency, fields.currency],
    ["the payment's payee", row.payee_wallet, credential.fields.wallet],
  ]);
  if (!isAsSigned) return;
  if (!credentials.has(keyOf(credentialId))) {
    const what = 'its credential is not one that the bank has';
    page.wrong({ ...where, what, expected: credentialId, found: undefined });
    return;
  }
  auditOrder(page, { row, fields, last });
}

function auditOrder(
  page: Page,
  { row, fields, last }: { row: RefundRow; fields: Refund; last: Last | undefined },
): void {
  const where = whereOf(row);
  const before =
    last !== undefined && equalBytes(last.paymentId, row.payment_id)
      ? last
      : { number: 0, cumulative: 0n, id: row.payment_id };
  const isInOrder = compareColumns(page, where, [
    ['number, after the refund before', before.number + 1, row.number],
    ['cumulative, after the refund before', before.cumulative + row.amount, row.cumulative],
    ['previous', before.id, fields.previous],
  ]);
  if (isInOrder && row.payment_amount !== null && row.cumulative > row.payment_amount) {
    const what = 'more is refunded than was paid';
    page.wrong({ ...where, what, expected: row.payment_amount, found: row.cumulative });
  }
}

async function readCredentials(
  { snapshot }: Audit,
  packets: readonly (RefundPacket | undefined)[],
): Promise<ReadonlySet<string>> {
  const ids = packets.flatMap((packet) => (packet === undefined ? [] : [packet.credentialId]));
  const rows = await snapshot.query<{ id: Uint8Array }>(CREDENTIALS, [ids]);
  return new Set(rows.map(({ id }) => keyOf(id)));
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id).toString('hex');
}

function whereOf({ payment_id, number }: RefundRow) {
  return { table: 'refunds', key: { payment_id, number } };
}

const REFUNDS = `
  select r.payment_id, r.number, r.document_id, r.amount, r.cumulative, r.upload_id, r.item, r.at,
    r.packet_sha256, s.amount as payment_amount, s.currency as payment_currency, s.payee_wallet
  from refunds as r
  left join settled_payments as s on s.payment_id = r.payment_id
  order by r.payment_id, r.number`;

const CREDENTIALS = 'select id from credentials where id = any ($1::bytea[])';
