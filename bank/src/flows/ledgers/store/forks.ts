import { packBytes, packNumbers } from '../../../db/index.ts';
import type { Db, Tx } from '../../../db/index.ts';

/** An entry of a ledger whose receiver's signature held. */
export interface SealedEntry {
  readonly hash: Uint8Array;
  /** 32 zero bytes for the first. */
  readonly previous: Uint8Array;
  readonly position: number;
}

/** Two entries of one receiver after one and the same entry. */
export interface Fork {
  /** Known before. */
  readonly first: Uint8Array;
  readonly firstUpload: bigint;
  /** In the ledger that is handed in. */
  readonly second: Uint8Array;
  readonly previous: Uint8Array;
  readonly position: number;
  /** Undefined where nobody has seen it before. */
  readonly review: bigint | undefined;
  /** Somebody looked at it and let it go on. */
  readonly released: boolean;
}

interface ForkRow {
  readonly first: Buffer;
  readonly first_upload: bigint;
  readonly second: Buffer;
  readonly previous: Buffer;
  readonly position: number;
  readonly review: bigint | null;
  readonly released: boolean;
}

/** A new beginning accuses nobody: a page that lost its ledger starts again. */
export async function readForks(
  tx: Tx,
  receiver: bigint,
  entries: readonly SealedEntry[],
): Promise<readonly Fork[]> {
  const { rows } = await tx.query<ForkRow>(
    `select s.entry_hash as first, s.upload_id as first_upload, e.hash as second, e.previous,
       e.position, f.review,
       exists (select from reviews as r
         where r.kind = 'ledger_fork' and r.outcome = 'released'
           and (r.id = f.review or r.reasons && array[
             encode(f.first_entry, 'hex') || ':' || encode(f.second_entry, 'hex')]))
         as released
     from unnest($2::bytea[], $3::bytea[], $4::int[]) as e (hash, previous, position)
     join sealed_ledger_entries as s on s.receiver = $1 and s.prev_hash = e.previous
       and s.entry_hash <> e.hash
     left join ledger_forks as f on f.receiver = $1 and (
       (f.first_entry = s.entry_hash and f.second_entry = e.hash) or
       (f.first_entry = e.hash and f.second_entry = s.entry_hash))
     where e.position > 0
     order by e.position, s.entry_hash`,
    [receiver, ...packed(entries)],
  );
  return rows.map((row) => ({
    ...{ first: row.first, firstUpload: row.first_upload, second: row.second },
    ...{ previous: row.previous, position: row.position, released: row.released },
    review: row.review ?? undefined,
  }));
}

export async function insertEntries(
  tx: Tx,
  receiver: bigint,
  { entries, uploadId }: { readonly entries: readonly SealedEntry[]; readonly uploadId: bigint },
): Promise<void> {
  await tx.query(
    `insert into sealed_ledger_entries (receiver, entry_hash, prev_hash, position, upload_id)
     select $1, e.hash, e.previous, e.position, $5
     from unnest($2::bytea[], $3::bytea[], $4::int[]) as e (hash, previous, position)
     on conflict do nothing`,
    [receiver, ...packed(entries), uploadId],
  );
}

export async function insertForks(
  tx: Tx,
  forks: readonly Fork[],
  by: {
    readonly receiver: bigint;
    readonly keyId: Uint8Array;
    readonly uploadId: bigint;
    readonly review: bigint;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query(
    `insert into ledger_forks (receiver, key_id, prev_hash, first_entry, second_entry, first_upload,
       second_upload, position, review, at)
     select $1, $2, f.previous, f.first, f.second, f.first_upload, $3, f.position, $4, $5
     from unnest($6::bytea[], $7::bytea[], $8::bytea[], $9::bigint[], $10::int[])
       as f (previous, first, second, first_upload, position)`,
    [
      ...[by.receiver, by.keyId, by.uploadId, by.review, by.at],
      forks.map(({ previous }) => previous),
      forks.map(({ first }) => first),
      forks.map(({ second }) => second),
      forks.map(({ firstUpload }) => firstUpload),
      forks.map(({ position }) => position),
    ],
  );
}

/** The review of the first upload that brought an entry, and all before it. */
export interface KnownHead {
  /** Undefined where it was never held. */
  readonly review: bigint | undefined;
  readonly outcome: 'released' | 'rejected' | undefined;
}

export async function readHead(
  tx: Tx,
  receiver: bigint,
  hash: Uint8Array,
): Promise<KnownHead | undefined> {
  const { rows } = await tx.query<{
    readonly review: bigint | null;
    readonly outcome: KnownHead['outcome'] | null;
  }>(
    `select r.id as review, r.outcome from sealed_ledger_entries as s
     left join reviews as r on r.upload_id = s.upload_id
     where s.receiver = $1 and s.entry_hash = $2`,
    [receiver, hash],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return { review: row.review ?? undefined, outcome: row.outcome ?? undefined };
}

/** Whether somebody has to look at it before it is decided. */
export async function isHeld(db: Db, uploadId: bigint): Promise<boolean> {
  const { rowCount } = await db.query(
    'select upload_id from inbox where upload_id = $1 and held_by is not null',
    [uploadId],
  );
  return rowCount > 0;
}

function packed(entries: readonly SealedEntry[]): readonly unknown[] {
  return [
    packBytes(entries.map(({ hash }) => hash)),
    packBytes(entries.map(({ previous }) => previous)),
    packNumbers(entries.map(({ position }) => position)),
  ];
}
