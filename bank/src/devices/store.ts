import type { Suite } from '@sikka/protocol';
import { suiteNumber, suiteOf } from '@sikka/protocol';
import type { Db, Tx } from '../db/index.ts';
import type { CredentialRecord, NewCredential } from './credentials.ts';
import type { DeviceRecord, DeviceRole, NewDevice } from './devices.ts';

export type Purpose = 'enrolment' | 'allowance' | 'wallet_key';

export interface NewChallenge {
  readonly challenge: Uint8Array;
  readonly accountId: bigint;
  readonly purpose: Purpose;
  readonly at: Date;
  readonly expiresAt: Date;
}

/** Drops what has expired unused: used ones stay, as long as nobody asks for more. */
export async function deleteExpiredChallenges(db: Db, accountId: bigint, now: Date): Promise<void> {
  await db.query('delete from device_challenges where account_id = $1 and expires_at < $2', [
    accountId,
    now,
  ]);
}

/** False where the account has too many open ones. */
export async function insertChallenge(
  db: Db,
  challenge: NewChallenge,
  most: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into device_challenges (challenge, account_id, purpose, created_at, expires_at)
     select $1, $2, $3, $4, $5
     where (
       select count(*) from device_challenges
       where account_id = $2 and used_at is null and expires_at >= $4
     ) < $6`,
    [
      challenge.challenge,
      challenge.accountId,
      challenge.purpose,
      challenge.at,
      challenge.expiresAt,
      most,
    ],
  );
  return rowCount === 1;
}

/** One winner, by the row's own lock. */
export async function useChallenge(
  tx: Tx,
  use: {
    readonly challenge: Uint8Array;
    readonly accountId: bigint;
    readonly purpose: Purpose;
    readonly now: Date;
  },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update device_challenges set used_at = $4
     where challenge = $1 and account_id = $2 and purpose = $3
       and used_at is null and created_at <= $4 and expires_at >= $4`,
    [use.challenge, use.accountId, use.purpose, use.now],
  );
  return rowCount === 1;
}

/** Held until the transaction ends: enrolments of one account count one after another. */
export async function lockAccount(tx: Tx, accountId: bigint): Promise<void> {
  await tx.query('select id from accounts where id = $1 for no key update', [accountId]);
}

export async function countActive(db: Db, accountId: bigint): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from devices where account_id = $1 and status = 'active'`,
    [accountId],
  );
  return rows[0]?.count ?? 0;
}

/** The till number; undefined where the key is enrolled, by whomever. */
export async function insertDevice(tx: Tx, device: NewDevice): Promise<number | undefined> {
  const { rows } = await tx.query<{ no: bigint }>(
    `insert into devices
       (account_id, suite, public_key, key_hash, role, ecdh_key, enrolment, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (key_hash) do nothing
     returning no`,
    [
      device.accountId,
      suiteNumber(device.suite),
      device.publicKey,
      device.keyHash,
      device.role,
      device.ecdhKey ?? null,
      device.enrolment,
      device.createdAt,
    ],
  );
  return rows[0] === undefined ? undefined : Number(rows[0].no);
}

interface DeviceRow {
  readonly no: bigint;
  readonly account_id: bigint;
  readonly suite: number;
  readonly public_key: Buffer;
  readonly key_hash: Buffer;
  readonly role: DeviceRole;
  readonly ecdh_key: Buffer | null;
  readonly status: DeviceRecord['status'];
  readonly revoked_reason: string | null;
  readonly enrolment: Buffer;
  readonly created_at: Date;
}

const DEVICE = `
  select no, account_id, suite, public_key, key_hash, role, ecdh_key, status, revoked_reason,
    enrolment, created_at
  from devices`;

export async function readDevice(db: Db, no: number): Promise<DeviceRecord | undefined> {
  const { rows } = await db.query<DeviceRow>(`${DEVICE} where no = $1`, [no]);
  return rows[0] === undefined ? undefined : deviceOf(rows[0]);
}

export async function readDeviceByKey(
  db: Db,
  keyHash: Uint8Array,
): Promise<DeviceRecord | undefined> {
  const { rows } = await db.query<DeviceRow>(`${DEVICE} where key_hash = $1`, [keyHash]);
  return rows[0] === undefined ? undefined : deviceOf(rows[0]);
}

export async function readDevices(db: Db, accountId: bigint): Promise<readonly DeviceRecord[]> {
  const { rows } = await db.query<DeviceRow>(`${DEVICE} where account_id = $1 order by no desc`, [
    accountId,
  ]);
  return rows.map(deviceOf);
}

/** False where it was revoked before. */
export async function updateRevoked(
  tx: Tx,
  revocation: { readonly till: number; readonly reason: string; readonly now: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update devices set status = 'revoked', revoked_reason = $2, status_changed_at = $3
     where no = $1 and status <> 'revoked'`,
    [revocation.till, revocation.reason, revocation.now],
  );
  return rowCount === 1;
}

/** Inside the signed bytes, so drawn before; a number may be lost, never used again. */
export async function drawSerial(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ serial: bigint }>(
    `select nextval('credentials_serial_seq') as serial`,
  );
  return Number(rows[0]?.serial);
}

export async function insertCredential(tx: Tx, credential: NewCredential): Promise<void> {
  await tx.query(
    `insert into credentials
       (serial, id, device_no, wallet_number, mode, currency, name, town, from_s, until_s, packet,
        issued_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      credential.serial,
      credential.id,
      credential.till,
      credential.wallet,
      credential.mode,
      credential.currency,
      credential.name,
      credential.town,
      credential.from,
      credential.until,
      credential.packet,
      credential.issuedAt,
    ],
  );
}

interface CredentialRow {
  readonly serial: bigint;
  readonly id: Buffer;
  readonly device_no: bigint;
  readonly wallet_number: bigint;
  readonly mode: CredentialRecord['mode'];
  readonly currency: number;
  readonly name: string;
  readonly town: string;
  readonly from_s: bigint;
  readonly until_s: bigint;
  readonly packet: Buffer;
  readonly issued_at: Date;
}

export async function readCredentials(
  db: Db,
  tills: readonly number[],
): Promise<readonly CredentialRecord[]> {
  const { rows } = await db.query<CredentialRow>(
    `select serial, id, device_no, wallet_number, mode, currency, name, town, from_s, until_s,
       packet, issued_at
     from credentials where device_no = any($1::bigint[]) order by serial`,
    [tills],
  );
  return rows.map((row) => ({
    serial: Number(row.serial),
    id: new Uint8Array(row.id),
    till: Number(row.device_no),
    wallet: Number(row.wallet_number),
    mode: row.mode,
    currency: row.currency,
    name: row.name,
    town: row.town,
    from: Number(row.from_s),
    until: Number(row.until_s),
    packet: new Uint8Array(row.packet),
    issuedAt: row.issued_at,
  }));
}

/** Revoked devices of which an allowance or a credential has not ended yet. */
export async function readRevokedKeys(
  db: Db,
  since: number,
  most: number,
): Promise<readonly Uint8Array[]> {
  const { rows } = await db.query<{ key_hash: Buffer }>(
    `select d.key_hash
     from devices d
     cross join lateral (
       select greatest(
         (select max(a.until_s) from allowances a where a.device_no = d.no),
         (select max(c.until_s) from credentials c where c.device_no = d.no)
       ) as until_s
     ) as last
     where d.status = 'revoked' and last.until_s >= $1
     order by last.until_s desc, d.no limit $2`,
    [since, most],
  );
  return rows.map((row) => new Uint8Array(row.key_hash));
}

export async function readRevokedCredentialIds(
  db: Db,
  since: number,
  most: number,
): Promise<readonly Uint8Array[]> {
  const { rows } = await db.query<{ id: Buffer }>(
    `select id from credentials
     where revoked_at is not null and until_s >= $1
     order by until_s desc, serial limit $2`,
    [since, most],
  );
  return rows.map(({ id }) => new Uint8Array(id));
}

function deviceOf(row: DeviceRow): DeviceRecord {
  return {
    till: Number(row.no),
    accountId: row.account_id,
    suite: suiteOfRow(row.suite),
    publicKey: new Uint8Array(row.public_key),
    keyHash: new Uint8Array(row.key_hash),
    role: row.role,
    ecdhKey: row.ecdh_key === null ? undefined : new Uint8Array(row.ecdh_key),
    status: row.status,
    revokedReason: row.revoked_reason ?? undefined,
    enrolment: new Uint8Array(row.enrolment),
    createdAt: row.created_at,
  };
}

function suiteOfRow(number: number): Suite {
  const suite = suiteOf(number);
  if (suite === undefined) throw new Error('A device of a suite that there is not.');
  return suite;
}
