import type { Db } from '../../db/index.ts';
import type { AllowanceTerms, Known, KnownQuestion, Rejection } from '../facts.ts';
import { keyOf } from '../keys.ts';
import { packIds } from './packing.ts';
import type { RejectionRow, SettledRow } from './rows.ts';
import { REJECTION_COLUMNS, rejectionOf, SETTLED_COLUMNS, settledOf } from './rows.ts';

/** The ids packed in `$1`, one a row. */
const ASKED = `select substring($1::bytea from 32 * place + 1 for 32) as id
  from generate_series(0, octet_length($1::bytea) / 32 - 1) as place`;

/** Append-only rows, read without locks: what is found is final, what is not may come. */
export async function readKnown(db: Db, question: KnownQuestion): Promise<Known> {
  const { allowanceIds, paymentIds, documentIds, credentialIds } = question;
  return {
    allowances: await readTerms(db, allowanceIds),
    settled: await readSettled(db, paymentIds),
    rejections: await readRejections(db, documentIds),
    credentials: await readCredentials(db, credentialIds),
  };
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

async function readTerms(db: Db, ids: readonly Uint8Array[]): Promise<Known['allowances']> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<TermsRow>(
    `select a.no, a.id, a.account_id, a.device_no, a.ledger_account as reservation,
        w.ledger_account as payer_offline, a.currency, a.limit_minor, a.count, a.first_sequence
      from (${ASKED}) as asked
      join allowances as a on a.id = asked.id
      join wallets as w on w.number = a.payer_wallet`,
    [packIds(ids)],
  );
  return new Map(rows.map((row) => [keyOf(row.id), termsOf(row)]));
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

interface CredentialRow {
  readonly id: Buffer;
  readonly wallet_number: bigint;
}

async function readCredentials(db: Db, ids: readonly Uint8Array[]): Promise<Known['credentials']> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<CredentialRow>(
    `select c.id, c.wallet_number
      from (${ASKED}) as asked join credentials as c on c.id = asked.id`,
    [packIds(ids)],
  );
  return new Map(rows.map((row) => [keyOf(row.id), Number(row.wallet_number)]));
}
