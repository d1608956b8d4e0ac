import { equalBytes, hex, logId, proveIssued, verifySettlement } from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import { inOrder } from '../book.ts';
import type { Page } from '../book.ts';
import { compareColumns, secondsOf } from '../columns.ts';
import type { KeptCheckpoint } from '../kept.ts';
import { limits } from '../limits.ts';
import { proveStored } from '../proving.ts';
import type { Proved } from '../proving.ts';

interface CheckpointRow {
  readonly no: bigint;
  readonly document: Uint8Array;
  readonly id: Uint8Array;
  readonly log_size: bigint;
  readonly log_root: Uint8Array;
  readonly audit_size: bigint;
  readonly audit_head: Uint8Array;
  readonly at: Date;
}

/**
 * Every checkpoint is signed by the bank, names the one before it, and never speaks of less than
 * it. That root and head are those recomputed was compared while the logs went by (`marks.ts`).
 */
export async function auditCheckpoints(audit: Audit): Promise<void> {
  const page = audit.book.page('checkpoints');
  let last: CheckpointRow | undefined;
  const options = { rows: limits.packetRows };
  for await (const rows of audit.snapshot.pages<CheckpointRow>(CHECKPOINTS, options)) {
    const proved = await inOrder(page, rows, (row, line) => auditCheckpoint(audit, line, row));
    for (const [index, row] of rows.entries()) {
      const checkpoint = proved[index];
      if (checkpoint !== undefined) auditSuccession(page, { row, checkpoint, last });
      last = row;
    }
  }
  await auditEnd(audit, page, last);
  await auditKept(audit);
}

async function auditCheckpoint(
  audit: Audit,
  page: Page,
  row: CheckpointRow,
): Promise<Proved<'checkpoint'> | undefined> {
  page.saw();
  const where = whereOf(row);
  const stored = { type: 'checkpoint', packet: row.document, where } as const;
  const proved = await proveStored(audit, page, stored);
  if (proved === undefined) return undefined;
  const { id, fields } = proved;
  const isAsSigned = compareColumns(page, where, [
    ['id', id, row.id],
    ['log_size', fields.logSize, row.log_size],
    ['log_root', fields.logRoot, row.log_root],
    ['audit_size', fields.auditSize, row.audit_size],
    ['audit_head', fields.auditHead, row.audit_head],
    ['at', fields.time, secondsOf(row.at)],
    ["the log's id", logIdOf(audit, fields.logId), fields.logId],
  ]);
  return isAsSigned ? proved : undefined;
}

/** Where no document has named the bank, nobody can say which id its log has. */
function logIdOf({ bank }: Audit, signed: Uint8Array): Uint8Array {
  return bank === undefined ? signed : logId(bank);
}

interface Succession {
  readonly row: CheckpointRow;
  readonly checkpoint: Proved<'checkpoint'>;
  readonly last: CheckpointRow | undefined;
}

function auditSuccession(page: Page, { row, checkpoint, last }: Succession): void {
  const where = whereOf(row);
  const isNext = compareColumns(page, where, [
    ['no, after the one before', (last?.no ?? 0n) + 1n, row.no],
    ['previous', last?.id ?? new Uint8Array(32), checkpoint.fields.previous],
  ]);
  if (!isNext || last === undefined) return;
  for (const column of ['log_size', 'audit_size', 'at'] as const) {
    if (row[column] >= last[column]) continue;
    const what = `${column} is less than in the checkpoint before`;
    page.wrong({ ...where, what, expected: last[column], found: row[column] });
    return;
  }
}

async function auditEnd(
  { snapshot }: Audit,
  page: Page,
  last: CheckpointRow | undefined,
): Promise<void> {
  const [state] = await snapshot.query<{ size: bigint; head: Uint8Array }>(STATE);
  const where = { table: 'sequencer_state', key: { name: 'checkpoint' } };
  const what = 'the last checkpoint is not the one that its sequencer made';
  if (!page.same({ ...where, what, expected: last?.no ?? 0n, found: state?.size })) return;
  page.same({ ...where, what, expected: last?.id ?? new Uint8Array(32), found: state?.head });
}

/** What was kept outside is signed by a trusted key, of this bank, and still among the stored. */
async function auditKept(audit: Audit): Promise<void> {
  const page = audit.book.page('kept checkpoints');
  for (let start = 0; start < audit.kept.length; start += limits.packetRows) {
    const some = audit.kept.slice(start, start + limits.packetRows);
    const ids = some.map(({ id }) => id);
    const rows = await audit.snapshot.query<{ id: Uint8Array }>(STORED, [ids]);
    const stored = new Set(rows.map(({ id }) => hex(id)));
    await inOrder(page, some, (kept, line) => auditKeptOne(audit, line, { kept, stored }));
  }
}

async function auditKeptOne(
  audit: Audit,
  page: Page,
  { kept, stored }: { readonly kept: KeptCheckpoint; readonly stored: ReadonlySet<string> },
): Promise<void> {
  page.saw();
  const { place, id, document, packet, kind } = kept;
  const where = { table: 'kept', key: { place, id } };
  const proved =
    kind === 'settlement'
      ? await verifySettlement(packet, audit.trust)
      : await proveIssued(document, audit.trust);
  if (!proved.ok) {
    const found = `${proved.code}: ${proved.detail}`;
    const what = 'what was kept is not signed by a key that is trusted';
    page.wrong({ ...where, what, expected: kind, found });
    return;
  }
  const expected = logIdOf(audit, document.fields.logId);
  if (!equalBytes(expected, document.fields.logId)) {
    const what = "what was kept is of another bank's log";
    page.wrong({ ...where, what, expected, found: document.fields.logId });
    return;
  }
  if (stored.has(hex(id))) return;
  const what = 'a checkpoint that the bank published is no longer there';
  page.wrong({ ...where, what, expected: `a row of checkpoints`, found: undefined });
}

function whereOf({ no }: CheckpointRow) {
  return { table: 'checkpoints', key: { no } };
}

const CHECKPOINTS = `
  select no, document, id, log_size, log_root, audit_size, audit_head, at
  from checkpoints
  order by no`;

const STATE = `select size, head from sequencer_state where name = 'checkpoint'`;

const STORED = 'select id from checkpoints where id = any ($1::bytea[])';
