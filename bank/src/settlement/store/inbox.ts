import type { Db, Tx } from '../../db/index.ts';
import type { RefusalCode } from '../codes.ts';
import { PASSING_CODES } from '../codes.ts';
import type { EvidencePlace } from '../facts.ts';
import { readEvidence } from '../intakes/documents.ts';
import type { ItemKind } from '../outcomes.ts';
import { dropHeldAllowances } from './orders.ts';
import { bytesOf, milliseconds, packNumbers } from './packing.ts';
import type { HeldItem, ItemRefusal, NewUpload, StoredUpload, Upload } from './port.ts';

interface StoredRow {
  readonly upload: bigint;
  readonly received: Date;
}

/** One statement, so that the row is committed as soon as it has its time. */
export async function receiveUpload(db: Db, upload: NewUpload): Promise<StoredUpload> {
  const { sha256, bytes, uploader, items, leaveMs, hold } = upload;
  const { rows } = await db.query<StoredRow>(
    'select upload, received from settlement_receive($1, $2, $3, $4, $5, $6, $7, $8)',
    [
      sha256,
      bytes,
      uploader,
      items,
      milliseconds(leaveMs),
      PASSING_CODES,
      hold?.review,
      packNumbers(hold?.allowanceNos ?? []),
    ],
  );
  const [stored] = rows;
  if (stored === undefined) throw new Error('settlement_receive answered nothing.');
  return { id: stored.upload, receivedAt: stored.received };
}

interface UploadRow {
  readonly id: bigint;
  readonly bytes: Buffer | null;
  readonly sha256: Buffer;
  readonly uploader: string;
  readonly received_at: Date;
  readonly undecided: boolean;
  readonly held: boolean;
}

export async function selectUpload(
  db: Db,
  id: bigint,
  held: Uint8Array | undefined,
): Promise<Upload | undefined> {
  const { rows } = await db.query<UploadRow>(
    `select id, case when $2 then bytes end as bytes, sha256, uploader, received_at,
        exists (select from inbox where upload_id = id and held_by is null) as undecided,
        exists (select from inbox where upload_id = id and held_by is not null) as held
      from uploads where id = $1`,
    [id, held === undefined],
  );
  return rows.map(({ received_at: receivedAt, bytes, ...upload }) => {
    const whole = held ?? bytes;
    if (whole === null) throw new Error('An upload without its bytes.');
    return { ...upload, bytes: whole, receivedAt };
  })[0];
}

/**
 * Locks the upload's row of the inbox, and answers when, by the database's clock: after it was
 * received and after whoever had it before gave it up, whatever clock the process has. Undefined
 * where it has been decided, or a review holds it.
 */
export async function lockInbox(tx: Tx, uploadId: bigint): Promise<Date | undefined> {
  const { rows } = await tx.query<{ readonly at: Date }>(
    // What is selected beside `for update` is computed before the lock is waited for.
    `with locked as materialized (
       select from inbox where upload_id = $1 and held_by is null for update
     )
     select settlement_now() as at from locked`,
    [uploadId],
  );
  return rows[0]?.at;
}

export async function finishUpload(
  tx: Tx,
  uploadId: bigint,
  { held, at }: { readonly held: readonly HeldItem[]; readonly at: Date },
): Promise<void> {
  await tx.query('delete from held_items where upload_id = $1', [uploadId]);
  await tx.query(
    `insert into held_items (upload_id, item, allowance_no, reason, at)
      select $1, h.*, $5 from unnest($2::integer[], $3::bigint[], $4::text[])
        as h (item, allowance_no, reason)`,
    [
      uploadId,
      held.map(({ place }) => place),
      held.map(({ allowanceNo }) => allowanceNo),
      held.map(({ reason }) => reason),
      at,
    ],
  );
  await dropHeldAllowances(tx, uploadId);
  await tx.query('delete from inbox where upload_id = $1', [uploadId]);
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
