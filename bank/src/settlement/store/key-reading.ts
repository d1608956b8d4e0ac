import type { Db } from '../../db/index.ts';
import type { RefusalCode } from '../codes.ts';
import type { SettledKeyPayment } from '../facts.ts';
import type { SettledKeyRow } from './key-facts.ts';
import { SETTLED_KEY_COLUMNS, settledKeyOf } from './key-facts.ts';
import { bytesOf } from './packing.ts';

/** A settled payment by a wallet's key with its place, for receipts and whom it concerns. */
export interface FoundKeyPayment {
  readonly payment: SettledKeyPayment;
  /** In the place of the allowance's id (spec/log.md §1). */
  readonly keyId: Uint8Array;
  readonly batchId: bigint;
  readonly ordinal: number;
  readonly payerAccount: bigint;
  readonly payeeAccount: bigint | undefined;
}

interface FoundRow extends SettledKeyRow {
  readonly key_id: Buffer;
  readonly batch_id: bigint;
  readonly ordinal: number;
  readonly payer_account: bigint;
  readonly payee_account: bigint | null;
}

export async function selectSettledKey(
  db: Db,
  paymentId: Uint8Array,
): Promise<FoundKeyPayment | undefined> {
  const { rows } = await db.query<FoundRow>(
    `select ${SETTLED_KEY_COLUMNS}, s.key_id, s.batch_id, s.ordinal,
        (select account_id from wallets where number = s.payer_wallet) as payer_account,
        (select account_id from wallets where number = s.payee_wallet) as payee_account
      from settled_key_payments as s where s.payment_id = $1`,
    [paymentId],
  );
  return rows.map((row) => ({
    payment: settledKeyOf(row),
    keyId: bytesOf(row.key_id),
    batchId: row.batch_id,
    ordinal: row.ordinal,
    payerAccount: row.payer_account,
    payeeAccount: row.payee_account ?? undefined,
  }))[0];
}

export interface RefusedKeyPayment {
  readonly paymentId: Uint8Array;
  readonly code: RefusalCode;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly payerAccount: bigint;
  readonly payeeAccount: bigint | undefined;
}

interface RefusedRow {
  readonly code: RefusalCode;
  readonly amount: bigint;
  readonly currency: number;
  readonly payer_account: bigint;
  readonly payee_account: bigint | null;
}

/** Refused for ever, of those that hold a nonce. */
export async function selectRefusedKey(
  db: Db,
  paymentId: Uint8Array,
): Promise<RefusedKeyPayment | undefined> {
  const { rows } = await db.query<RefusedRow>(
    `select r.code, k.amount, k.currency, k.payer_account,
        (select account_id from wallets where number = k.payee_wallet) as payee_account
      from rejected_items as r join key_payments as k on k.payment_id = r.document_id
      where r.document_id = $1 and r.kind = 'key_payment'`,
    [paymentId],
  );
  return rows.map((row) => ({
    paymentId,
    code: row.code,
    amountMinor: row.amount,
    currency: row.currency,
    payerAccount: row.payer_account,
    payeeAccount: row.payee_account ?? undefined,
  }))[0];
}
