import type { DeviceKey } from '@sikka/protocol';
import type { Db } from '../../db/index.ts';
import { keyOf } from '../keys.ts';
import type { KnownOrderQuestion, KnownOrders, SettledOrder } from '../orders.ts';
import { NO_KNOWN_ORDERS } from '../orders.ts';
import { bytesOf, packIds, secondsOf } from './packing.ts';

/** The ids packed in `$1`, one a row. */
export const ASKED = `select substring($1::bytea from 32 * place + 1 for 32) as id
  from generate_series(0, octet_length($1::bytea) / 32 - 1) as place`;

/** Candidates only, read without locks: what a signer is worth is read again under them. */
export async function readKnownOrders(
  db: Db,
  { userIds, deviceIds, documentIds }: KnownOrderQuestion,
): Promise<KnownOrders> {
  if (documentIds.length === 0) return NO_KNOWN_ORDERS;
  return {
    senders: await readSenderKeys(db, userIds),
    tills: await readTillKeys(db, deviceIds),
    settled: await readSettledOrders(db, documentIds),
    contents: await readContents(db, deviceIds.length === 0 ? [] : documentIds),
  };
}

async function readSenderKeys(db: Db, userIds: readonly string[]): Promise<KnownOrders['senders']> {
  if (userIds.length === 0) return NO_KNOWN_ORDERS.senders;
  const { rows } = await db.query<{ readonly user_id: string; readonly public_key: Buffer }>(
    'select user_id, public_key from kyc_users where user_id = any ($1::text[])',
    [userIds],
  );
  return new Map(rows.map((row) => [row.user_id, bytesOf(row.public_key)]));
}

interface TillKeyRow {
  readonly device_id: string;
  readonly scheme: DeviceKey['scheme'];
  readonly public_key: Buffer;
  readonly key_id: Buffer;
}

async function readTillKeys(db: Db, deviceIds: readonly string[]): Promise<KnownOrders['tills']> {
  if (deviceIds.length === 0) return NO_KNOWN_ORDERS.tills;
  const { rows } = await db.query<TillKeyRow>(
    'select device_id, scheme, public_key, key_id from tills where device_id = any ($1::text[])',
    [deviceIds],
  );
  return new Map(
    rows.map(({ device_id: deviceId, scheme, public_key: publicKey, key_id: id }) => [
      deviceId,
      { scheme, publicKey: bytesOf(publicKey), id: bytesOf(id) },
    ]),
  );
}

export interface ContentRow {
  readonly document_id: Buffer;
  readonly content_sha256: Buffer;
}

async function readContents(
  db: Db,
  documentIds: readonly Uint8Array[],
): Promise<KnownOrders['contents']> {
  if (documentIds.length === 0) return NO_KNOWN_ORDERS.contents;
  const { rows } = await db.query<ContentRow>(
    `select t.document_id, t.content_sha256
      from (${ASKED}) as asked join till_transactions as t on t.document_id = asked.id`,
    [packIds(documentIds)],
  );
  return new Map(rows.map((row) => [keyOf(bytesOf(row.document_id)), bytesOf(row.content_sha256)]));
}

/** Of rows `s` of settled_orders joined to `o`, theirs of signed_orders. */
export const SETTLED_ORDER_COLUMNS = `s.kind, s.document_id, o.content_sha256, s.amount, s.currency,
  s.payee_wallet, s.settled_at, s.item_sha256`;

export interface SettledOrderRow extends ContentRow {
  readonly kind: SettledOrder['kind'];
  readonly amount: bigint;
  readonly currency: number;
  readonly payee_wallet: bigint;
  readonly settled_at: Date;
  readonly item_sha256: Buffer;
}

export function settledOrderOf(row: SettledOrderRow): SettledOrder {
  return {
    kind: row.kind,
    id: bytesOf(row.document_id),
    content: bytesOf(row.content_sha256),
    amountMinor: row.amount,
    currency: row.currency,
    payeeWallet: Number(row.payee_wallet),
    settledAt: secondsOf(row.settled_at),
    sha256: bytesOf(row.item_sha256),
  };
}

export async function readSettledOrders(
  db: Db,
  documentIds: readonly Uint8Array[],
): Promise<KnownOrders['settled']> {
  const { rows } = await db.query<SettledOrderRow>(
    `select ${SETTLED_ORDER_COLUMNS}
      from (${ASKED}) as asked
      join settled_orders as s on s.document_id = asked.id
      join signed_orders as o on o.id = s.signed_order`,
    [packIds(documentIds)],
  );
  return new Map(rows.map((row) => [keyOf(bytesOf(row.document_id)), settledOrderOf(row)]));
}
