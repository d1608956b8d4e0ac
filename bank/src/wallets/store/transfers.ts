import type { Db } from '../../db/index.ts';
import type { OrderedTransfer, OrderRefusal, TransferKind } from '../transfers.ts';

export interface OrderResult {
  readonly id: bigint | undefined;
  readonly at: Date | undefined;
  /** Of the request that made this transfer; another's where the key was used before. */
  readonly request: Uint8Array | undefined;
  readonly repeated: boolean;
  readonly refused: OrderRefusal | undefined;
}

/**
 * Rules, row, audit event, outbox and money in one round trip (migration 0014, `wallet_order`).
 *
 * An order that counts towards a day's limit is dated no earlier than the day that is being
 * counted, whose row it locks first: else orders from both sides of midnight, taking turns, would
 * each begin the count anew.
 */
export async function placeOrder(db: Db, order: OrderedTransfer): Promise<OrderResult> {
  const { rows } = await db.query<{
    transfer_id: bigint | null;
    first_request: Buffer | null;
    done_at: Date | null;
    repeated: boolean;
    refused: OrderRefusal | null;
  }>(
    `with counted as materialized (
       select day from unproved_spending
       where $11::bigint is not null and account_id = $1 and currency = $7
       for update
     )
     select transfer_id, first_request, done_at, repeated, refused
     from wallet_order($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
       greatest($12::timestamptz, (select day::timestamp at time zone 'UTC' from counted)))`,
    [
      order.accountId,
      `account:${order.account}`,
      order.idempotencyKey ?? null,
      order.request,
      order.from,
      order.to,
      order.currency,
      order.amountMinor,
      order.kind,
      order.reference ?? null,
      order.unprovedLimitMinor ?? null,
      order.at,
    ],
  );
  const [row] = rows;
  return {
    id: row?.transfer_id ?? undefined,
    at: row?.done_at ?? undefined,
    request: row?.first_request ?? undefined,
    repeated: row?.repeated ?? false,
    refused: row?.refused ?? undefined,
  };
}

/**
 * Carries out those of some orders against which nothing speaks, in one round trip (migration 0028,
 * `wallet_order_together`), all at the moment `at`; undefined for the others, which are untouched.
 * Each is another account's, and no wallet pays in one and is paid in another. Rejects, and has
 * done nothing, where something came between.
 */
export async function placeTogether(
  db: Db,
  orders: readonly OrderedTransfer[],
  at: Date,
): Promise<readonly (bigint | undefined)[]> {
  const { rows } = await db.query<{ place: number; transfer_id: bigint }>(
    `select place, transfer_id
     from wallet_order_together($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      orders.map(({ accountId }) => accountId),
      orders.map(({ account }) => `account:${account}`),
      orders.map(({ idempotencyKey }) => idempotencyKey ?? null),
      orders.map(({ request }) => request),
      orders.map(({ from }) => from),
      orders.map(({ to }) => to),
      orders.map(({ currency }) => currency),
      orders.map(({ amountMinor }) => amountMinor),
      orders.map(({ kind }) => kind),
      orders.map(({ reference }) => reference ?? null),
      orders.map(({ unprovedLimitMinor }) => unprovedLimitMinor ?? null),
      at,
    ],
  );
  const made = new Map(rows.map((row) => [row.place, row.transfer_id]));
  return orders.map((_, index) => made.get(index + 1));
}

export interface TransferRow {
  readonly id: bigint;
  /** Who ordered it, by public id. */
  readonly account: string;
  readonly from: number;
  readonly to: number;
  readonly currency: number;
  readonly amountMinor: bigint;
  readonly kind: TransferKind;
  /** The payer's own, of a payment. */
  readonly reference: string | undefined;
  readonly at: Date;
}

interface RawTransferRow {
  readonly id: bigint;
  readonly public_id: string;
  readonly from_wallet: bigint;
  readonly to_wallet: bigint;
  readonly currency: number;
  readonly amount: bigint;
  readonly kind: TransferKind;
  readonly reference: string | null;
  readonly at: Date;
}

const TRANSFER = `
  select t.id, a.public_id, t.from_wallet, t.to_wallet, t.currency, t.amount, t.kind, t.reference,
    t.at
  from wallet_transfers t join accounts a on a.id = t.account_id`;

export interface HistoryPage {
  readonly most: number;
  /** Only those before this one. */
  readonly before: bigint | undefined;
  /** Only of this kind. */
  readonly kind: TransferKind | undefined;
}

/** Each half by its own index, newest first, so that a long history costs what is shown of it. */
export async function readHistory(
  db: Db,
  accountId: bigint,
  { most, before, kind }: HistoryPage,
): Promise<readonly TransferRow[]> {
  const { rows } = await db.query<RawTransferRow>(
    `with own as (select number from wallets where account_id = $1),
     recent as (
       select picked.id
       from own cross join lateral (
         (select id from wallet_transfers
           where from_wallet = own.number and id < $3 and ($4::text is null or kind = $4)
           order by id desc limit $2)
         union
         (select id from wallet_transfers
           where to_wallet = own.number and id < $3 and ($4::text is null or kind = $4)
           order by id desc limit $2)
       ) as picked
     )
     ${TRANSFER} where t.id in (select id from recent) order by t.id desc limit $2`,
    [accountId, most, before ?? MAX_BIGINT, kind ?? null],
  );
  return rows.map(transferOf);
}

const MAX_BIGINT = 2n ** 63n - 1n;

/** A transfer from or to a wallet of this account; anybody else's is as one that is not there. */
export async function readOwnTransfer(
  db: Db,
  accountId: bigint,
  { id, kind }: { readonly id: bigint; readonly kind: TransferKind },
): Promise<TransferRow | undefined> {
  const { rows } = await db.query<RawTransferRow>(
    `${TRANSFER}
     where t.id = $2 and t.kind = $3 and exists (
       select from wallets w
       where w.number in (t.from_wallet, t.to_wallet) and w.account_id = $1
     )`,
    [accountId, id, kind],
  );
  return rows[0] === undefined ? undefined : transferOf(rows[0]);
}

/** The public ids of the owners of some wallets, by wallet number. */
export async function readOwners(
  db: Db,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const { rows } = await db.query<{ number: bigint; public_id: string }>(
    `select w.number, a.public_id from wallets w join accounts a on a.id = w.account_id
     where w.number = any($1::bigint[])`,
    [numbers],
  );
  return new Map(rows.map((row) => [Number(row.number), row.public_id]));
}

/** A person's active current wallet, for whoever pays them by their public id. */
export async function readReceiver(
  db: Db,
  receiver: { readonly account: string; readonly currency: number },
): Promise<number | undefined> {
  const { rows } = await db.query<{ number: bigint }>(
    `select w.number from wallets w join accounts a on a.id = w.account_id
     where a.public_id = $1 and w.kind = 'current' and w.currency = $2`,
    [receiver.account, receiver.currency],
  );
  return rows[0] === undefined ? undefined : Number(rows[0].number);
}

function transferOf(row: RawTransferRow): TransferRow {
  return {
    id: row.id,
    account: row.public_id,
    from: Number(row.from_wallet),
    to: Number(row.to_wallet),
    currency: row.currency,
    amountMinor: row.amount,
    kind: row.kind,
    reference: row.reference ?? undefined,
    at: row.at,
  };
}
