import type { BoundedCache } from '@sikka/protocol';
import type { Db } from '../../db/index.ts';
import type {
  AllowanceTerms,
  AskedRange,
  Known,
  KnownCredential,
  KnownQuestion,
  Rejection,
} from '../facts.ts';
import { keyOf } from '../keys.ts';
import { readClaimed } from './chains.ts';
import { readKnownKeys } from './key-facts.ts';
import { readKnownOrders } from './known-orders.ts';
import { packIds } from './packing.ts';
import type { RefundRow, RejectionRow, SettledRow } from './rows.ts';
import {
  REFUND_COLUMNS,
  refundOf,
  REJECTION_COLUMNS,
  rejectionOf,
  SETTLED_COLUMNS,
  settledOf,
} from './rows.ts';

/** The ids packed in `$1`, one a row. */
const ASKED = `select substring($1::bytea from 32 * place + 1 for 32) as id
  from generate_series(0, octet_length($1::bytea) / 32 - 1) as place`;

/** Terms read before, by allowance id: they never change. The least recently used goes first. */
export type TermsCache = BoundedCache<AllowanceTerms>;

/** Append-only rows, read without locks: what is found is final, what is not may come. */
export async function readKnown(
  db: Db,
  question: KnownQuestion,
  cache: TermsCache,
): Promise<Known> {
  const { allowanceIds, ranges, paymentIds, refundIds, credentialIds } = question;
  const claimedIds = ranges.map(({ allowanceId }) => allowanceId);
  const allowances = await readTermsOnce(db, [...claimedIds, ...allowanceIds], cache);
  const claimed = await readClaimed(db, askedOf(ranges, allowances));
  return {
    allowances,
    settled: new Map([
      ...claimed.map((payment) => [keyOf(payment.id), payment] as const),
      ...(await readSettled(db, paymentIds)),
    ]),
    refunds: await readDoneRefunds(db, refundIds),
    credentials: await readCredentials(db, credentialIds),
    keys: await readKnownKeys(db, question.keys),
    orders: await readKnownOrders(db, question.orders),
  };
}

function askedOf(
  ranges: KnownQuestion['ranges'],
  allowances: Known['allowances'],
): readonly AskedRange[] {
  return ranges.flatMap(({ allowanceId, lowest, highest }) => {
    const no = allowances.get(keyOf(allowanceId))?.no;
    return no === undefined ? [] : [{ no, lowest, highest }];
  });
}

interface TermsRow {
  readonly no: bigint;
  readonly id: Buffer;
  readonly account_id: bigint;
  readonly device_no: bigint;
  readonly reservation: bigint;
  readonly payer_offline: bigint;
  readonly currency: number;
  readonly limit_minor: bigint;
  readonly count: number;
  readonly first_sequence: number;
}

async function readTermsOnce(
  db: Db,
  ids: readonly Uint8Array[],
  cache: TermsCache,
): Promise<Known['allowances']> {
  const found = new Map<string, AllowanceTerms>();
  const missing: Uint8Array[] = [];
  for (const id of ids) {
    const key = keyOf(id);
    const terms = cache.get(key);
    if (terms === undefined) missing.push(id);
    else found.set(key, terms);
  }
  for (const terms of await readTerms(db, missing)) {
    const key = keyOf(terms.id);
    cache.set(key, terms);
    found.set(key, terms);
  }
  return found;
}

async function readTerms(db: Db, ids: readonly Uint8Array[]): Promise<readonly AllowanceTerms[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<TermsRow>(
    `select a.no, a.id, a.account_id, a.device_no, a.ledger_account as reservation,
        w.ledger_account as payer_offline, a.currency, a.limit_minor, a.count, a.first_sequence
      from (${ASKED}) as asked
      join allowances as a on a.id = asked.id
      join wallets as w on w.number = a.payer_wallet`,
    [packIds(ids)],
  );
  return rows.map(termsOf);
}

function termsOf(row: TermsRow): AllowanceTerms {
  return {
    no: row.no,
    id: row.id,
    accountId: row.account_id,
    deviceNo: row.device_no,
    reservation: row.reservation,
    payerOffline: row.payer_offline,
    currency: row.currency,
    limitMinor: row.limit_minor,
    count: row.count,
    firstSequence: row.first_sequence,
  };
}

/** By id, for the few that refunds speak of: payments themselves are found by their sequence. */
export async function readSettled(db: Db, ids: readonly Uint8Array[]): Promise<Known['settled']> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<SettledRow>(
    `select ${SETTLED_COLUMNS}
      from (${ASKED}) as asked join settled_payments on payment_id = asked.id`,
    [packIds(ids)],
  );
  return new Map(rows.map((row) => [keyOf(row.payment_id), settledOf(row)]));
}

export async function readRejections(
  db: Db,
  ids: readonly Uint8Array[],
): Promise<ReadonlyMap<string, Rejection>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<RejectionRow>(
    `select ${REJECTION_COLUMNS}
      from (${ASKED}) as asked join rejected_items on document_id = asked.id`,
    [packIds(ids)],
  );
  return new Map(rows.map((row) => [keyOf(row.document_id), rejectionOf(row)]));
}

async function readDoneRefunds(db: Db, ids: readonly Uint8Array[]): Promise<Known['refunds']> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<RefundRow>(
    `select ${REFUND_COLUMNS}
      from (${ASKED}) as asked join refunds on document_id = asked.id`,
    [packIds(ids)],
  );
  return new Map(rows.map((row) => [keyOf(row.document_id), refundOf(row)]));
}

interface CredentialRow {
  readonly id: Buffer;
  readonly wallet_number: bigint;
  readonly from_s: bigint;
  readonly until_s: bigint;
  readonly revoked: boolean;
  readonly device_revoked: boolean;
}

async function readCredentials(db: Db, ids: readonly Uint8Array[]): Promise<Known['credentials']> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<CredentialRow>(
    `select c.id, c.wallet_number, c.from_s, c.until_s, c.revoked_at is not null as revoked,
        d.status = 'revoked' as device_revoked
      from (${ASKED}) as asked
      join credentials as c on c.id = asked.id
      join devices as d on d.no = c.device_no`,
    [packIds(ids)],
  );
  return new Map(rows.map((row) => [keyOf(row.id), credentialOf(row)]));
}

function credentialOf(row: CredentialRow): KnownCredential {
  return {
    wallet: Number(row.wallet_number),
    from: Number(row.from_s),
    until: Number(row.until_s),
    revoked: row.revoked,
    deviceRevoked: row.device_revoked,
  };
}
