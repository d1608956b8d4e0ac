import type { Db, Tx } from '../../db/index.ts';
import type { RefusalCode } from '../codes.ts';
import { PASSING_CODES } from '../codes.ts';
import type { EvidencePlace } from '../facts.ts';
import { readEvidence } from '../intakes/documents.ts';
import type { ItemKind } from '../outcomes.ts';
import { bytesOf } from './packing.ts';
import type { ItemRefusal, NewUpload, StoredUpload, Upload } from './port.ts';

interface StoredRow {
  readonly id: bigint;
  readonly received_at: Date;
}

/**
 * Stores the bytes and their row of the inbox. The same bytes again are the first row; they come
 * back to the inbox only where something in them was refused for a reason that may have passed.
 */
export async function insertUpload(tx: Tx, upload: NewUpload): Promise<StoredUpload> {
  const { sha256, bytes, uploader, receivedAt, items, visibleAt } = upload;
  const inserted = await tx.query<StoredRow>(
    `insert into uploads (sha256, bytes, uploader, received_at, items)
      values ($1, $2, $3, $4, $5)
      on conflict (sha256) do nothing
      returning id, received_at`,
    [sha256, bytes, uploader, receivedAt, items],
  );
  const [created] = inserted.rows;
  if (created !== undefined) {
    await tx.query('insert into inbox (upload_id, visible_at) values ($1, $2)', [
      created.id,
      visibleAt,
    ]);
    return storedOf(created);
  }
  const { rows } = await tx.query<StoredRow>(
    'select id, received_at from uploads where sha256 = $1',
    [sha256],
  );
  const [first] = rows;
  if (first === undefined) throw new Error('An upload vanished.');
  await tx.query(
    `insert into inbox (upload_id, visible_at)
      select distinct r.upload_id, $2::timestamptz from rejected_items as r
      where r.upload_id = $1 and r.code = any ($3::text[])
      on conflict (upload_id) do nothing`,
    [first.id, visibleAt, PASSING_CODES],
  );
  return storedOf(first);
}

function storedOf({ id, received_at: receivedAt }: StoredRow): StoredUpload {
  return { id, receivedAt };
}

interface UploadRow {
  readonly id: bigint;
  readonly bytes: Buffer;
  readonly sha256: Buffer;
  readonly uploader: string;
  readonly received_at: Date;
  readonly undecided: boolean;
}

export async function selectUpload(db: Db, id: bigint): Promise<Upload | undefined> {
  const { rows } = await db.query<UploadRow>(
    `select id, bytes, sha256, uploader, received_at,
        exists (select from inbox where upload_id = id) as undecided
      from uploads where id = $1`,
    [id],
  );
  return rows.map(({ received_at: receivedAt, ...upload }) => ({ ...upload, receivedAt }))[0];
}

/** Locks the upload's row of the inbox; false where it has been decided. */
export async function lockInbox(tx: Tx, uploadId: bigint): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select upload_id from inbox where upload_id = $1 for update',
    [uploadId],
  );
  return rowCount > 0;
}

interface RefusalRow {
  readonly item: number;
  readonly kind: ItemKind;
  readonly code: RefusalCode;
  readonly proof_id: Buffer | null;
  readonly judged: boolean;
}

export async function selectRefusals(db: Db, uploadId: bigint): Promise<readonly ItemRefusal[]> {
  const { rows } = await db.query<RefusalRow>(
    `select distinct on (item) item, kind, code, proof_id, document_id is not null as judged
      from rejected_items where upload_id = $1 order by item, id desc`,
    [uploadId],
  );
  return rows.map((row) => ({
    place: row.item,
    kind: row.kind,
    code: row.code,
    proofId: row.proof_id === null ? undefined : bytesOf(row.proof_id),
    judged: row.judged,
  }));
}

/** The longest packet, with its head. */
const SLICE_BYTES = 4_099;

interface SliceRow {
  readonly slice: Buffer;
}

/** Slices, not whole uploads: 5,000 accusations may speak of as many batches of 8 MiB. */
export async function selectEvidence(
  db: Db,
  places: readonly EvidencePlace[],
): Promise<readonly Uint8Array[]> {
  if (places.length === 0) return [];
  const { rows } = await db.query<SliceRow>(
    `select substring(u.bytes from p.at + 1 for ${SLICE_BYTES}) as slice
      from unnest($1::bigint[], $2::integer[]) with ordinality as p (upload_id, at, place)
      join uploads as u on u.id = p.upload_id
      order by p.place`,
    [places.map(({ uploadId }) => uploadId), places.map(({ at }) => at)],
  );
  return rows.map(({ slice }) => readEvidence(slice));
}
