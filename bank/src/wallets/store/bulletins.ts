import type { Db, Tx } from '../../db/index.ts';
import type { BulletinRecord, NewBulletin, Revocations } from '../bulletin.ts';

interface BulletinRow {
  readonly version: bigint;
  readonly id: Buffer;
  readonly content: Buffer;
  readonly packet: Buffer;
  readonly at: Date;
}

const BULLETIN = 'select version, id, content, packet, at from bulletins';

export async function readLatestBulletin(db: Db): Promise<BulletinRecord | undefined> {
  const { rows } = await db.query<BulletinRow>(`${BULLETIN} order by version desc limit 1`);
  return rows[0] === undefined ? undefined : bulletinOf(rows[0]);
}

export async function readBulletin(db: Db, version: number): Promise<BulletinRecord | undefined> {
  const { rows } = await db.query<BulletinRow>(`${BULLETIN} where version = $1`, [version]);
  return rows[0] === undefined ? undefined : bulletinOf(rows[0]);
}

/** False where another issuer took the version. */
export async function insertBulletin(tx: Tx, bulletin: NewBulletin): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into bulletins (version, id, content, packet, at) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [bulletin.version, bulletin.id, bulletin.content, bulletin.packet, bulletin.at],
  );
  return rowCount === 1;
}

/** Revoked allowances that a phone might still take: past their end they are refused anyway. */
export async function readRevokedAllowances(
  db: Db,
  since: number,
  most: number,
): Promise<Revocations['allowances']> {
  const { rows } = await db.query<{ id: Buffer }>(
    `select a.id from allowances a join allowance_states s on s.no = a.no
     where s.revoked_at is not null and a.until_s >= $1
     order by a.until_s desc, a.no limit $2`,
    [since, most],
  );
  return rows.map(({ id }) => new Uint8Array(id));
}

export async function readPolicyEpochs(
  db: Db,
  at: Date,
): Promise<readonly { readonly currency: number; readonly epoch: number }[]> {
  const { rows } = await db.query<{ currency: number; epoch: number }>(
    `select currency, max(epoch)::int as epoch from allowance_policies
     where valid_from <= $1 group by currency order by currency`,
    [at],
  );
  return rows;
}

function bulletinOf(row: BulletinRow): BulletinRecord {
  return {
    version: Number(row.version),
    id: new Uint8Array(row.id),
    content: new Uint8Array(row.content),
    packet: new Uint8Array(row.packet),
    at: row.at,
  };
}
