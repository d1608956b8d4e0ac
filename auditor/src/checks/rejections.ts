import { sha256 } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { idIn, readClaim } from '../claims.ts';
import type { Claim } from '../claims.ts';
import { compareColumns } from '../columns.ts';
import { withUploads } from '../evidence.ts';
import type { Upload } from '../evidence.ts';
import { readFacts } from '../judging/facts.ts';
import type { Facts } from '../judging/facts.ts';
import { judgeAgain } from '../judging/judge-again.ts';
import type { RejectionRow } from '../judging/verdict.ts';
import { auditRefusedOrder, ORDERED } from './refused-orders.ts';
import type { OrderedRow } from './refused-orders.ts';

/**
 * Every refusal, judged again from the bytes refused: the same code where the code follows from
 * bytes, documents and dates; for double spends and contradictions a proof that verifies against
 * what is settled. Refusals by a state that is past (money that was short) are counted only.
 */
export async function auditRejections(audit: Audit): Promise<void> {
  for await (const rows of audit.snapshot.pages<Row>(REJECTIONS)) {
    const chunks = withUploads(audit.snapshot, rows, (row) => row.upload_id);
    for await (const chunk of chunks) await auditChunk(audit, chunk);
  }
}

type Row = RejectionRow & OrderedRow;

interface Case {
  readonly row: Row;
  readonly bytes: Uint8Array | undefined;
  /** Its place among the upload's bytes. */
  readonly at: number | undefined;
  readonly claim: Claim;
}

async function auditChunk(
  audit: Audit,
  chunk: {
    readonly rows: readonly Row[];
    readonly uploads: ReadonlyMap<bigint, Upload>;
  },
): Promise<void> {
  const cases = chunk.rows.map((row): Case => {
    const upload = chunk.uploads.get(row.upload_id);
    const item = upload?.items?.[row.item];
    const read = item ?? { place: row.item, bytes: new Uint8Array(0) };
    return { row, bytes: item?.bytes, at: item?.at, claim: readClaim(read, upload?.carrier) };
  });
  const facts = await readFacts(
    audit.snapshot,
    cases.map(({ claim }) => claim),
  );
  const page = audit.book.page('rejections');
  await inOrder(page, cases, (one, line) => auditRejection(audit, line, { ...one, facts }));
}

async function auditRejection(
  audit: Audit,
  page: Page,
  { row, bytes, at, claim, facts }: Case & { readonly facts: Facts },
): Promise<void> {
  page.saw();
  const where = { table: 'rejected_items', key: { id: row.id } };
  const what = 'there are no bytes that it refuses';
  if (bytes === undefined) {
    const expected = `packet ${row.item} of upload ${row.upload_id}`;
    page.wrong({ ...where, what, expected, found: undefined });
    return;
  }
  const isOfBytes = compareColumns(page, where, [
    ['sha256', sha256(bytes), row.sha256],
    ['evidence_at', at, row.evidence_at],
    ['kind', claim.kind, row.kind],
    ['document_id', idOf(claim, row), row.document_id],
    ['sequence', row.sequence === null ? null : sequenceIn(claim, row), row.sequence],
    ['signed_order', row.ordered === null ? null : idIn(claim), row.ordered],
  ]);
  if (!isOfBytes) return;
  const judging = { trust: audit.trust, issued: audit.issued, facts };
  await auditRefusedOrder(judging, page, { row, claim });
  const verdict = await judgeAgain(judging, row, { bytes, claim });
  switch (verdict.kind) {
    case 'same':
      return;
    case 'past':
      return page.note(`refused with ${row.code}, by a state that is past`);
    case 'other': {
      const refused = `it was refused with ${row.code}, which is not what its bytes say`;
      page.wrong({ ...where, what: refused, expected: verdict.expected, found: row.code });
    }
  }
}

/** A refusal without a document's id is about bytes or a passing state, and is nobody's answer. */
function idOf(claim: Claim, { document_id }: RejectionRow): Uint8Array | null {
  return document_id === null ? null : (idIn(claim) ?? null);
}

/** Of a refund it is that of the payment it is for, which another check looks at. */
function sequenceIn(claim: Claim, { sequence }: RejectionRow): number | bigint | null {
  if (claim.kind === 'payment') return claim.packet.payment.fields.sequence;
  return claim.kind === 'return' ? claim.packet.return.fields.lastSequence : sequence;
}

const REJECTIONS = `
  select r.id, r.kind, r.document_id, r.sha256, r.allowance_no, r.sequence, r.code, r.upload_id,
    r.item, r.evidence_at, r.decided_at, r.proof_id, p.packet as proof, u.received_at, ${ORDERED},
    exists (
      select from reviews as v where v.upload_id = r.upload_id and v.outcome = 'rejected'
    ) as review_rejected
  from rejected_items as r
  left join proofs as p on p.id = r.proof_id
  left join uploads as u on u.id = r.upload_id
  left join signed_orders as o on o.id = r.signed_order
  order by r.upload_id, r.item, r.id`;
