import {
  checkLedger,
  equalBytes,
  isLedgerCarrier,
  keyHash,
  openLedgerCarrier,
  proveLedger,
} from '@sikka/protocol';
import type { Audit } from '../audit.ts';
import type { Page, Quoted } from '../book.ts';
import { compareColumns } from '../columns.ts';
import type { Column } from '../columns.ts';
import { withUploads } from '../evidence.ts';
import type { Upload } from '../evidence.ts';
import { limits } from '../limits.ts';
import { rowsOf } from '../snapshot.ts';
import { auditForkRows } from './fork-rows.ts';

interface EntryRow extends Receiver {
  readonly entry_hash: Uint8Array;
  readonly prev_hash: Uint8Array;
  readonly position: number;
  readonly upload_id: bigint;
}

interface Receiver {
  readonly receiver: bigint;
  /** As registered; null where he is gone. */
  readonly public_key: Uint8Array | null;
  readonly user_id: string | null;
}

interface ForkRow extends Receiver {
  readonly id: bigint;
  readonly key_id: Uint8Array;
  readonly prev_hash: Uint8Array;
  readonly position: number;
  /** Of one of its two sides. */
  readonly side: string;
  readonly entry_hash: Uint8Array;
  readonly upload_id: bigint;
  /** Whether its two sides are one entry. */
  readonly is_one: boolean;
  readonly review_kind: string | null;
  readonly review_subject: string | null;
}

interface PersonRow {
  readonly no: bigint;
  readonly key_id: Uint8Array;
  readonly public_key: Uint8Array;
}

interface WholeRow extends Receiver {
  readonly upload_id: bigint;
}

interface MissingEntry {
  readonly hash: Uint8Array;
  /** From 1. */
  readonly position: bigint;
}

/** A ledger that one key signed as a whole, in an unbroken chain: the hash of each entry. */
type Proved = readonly Uint8Array[];

const ORIGIN = new Uint8Array(32);

/**
 * Every entry of a sealed ledger, and both sides of every fork, stand in evidence that the
 * registered key of the receiver signed (spec/sealed-ledger.md §7); no fork is left out. Carriers
 * that no row names are recorded bytes and prove nothing.
 */
export async function auditLedgers(audit: Audit): Promise<void> {
  const page = audit.book.page('sealed ledgers');
  const rows = { rows: limits.pageRows };
  for await (const some of audit.snapshot.pages<EntryRow>(ENTRIES, rows)) {
    await auditRows(audit, some, async (row, upload) => {
      page.saw();
      const { receiver, entry_hash: entry } = row;
      const where = { table: 'sealed_ledger_entries', key: { receiver, entry_hash: entry } };
      await auditPlace(audit, page, { row, where, upload, columns: [] });
    });
  }
  for await (const some of audit.snapshot.pages<ForkRow>(FORKS, rows)) {
    await auditRows(audit, some, async (row, upload) => {
      page.saw();
      const where = { table: 'ledger_forks', key: { id: row.id, side: row.side } };
      await auditPlace(audit, page, { row, where, upload, columns: columnsOf(row) });
    });
  }
  for await (const some of audit.snapshot.pages<WholeRow>(WHOLE, rows)) {
    await auditRows(audit, some, (row, upload) => auditWhole(audit, page, { row, upload }));
  }
  await auditForkRows(audit.snapshot, page);
  for await (const { no, key_id, public_key } of rowsOf<PersonRow>(audit.snapshot, PEOPLE)) {
    const where = { table: 'kyc_users', key: { no } };
    compareColumns(page, where, [['key_id', keyHash('ES256', public_key), key_id]]);
  }
}

/** Every entry of a ledger that its receiver pushed has its row, under this upload or another. */
async function auditWhole(
  audit: Audit,
  page: Page,
  { row, upload }: { readonly row: WholeRow; readonly upload: Upload | undefined },
): Promise<void> {
  page.saw();
  const proved = await proveCarrier(audit, upload, row);
  // Where it proves nothing, the rows that name it were found wrong.
  if (typeof proved === 'string') return;
  const values = [row.receiver, [...proved]];
  for (const { hash, position } of await audit.snapshot.query<MissingEntry>(GONE, values)) {
    const what = 'an entry of this ledger has no row in sealed_ledger_entries';
    const where = { table: 'uploads', key: { id: row.upload_id, entry: position - 1n } };
    page.wrong({ ...where, what, expected: hash, found: undefined });
  }
}

async function auditRows<R extends { readonly upload_id: bigint }>(
  { snapshot }: Audit,
  rows: readonly R[],
  look: (row: R, upload: Upload | undefined) => Promise<void>,
): Promise<void> {
  for await (const chunk of withUploads(snapshot, rows, (row) => row.upload_id)) {
    for (const row of chunk.rows) await look(row, chunk.uploads.get(row.upload_id));
  }
}

function columnsOf(row: ForkRow): readonly Column[] {
  const { public_key: key, user_id: user } = row;
  return [
    ['key_id', key && keyHash('ES256', key), row.key_id],
    ['whether its sides are one entry', false, row.is_one],
    ["review's kind", 'ledger_fork', row.review_kind],
    ["review's subject", user && `ledger:${user}`, row.review_subject],
  ];
}

/** Compares a row with the entry at its place in the ledger that its upload carries. */
async function auditPlace(
  audit: Audit,
  page: Page,
  {
    row,
    where,
    upload,
    columns,
  }: {
    readonly row: Receiver & Pick<EntryRow, 'entry_hash' | 'prev_hash' | 'position'>;
    readonly where: { readonly table: string; readonly key: Readonly<Record<string, Quoted>> };
    readonly upload: Upload | undefined;
    readonly columns: readonly Column[];
  },
): Promise<void> {
  const proved = await proveCarrier(audit, upload, row);
  if (typeof proved === 'string') {
    const what = 'the evidence does not prove a ledger of its receiver';
    const expected = 'a whole ledger that his registered key signed';
    page.wrong({ ...where, what, expected, found: proved });
    return;
  }
  const { position } = row;
  compareColumns(page, where, [
    ['entry', proved[position], row.entry_hash],
    ['prev_hash', position === 0 ? ORIGIN : proved[position - 1], row.prev_hash],
    ...columns,
  ]);
}

/** One signature speaks for all rows of an upload. */
const known = new WeakMap<Upload, { readonly key: Uint8Array; readonly proved: Proved | string }>();

async function proveCarrier(
  audit: Audit,
  upload: Upload | undefined,
  { public_key: key, user_id: user }: Receiver,
): Promise<Proved | string> {
  if (upload === undefined || key === null || user === null)
    return 'no upload, or no such receiver';
  const before = known.get(upload);
  if (before !== undefined && equalBytes(before.key, key)) return before.proved;
  const proved = await proveAgain(audit, upload, { key, user });
  known.set(upload, { key, proved });
  return proved;
}

async function proveAgain(
  { verifier }: Audit,
  { items }: Upload,
  { key, user }: { readonly key: Uint8Array; readonly user: string },
): Promise<Proved | string> {
  const first = items?.[0]?.bytes;
  if (first === undefined || !isLedgerCarrier(first)) return 'no carrier of a ledger';
  const opened = openLedgerCarrier(first);
  if (!opened.ok) return `${opened.code}: ${opened.detail}`;
  const proved = await proveLedger(opened.value, key, verifier);
  if (!proved.ok) return `${proved.code}: ${proved.detail}`;
  const { entries } = opened.value;
  const [broken] = checkLedger(entries);
  if (broken !== undefined) return `${broken.code} at entry ${broken.entry}`;
  const stranger = entries.find(({ transaction }) => transaction.toId !== user);
  if (stranger !== undefined) return `a transaction to ${stranger.transaction.toId}`;
  return entries.map(({ hash }) => Buffer.from(hash, 'hex'));
}

const ENTRIES = `
  select s.receiver, s.entry_hash, s.prev_hash, s.position, s.upload_id, k.public_key, k.user_id
  from sealed_ledger_entries as s
  left join kyc_users as k on k.no = s.receiver
  order by s.upload_id, s.receiver, s.position, s.entry_hash`;

/** Uploads that a receiver pushed, and those that rows name: others prove nothing of anybody. */
const WHOLE = `
  select n.upload_id, n.receiver, k.public_key, k.user_id
  from (
    select u.id as upload_id, k.no as receiver
    from uploads as u join kyc_users as k on u.uploader = 'ledger:' || k.user_id
    union
    select upload_id, receiver from sealed_ledger_entries
  ) as n
  join kyc_users as k on k.no = n.receiver
  order by n.upload_id, n.receiver`;

const PEOPLE = 'select no, key_id, public_key from kyc_users order by no';

const GONE = `
  select e.hash, e.position
  from unnest($2::bytea[]) with ordinality as e (hash, position)
  where not exists (
    select from sealed_ledger_entries as s where s.receiver = $1 and s.entry_hash = e.hash
  )
  order by e.position`;

const FORKS = `
  select f.id, f.receiver, f.key_id, f.prev_hash, f.position, s.side, s.entry_hash, s.upload_id,
    f.first_entry = f.second_entry as is_one, k.public_key, k.user_id, r.kind as review_kind,
    r.subject as review_subject
  from ledger_forks as f
  cross join lateral (values
    ('first', f.first_entry, f.first_upload), ('second', f.second_entry, f.second_upload)
  ) as s (side, entry_hash, upload_id)
  left join kyc_users as k on k.no = f.receiver
  left join reviews as r on r.id = f.review
  order by f.id, s.side`;
