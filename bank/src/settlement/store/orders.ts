import { packBytes, packWords } from '../../db/index.ts';
import type { Db, Tx } from '../../db/index.ts';
import type { RefusalCode } from '../codes.ts';
import type { Decision } from '../decide/index.ts';
import type { AccountId } from '../../ledger/index.ts';
import type { OrderKind, SettledOrder } from '../orders.ts';
import type { SettledOrderRow } from './known-orders.ts';
import { SETTLED_ORDER_COLUMNS, settledOrderOf } from './known-orders.ts';
import { bytesOf, dateOf, packIds, packNumbers } from './packing.ts';

/** Takes the numbers of a decision: under the locks of what they debit, sorted. */
export async function insertOrders(tx: Tx, { hearing, ordered }: Decision): Promise<void> {
  if (ordered.length === 0) return;
  await tx.query(
    `insert into signed_orders (document_id, kind, signer, number, key_id, content_sha256, previous,
        debit_account, payee_wallet, amount, currency, bundle, received_at)
      select o.*, $13
      from unnest($1::bytea[], $2::text[], $3::bigint[], $4::text[], $5::bytea[], $6::bytea[],
        $7::bytea[], $8::bigint[], $9::bigint[], $10::bigint[], $11::int[], $12::bigint[])
        as o (document_id, kind, signer, number, key_id, content_sha256, previous, debit_account,
        payee_wallet, amount, currency, bundle)
      order by o.kind, o.signer, o.number collate "C"
      on conflict (document_id) do nothing`,
    [
      packBytes(ordered.map(({ documentId }) => documentId)),
      packWords(ordered.map(({ kind }) => kind)),
      packNumbers(ordered.map(({ signer }) => signer)),
      ordered.map(({ number }) => number),
      packBytes(ordered.map(({ keyId }) => keyId)),
      packBytes(ordered.map(({ content }) => content)),
      packBytes(ordered.map(({ previous }) => previous)),
      packNumbers(ordered.map(({ terms }) => terms.debit)),
      packNumbers(ordered.map(({ terms }) => terms.payeeWallet)),
      packNumbers(ordered.map(({ terms }) => terms.amountMinor)),
      packNumbers(ordered.map(({ terms }) => terms.currency)),
      packNumbers(ordered.map(({ terms }) => terms.bundle)),
      dateOf(hearing.receivedAt),
    ],
  );
}

/** The arguments `o_…` of settlement_post. */
export function packSettledOrders({ settledOrders }: Decision): readonly unknown[] {
  return [
    packNumbers(settledOrders.map(({ handed }) => handed.item.place)),
    packNumbers(settledOrders.map(({ handed }) => handed.item.at)),
    packIds(settledOrders.flatMap(({ order, keyId }) => [order.id, keyId, order.sha256])),
    `{${settledOrders.map(({ order }) => order.kind).join(',')}}`,
    packNumbers(settledOrders.map(({ order }) => order.payeeWallet)),
    packNumbers(settledOrders.map(({ order }) => order.amountMinor)),
    packNumbers(settledOrders.map(({ order }) => order.currency)),
    packNumbers(settledOrders.map(({ debit }) => debit)),
    packNumbers(settledOrders.map(({ credit }) => credit)),
  ];
}

/** What a hold of this upload kept open is decided about now. */
export async function dropHeldAllowances(tx: Tx, uploadId: bigint): Promise<void> {
  await tx.query('delete from held_allowances where upload_id = $1', [uploadId]);
}

/** Queues again what waited for money on this account. */
export async function requeueOrdersOf(tx: Tx, debit: AccountId): Promise<number> {
  const { rows } = await tx.query<{ readonly uploads: bigint }>(
    'select settlement_requeue_orders($1) as uploads',
    [debit],
  );
  return Number(rows[0]?.uploads ?? 0n);
}

export async function selectAllowanceNos(
  db: Db,
  allowanceIds: readonly Uint8Array[],
): Promise<readonly bigint[]> {
  if (allowanceIds.length === 0) return [];
  const { rows } = await db.query<{ readonly no: bigint }>(
    'select no from allowances where id = any ($1::bytea[]) order by no',
    [allowanceIds],
  );
  return rows.map(({ no }) => no);
}

/** A settled order with its place, for receipts and whom it concerns. */
export interface FoundOrder {
  readonly payment: SettledOrder;
  /** In the place of the allowance's id (spec/log.md §1). */
  readonly keyId: Uint8Array;
  readonly batchId: bigint;
  readonly ordinal: number;
  /** The ledger sender's; of a till's order its tenant's. */
  readonly payerAccount: bigint;
  readonly payeeAccount: bigint | undefined;
}

interface FoundRow extends SettledOrderRow {
  readonly key_id: Buffer;
  readonly batch_id: bigint;
  readonly ordinal: number;
  readonly payer_account: bigint;
  readonly payee_account: bigint | null;
}

/** Of a row `o` of signed_orders: whose money it moves. */
const PAYER_ACCOUNT = `case o.kind
    when 'ledger_entry' then (select account_id from kyc_users where no = o.signer)
    else (select t.account_id from tills as d join tenants as t on t.no = d.tenant
      where d.no = o.signer)
  end`;

export async function selectSettledOrder(
  db: Db,
  documentId: Uint8Array,
): Promise<FoundOrder | undefined> {
  const { rows } = await db.query<FoundRow>(
    `select ${SETTLED_ORDER_COLUMNS}, s.key_id, s.batch_id, s.ordinal,
        ${PAYER_ACCOUNT} as payer_account,
        (select account_id from wallets where number = s.payee_wallet) as payee_account
      from settled_orders as s join signed_orders as o on o.id = s.signed_order
      where s.document_id = $1`,
    [documentId],
  );
  return rows.map((row) => ({
    payment: settledOrderOf(row),
    keyId: bytesOf(row.key_id),
    batchId: row.batch_id,
    ordinal: row.ordinal,
    payerAccount: row.payer_account,
    payeeAccount: row.payee_account ?? undefined,
  }))[0];
}

export interface FoundRefusedOrder {
  readonly kind: OrderKind;
  readonly code: RefusalCode;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly payerAccount: bigint;
  readonly payeeAccount: bigint | undefined;
}

interface RefusedRow {
  readonly kind: OrderKind;
  readonly code: RefusalCode;
  readonly amount: bigint;
  readonly currency: number;
  readonly payer_account: bigint;
  readonly payee_account: bigint | null;
}

/** Refused for ever, of those that hold a number. */
export async function selectRefusedOrder(
  db: Db,
  documentId: Uint8Array,
): Promise<FoundRefusedOrder | undefined> {
  const { rows } = await db.query<RefusedRow>(
    `select o.kind, r.code, o.amount, o.currency, ${PAYER_ACCOUNT} as payer_account,
        (select account_id from wallets where number = o.payee_wallet) as payee_account
      from rejected_items as r join signed_orders as o on o.document_id = r.document_id
      where r.document_id = $1`,
    [documentId],
  );
  return rows.map((row) => ({
    kind: row.kind,
    code: row.code,
    amountMinor: row.amount,
    currency: row.currency,
    payerAccount: row.payer_account,
    payeeAccount: row.payee_account ?? undefined,
  }))[0];
}

export type DocumentState = 'settled' | 'refused';

interface StateRow {
  readonly id: Buffer;
  readonly state: DocumentState | null;
}

/** What became of documents of any kind, by id; of what is not decided for ever, nothing. */
export async function selectStates(
  db: Db,
  documentIds: readonly Uint8Array[],
): Promise<readonly (readonly [Uint8Array, DocumentState])[]> {
  if (documentIds.length === 0) return [];
  const { rows } = await db.query<StateRow>(
    `select asked.id,
        case
          when exists (select from settled_payments where payment_id = asked.id)
            or exists (select from settled_key_payments where payment_id = asked.id)
            or exists (select from settled_orders where document_id = asked.id) then 'settled'
          when exists (select from rejected_items where document_id = asked.id) then 'refused'
        end as state
      from (
        select substring($1::bytea from 32 * place + 1 for 32) as id
        from generate_series(0, octet_length($1::bytea) / 32 - 1) as place
      ) as asked`,
    [packIds(documentIds)],
  );
  return rows.flatMap(({ id, state }) => (state === null ? [] : [[bytesOf(id), state] as const]));
}
