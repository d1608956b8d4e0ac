import { contradicts, knownReturn, proveReturn } from '@sikka/protocol';
import type { KnownDocument } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { compareColumns } from '../columns.ts';
import { withUploads } from '../evidence.ts';
import type { Item } from '../evidence.ts';
import { limits } from '../limits.ts';

interface ReturnRow {
  readonly id: Uint8Array;
  readonly allowance_no: bigint;
  readonly last_sequence: bigint;
  readonly total_minor: bigint;
  readonly head: Uint8Array;
  readonly packet: Uint8Array;
  readonly received_at: Date;
  readonly upload_id: bigint;
  readonly item: number;
  readonly upload_received_at: Date | null;
  readonly allowance_id: Uint8Array | null;
  readonly journal_nonce: Uint8Array | null;
  readonly proofs: bigint;
  readonly sequence: number | null;
  readonly payment_id: Uint8Array | null;
  readonly amount: bigint | null;
  readonly spent: bigint | null;
  readonly previous: Uint8Array | null;
}

/**
 * Every recorded Return was signed by its allowance's device and is in the bytes handed in; where
 * what is settled contradicts it, there is a proof. Settled payments agree with each other, so the
 * last of them speaks for all (spec/judge.md §3).
 */
export async function auditReturns(audit: Audit): Promise<void> {
  const page = audit.book.page('returns');
  const options = { rows: limits.packetRows };
  for await (const rows of audit.snapshot.pages<ReturnRow>(RETURNS, options)) {
    const chunks = withUploads(audit.snapshot, rows, (row) => row.upload_id);
    for await (const { rows: some, uploads } of chunks) {
      await inOrder(page, some, (row, line) =>
        auditReturn(audit, line, { row, item: uploads.get(row.upload_id)?.items?.[row.item] }),
      );
    }
  }
}

interface Case {
  readonly row: ReturnRow;
  readonly item: Item | undefined;
}

async function auditReturn(audit: Audit, page: Page, { row, item }: Case): Promise<void> {
  page.saw();
  const where = { table: 'allowance_returns', key: { id: row.id } };
  const proved = await proveReturn(row.packet, { ...audit.trust, allowances: audit.issued });
  if (!proved.ok) {
    const found = `${proved.code}: ${proved.detail}`;
    page.wrong({ ...where, what: 'the packet is no Return', expected: 'a Return', found });
    return;
  }
  const { return: fields, returnId, allowanceId } = proved.value;
  const isAsSigned = compareColumns(page, where, [
    ['id', returnId, row.id],
    ['allowance_no', allowanceId, row.allowance_id],
    ['last_sequence', fields.lastSequence, row.last_sequence],
    ['total_minor', fields.totalMinor, row.total_minor],
    ['head', fields.head, row.head],
    ["the allowance's journal nonce", row.journal_nonce, fields.journalNonce],
    ['packet', item?.bytes, row.packet],
    ['received_at', row.upload_received_at, row.received_at],
  ]);
  const last = lastOf(row);
  if (!isAsSigned || last === undefined || row.proofs > 0n) return;
  if (contradicts(last, knownReturn(fields, returnId)) === undefined) return;
  const what = `sequence ${last.sequence} is settled and contradicts it, and nobody was accused`;
  page.wrong({ ...where, what, expected: 'a proof', found: undefined });
}

/** The last settled payment of the allowance. */
function lastOf(row: ReturnRow): KnownDocument | undefined {
  const { sequence, payment_id: id, amount, spent, previous } = row;
  if (sequence === null || id === null || amount === null) return undefined;
  if (spent === null || previous === null) return undefined;
  return { id, sequence, amountMinor: amount, spentMinor: spent, previous };
}

const RETURNS = `
  select r.id, r.allowance_no, r.last_sequence, r.total_minor, r.head, r.packet, r.received_at,
    r.upload_id, r.item, u.received_at as upload_received_at, a.id as allowance_id,
    a.journal_nonce, s.sequence, s.payment_id, s.amount, s.spent, s.previous,
    (select count(*) from proofs as p where p.allowance_no = r.allowance_no) as proofs
  from allowance_returns as r
  left join uploads as u on u.id = r.upload_id
  left join allowances as a on a.no = r.allowance_no
  left join lateral (
    select sequence, payment_id, amount, spent, previous
    from settled_payments
    where allowance_no = r.allowance_no
    order by sequence desc
    limit 1
  ) as s on true
  order by r.upload_id, r.item`;
