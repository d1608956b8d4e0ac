import { hex, sha256 } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { idIn, readClaim } from '../claims.ts';
import type { Claim } from '../claims.ts';
import { secondsOf } from '../columns.ts';
import { withUploads } from '../evidence.ts';
import type { Item, Upload } from '../evidence.ts';
import { limits } from '../limits.ts';
import { auditRejections } from './rejections.ts';

interface UploadRow {
  readonly id: bigint;
  readonly sha256: Uint8Array;
  readonly items: number;
  readonly received_at: Date;
  readonly waiting: boolean;
}

/**
 * Each upload is what its hash says and holds as many packets as it says; once decided, each of
 * its packets has an answer: nobody's payment is left out.
 */
export async function auditUploads(audit: Audit): Promise<void> {
  const { snapshot, book } = audit;
  const page = book.page('uploads');
  for await (const rows of snapshot.pages<UploadRow>(UPLOADS)) {
    for await (const chunk of withUploads(snapshot, rows, ({ id }) => id)) {
      for (const row of chunk.rows) {
        const upload = chunk.uploads.get(row.id);
        auditUpload(page, row, upload);
        await auditAnswers(audit, row, upload);
      }
    }
  }
  await auditCounts(audit);
  await auditRejections(audit);
}

function auditUpload(page: Page, row: UploadRow, upload: Upload | undefined): void {
  page.saw();
  const where = { table: 'uploads', key: { id: row.id } };
  const bytes = upload?.bytes ?? new Uint8Array(0);
  const what = 'the bytes are not those that were received';
  if (!page.same({ ...where, what, expected: row.sha256, found: sha256(bytes) })) return;
  const items = 'it does not hold as many packets as it says';
  const found = upload?.items?.length;
  if (!page.same({ ...where, what: items, expected: row.items, found })) return;
  if (!Number.isInteger(secondsOf(row.received_at))) {
    const whole = 'whole seconds';
    page.wrong({ ...where, what: 'received_at', expected: whole, found: row.received_at });
  }
}

async function auditAnswers(
  audit: Audit,
  row: UploadRow,
  upload: Upload | undefined,
): Promise<void> {
  const items: readonly Item[] = upload?.items ?? [];
  const page = audit.book.page('answers');
  if (row.waiting) {
    page.note('uploads waiting to be decided');
    return;
  }
  for (let start = 0; start < items.length; start += limits.pageRows) {
    const some = items.slice(start, start + limits.pageRows);
    const claims = some.map((item) => readClaim(item, upload?.carrier));
    const answered = await readAnswered(audit, row.id, claims);
    for (const [index, claim] of claims.entries()) {
      const item = some[index];
      if (item === undefined) continue;
      page.saw();
      // Answers itself: it is evidence, of which nothing is decided.
      if (claim.kind === 'carrier') continue;
      if (answered.places.has(item.place) || answered.ids.has(idOf(claim))) continue;
      if (answered.held.has(item.place)) {
        page.note('held for an operator, undecided');
        continue;
      }
      const key = { upload_id: row.id, item: item.place, ...nameOf(claim) };
      const what = `a ${claim.kind === 'other' ? 'packet' : claim.kind} that was never answered`;
      const expected = 'settled, recorded or rejected';
      page.wrong({ table: 'uploads', key, what, expected, found: undefined });
    }
  }
}

function idOf(claim: Claim): string {
  const id = idIn(claim);
  return id === undefined ? '' : `${claim.kind} ${hex(id)}`;
}

function nameOf(claim: Claim): Readonly<Record<string, Uint8Array>> {
  const id = idIn(claim);
  return id === undefined ? {} : { document_id: id };
}

interface Answered {
  /** The claim's kind with the document's id in hex. */
  readonly ids: ReadonlySet<string>;
  /** Places in this upload at which something was refused. */
  readonly places: ReadonlySet<number>;
  /** Places of what failed again and again, and waits for a person. */
  readonly held: ReadonlySet<number>;
}

async function readAnswered(
  { snapshot }: Audit,
  uploadId: bigint,
  claims: readonly Claim[],
): Promise<Answered> {
  const idsOf = (...kinds: readonly Claim['kind'][]) =>
    claims.flatMap((claim) => (kinds.includes(claim.kind) ? (idIn(claim) ?? []) : []));
  const kinds = [
    ...[idsOf('payment'), idsOf('refund'), idsOf('return'), idsOf('key_payment')],
    idsOf('ledger_entry', 'device_transaction'),
  ];
  const answered = await snapshot.query<{ kind: string; id: Uint8Array }>(ANSWERED, kinds);
  const refused = await snapshot.query<{ item: number }>(REFUSED, [uploadId]);
  const held = await snapshot.query<{ item: number }>(HELD, [uploadId]);
  return {
    ids: new Set(answered.map(({ kind, id }) => `${kind} ${hex(id)}`)),
    places: new Set(refused.map(({ item }) => item)),
    held: new Set(held.map(({ item }) => item)),
  };
}

interface CountRow {
  readonly upload_id: bigint;
  readonly settled: bigint;
  readonly recorded: bigint;
  readonly rejected: bigint;
  readonly found_settled: bigint;
  readonly found_recorded: bigint;
  readonly found_rejected: bigint;
}

/**
 * What the batches of an upload say they decided is there. Of refusals there may be fewer: what
 * two batches refuse at the same moment is one row.
 */
async function auditCounts({ snapshot, book }: Audit): Promise<void> {
  const page = book.page('answers');
  for await (const rows of snapshot.pages<CountRow>(COUNTS)) {
    for (const row of rows) {
      const key = { upload_id: row.upload_id };
      for (const column of ['settled', 'recorded', 'rejected'] as const) {
        const what = `not as many are ${column} as its batches say`;
        const [expected, found] = [row[column], row[`found_${column}`]];
        if (column === 'rejected' && found < expected) continue;
        page.same({ table: 'settlement_batches', key, what, expected, found });
      }
    }
  }
}

const UPLOADS = `
  select u.id, u.sha256, u.items, u.received_at,
    exists (select from inbox as i where i.upload_id = u.id) as waiting
  from uploads as u
  order by u.id`;

const ANSWERED = `
  select 'payment' as kind, payment_id as id from settled_payments
  where payment_id = any ($1::bytea[])
  union all
  select 'refund', document_id from refunds where document_id = any ($2::bytea[])
  union all
  select 'return', id from allowance_returns where id = any ($3::bytea[])
  union all
  select 'key_payment', payment_id from settled_key_payments
  where payment_id = any ($4::bytea[])
  union all
  select kind, document_id from settled_orders where document_id = any ($5::bytea[])
  union all
  select kind, document_id from rejected_items
  where document_id = any (
    $1::bytea[] || $2::bytea[] || $3::bytea[] || $4::bytea[] || $5::bytea[]
  )`;

const REFUSED = 'select item from rejected_items where upload_id = $1';

const HELD = 'select item from held_items where upload_id = $1';

const COUNTS = `
  select d.upload_id, d.settled, d.recorded, d.rejected,
    coalesce(s.found, 0) as found_settled, coalesce(r.found, 0) as found_recorded,
    coalesce(j.found, 0) as found_rejected
  from (
    select upload_id, sum(settled) as settled, sum(recorded) as recorded,
      sum(rejected) as rejected
    from settlement_batches group by upload_id
  ) as d
  left join (
    select upload_id, count(*) as found
    from (
      select upload_id from settled_payments union all select upload_id from settled_key_payments
      union all
      select upload_id from settled_orders
    ) as settled
    group by upload_id
  ) as s on s.upload_id = d.upload_id
  left join (
    select upload_id, count(*) as found
    from (
      select upload_id from refunds union all select upload_id from allowance_returns
    ) as done
    group by upload_id
  ) as r on r.upload_id = d.upload_id
  left join (
    select upload_id, count(*) as found from rejected_items group by upload_id
  ) as j on j.upload_id = d.upload_id
  order by d.upload_id`;
