import { encodeWalletKeyItem, readWalletKeyItem, utf8 } from '@sikka/protocol';
import type { VerifiedKeyPayment, WalletKeyItem } from '@sikka/protocol';
import type { Db, Tx } from '../../db/index.ts';
import type { RefusalCode } from '../codes.ts';
import type { Decision } from '../decide/index.ts';
import { bytesOf, dateOf, packNumbers, secondsOf } from './packing.ts';

/** A payment by a wallet's key as the bank has it; what became of it is derived from other rows. */
export interface KeyPaymentRow {
  /** What the API calls the transaction. */
  readonly id: bigint;
  readonly paymentId: Uint8Array;
  readonly payerAccount: bigint;
  /** Of the payee's key, where it is somebody's. */
  readonly payeeAccount: bigint | undefined;
  readonly payerWallet: number;
  readonly payeeWallet: number | undefined;
  /** SHA-256 of its SubjectPublicKeyInfo. */
  readonly payeeKey: Uint8Array;
  readonly nonce: string;
  readonly amountMinor: bigint;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** The JSON object as first handed in; only what its signature covers is a fact. */
  readonly text: string;
  readonly signature: Uint8Array;
  readonly receipt: string | undefined;
  /** As the payer wrote it. */
  readonly claimedAt: string;
  /** Seconds. */
  readonly receivedAt: number;
  /** Seconds; where its money moved. */
  readonly settledAt: number | undefined;
  /** Why it is refused for ever. */
  readonly refused: RefusalCode | undefined;
  /** Why it was refused last, for a reason that may pass: it is pending all the same. */
  readonly waits: RefusalCode | undefined;
}

/** Claims the nonces of a decision: under the wallets' locks, sorted. */
export async function insertClaimed(tx: Tx, { hearing, claimed }: Decision): Promise<void> {
  if (claimed.length === 0) return;
  await insertKeyPayments(
    tx,
    claimed.map(({ handed, verified, payerAccount, payeeWallet }) => ({
      verified,
      payerAccount,
      payeeWallet,
      item: handed.item.bytes,
      receipt: undefined,
    })),
    { storedBy: 'sync', at: dateOf(hearing.receivedAt) },
  );
}

/** The arguments `k_…` of settlement_post. */
export function packSettledKeys({ settledKeys }: Decision): readonly unknown[] {
  return [
    packNumbers(settledKeys.map(({ handed }) => handed.item.place)),
    packNumbers(settledKeys.map(({ handed }) => handed.item.at)),
    packKeyDigests(settledKeys),
    packNumbers(settledKeys.map(({ payment }) => payment.payerWallet)),
    packNumbers(settledKeys.map(({ payment }) => payment.payeeWallet)),
    packNumbers(settledKeys.map(({ payment }) => payment.amountMinor)),
    packNumbers(settledKeys.map(({ payment }) => payment.currency)),
    packNumbers(settledKeys.map(({ payer }) => payer)),
    packNumbers(settledKeys.map(({ payee }) => payee)),
  ];
}

/** Payment id, key id, payee key and item hash of each. */
function packKeyDigests(settledKeys: Decision['settledKeys']): Buffer {
  return Buffer.concat(
    settledKeys.flatMap(({ verified, payment }) => [
      payment.id,
      verified.authority.keyId,
      verified.payeeKey,
      payment.sha256,
    ]),
  );
}

interface NewKeyPayment {
  readonly verified: VerifiedKeyPayment;
  readonly payerAccount: bigint;
  readonly payeeWallet: number | undefined;
  readonly item: Uint8Array;
  readonly receipt: string | undefined;
}

/** The same payment again is its first row; another one under its nonce is a bug of the caller. */
async function insertKeyPayments(
  tx: Tx,
  rows: readonly NewKeyPayment[],
  { storedBy, at }: { readonly storedBy: 'sign_and_store' | 'sync'; readonly at: Date },
): Promise<void> {
  await tx.query(
    `insert into key_payments (payment_id, payer_wallet, nonce, key_id, payer_account, payee_key,
        payee_wallet, amount, currency, claimed_at, covered, item, receipt, stored_by, received_at)
      select k.*, $14, $15
      from unnest($1::bytea[], $2::bigint[], $3::text[], $4::bytea[], $5::bigint[], $6::bytea[],
        $7::bigint[], $8::bigint[], $9::int[], $10::text[], $11::text[], $12::bytea[], $13::text[])
        as k (payment_id, payer_wallet, nonce, key_id, payer_account, payee_key, payee_wallet,
        amount, currency, claimed_at, covered, item, receipt)
      order by k.payer_wallet, k.nonce
      on conflict (payment_id) do nothing`,
    [
      rows.map(({ verified }) => verified.paymentId),
      packNumbers(rows.map(({ verified }) => verified.payerWallet)),
      rows.map(({ verified }) => verified.nonce),
      rows.map(({ verified }) => verified.authority.keyId),
      packNumbers(rows.map(({ payerAccount }) => payerAccount)),
      rows.map(({ verified }) => verified.payeeKey),
      rows.map(({ payeeWallet }) => payeeWallet),
      packNumbers(rows.map(({ verified }) => verified.amountMinor)),
      packNumbers(rows.map(({ verified }) => verified.currency)),
      rows.map(({ verified }) => verified.timestamp),
      rows.map(({ verified }) => verified.covered),
      rows.map(({ item }) => item),
      rows.map(({ receipt }) => receipt),
      storedBy,
      at,
    ],
  );
}

/** Stores what a payer signed in his own session. The wallet is locked by the caller. */
export async function insertPending(
  tx: Tx,
  row: Omit<NewKeyPayment, 'item'>,
  at: Date,
): Promise<void> {
  const { text, signature } = row.verified.item;
  const item = encodeWalletKeyItem(utf8(text), signature);
  await insertKeyPayments(tx, [{ ...row, item }], { storedBy: 'sign_and_store', at });
}

interface Row {
  readonly id: bigint;
  readonly payment_id: Buffer;
  readonly payer_account: bigint;
  readonly payee_account: bigint | null;
  readonly payer_wallet: bigint;
  readonly payee: bigint | null;
  readonly payee_key: Buffer;
  readonly nonce: string;
  readonly amount: bigint;
  readonly currency: number;
  readonly item: Buffer;
  readonly receipt: string | null;
  readonly claimed_at: string;
  readonly received_at: Date;
  readonly settled_at: Date | null;
  readonly refused: RefusalCode | null;
  readonly waits: RefusalCode | null;
}

/** Of rows `k` of key_payments. */
const WITH_STATE = `select k.id, k.payment_id, k.payer_account,
    (select account_id from wallets where number = coalesce(s.payee_wallet, k.payee_wallet))
      as payee_account,
    k.payer_wallet, coalesce(s.payee_wallet, k.payee_wallet) as payee, k.payee_key, k.nonce,
    k.amount, k.currency, k.item, k.receipt, k.claimed_at, k.received_at, s.settled_at,
    r.code as refused,
    case when s.settled_at is null and r.code is null then (
      select code from rejected_items where key_payment = k.id order by id desc limit 1
    ) end as waits
  from key_payments as k
  left join settled_key_payments as s on s.key_payment = k.id
  left join rejected_items as r on r.document_id = k.payment_id and s.settled_at is null`;

export async function selectKeyPayment(db: Db, id: bigint): Promise<KeyPaymentRow | undefined> {
  const { rows } = await db.query<Row>(`${WITH_STATE} where k.id = $1`, [id]);
  return rows.map(rowOf)[0];
}

export async function selectByNonce(
  db: Db,
  wallet: number,
  nonce: string,
): Promise<KeyPaymentRow | undefined> {
  const { rows } = await db.query<Row>(`${WITH_STATE} where k.payer_wallet = $1 and k.nonce = $2`, [
    wallet,
    nonce,
  ]);
  return rows.map(rowOf)[0];
}

export type KeyPaymentStatus = 'pending' | 'settled' | 'refused';

export interface KeyPaymentsPage {
  readonly status?: KeyPaymentStatus | undefined;
  readonly limit: number;
  /** Ids below this one. */
  readonly before?: bigint | undefined;
}

/** Of rows `k` of key_payments: whether they may stand on the page that is asked for. */
const ON_PAGE = `($2::bigint is null or k.id < $2)
  and ($3::text is null or $3 = case
    when exists (select from settled_key_payments where key_payment = k.id) then 'settled'
    when exists (select from rejected_items where document_id = k.payment_id) then 'refused'
    else 'pending'
  end)`;

/**
 * Of a payer or a payee, newest first. Each way to be one is read a page long, not whole: by
 * `between`, a payee's index is walked in its order; by `=`, the planner takes a wallet of unknown
 * number for one of few payments, and sorts them all.
 */
export async function selectKeyPaymentsOf(
  db: Db,
  accountId: bigint,
  { status, limit, before }: KeyPaymentsPage,
): Promise<readonly KeyPaymentRow[]> {
  const { rows } = await db.query<Row>(
    `with own as (select number from wallets where account_id = $1),
      concerned as (
        (select k.id from key_payments as k where k.payer_account = $1 and ${ON_PAGE}
          order by k.id desc limit $4)
        union
        (select part.id from own cross join lateral (
          select k.id from key_payments as k
          where k.payee_wallet between own.number and own.number and ${ON_PAGE}
          order by k.payee_wallet desc, k.id desc limit $4
        ) as part)
        union
        (select part.id from own cross join lateral (
          select k.id from settled_key_payments as late
            join key_payments as k on k.id = late.key_payment
          where late.payee_wallet between own.number and own.number
            and ($2::bigint is null or late.key_payment < $2) and ${ON_PAGE}
          order by late.payee_wallet desc, late.key_payment desc limit $4
        ) as part)
      )
      ${WITH_STATE} join concerned on concerned.id = k.id
      order by k.id desc limit $4`,
    [accountId, before, status, limit],
  );
  return rows.map(rowOf);
}

function rowOf(row: Row): KeyPaymentRow {
  const { text, signature } = itemIn(row.item);
  return {
    id: row.id,
    paymentId: bytesOf(row.payment_id),
    payerAccount: row.payer_account,
    payeeAccount: row.payee_account ?? undefined,
    payerWallet: Number(row.payer_wallet),
    payeeWallet: row.payee === null ? undefined : Number(row.payee),
    payeeKey: bytesOf(row.payee_key),
    nonce: row.nonce,
    amountMinor: row.amount,
    currency: row.currency,
    text,
    signature,
    receipt: row.receipt ?? undefined,
    claimedAt: row.claimed_at,
    receivedAt: secondsOf(row.received_at),
    settledAt: row.settled_at === null ? undefined : secondsOf(row.settled_at),
    refused: row.refused ?? undefined,
    waits: row.waits ?? undefined,
  };
}

function itemIn(bytes: Buffer): WalletKeyItem {
  const read = readWalletKeyItem(bytesOf(bytes));
  if (!read.ok) throw new Error('A stored payment is none.');
  return read.value;
}

/** What the bank has of a wallet and has not paid yet, received since. */
export interface Pending {
  readonly count: number;
  readonly minor: bigint;
}

export async function selectPending(db: Db, wallet: number, since: Date): Promise<Pending> {
  const { rows } = await db.query<{ readonly count: bigint; readonly minor: bigint }>(
    `select count(*) as count, coalesce(sum(k.amount), 0)::bigint as minor
      from key_payments as k
      where k.payer_wallet = $1 and k.received_at >= $2
        and not exists (select from settled_key_payments as s where s.key_payment = k.id)
        and not exists (select from rejected_items as r where r.document_id = k.payment_id)`,
    [wallet, since],
  );
  const { count = 0n, minor = 0n } = rows[0] ?? {};
  return { count: Number(count), minor };
}

/** Queues again what waited for this account's review; to be called where the review ends. */
export async function requeueOf(tx: Tx, accountId: bigint): Promise<number> {
  const { rows } = await tx.query<{ readonly uploads: bigint }>(
    'select settlement_requeue($1) as uploads',
    [accountId],
  );
  return Number(rows[0]?.uploads ?? 0n);
}
