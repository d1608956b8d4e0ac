import type { Db, Tx } from '../../db/index.ts';
import { keyOf } from '../keys.ts';
import type {
  KnownTill,
  LedgerReceiver,
  LedgerSender,
  OrderFacts,
  OrderName,
  OrderQuestion,
  TakenNumber,
  TakenTransaction,
} from '../orders.ts';
import { NO_ORDER_FACTS, orderNameOf } from '../orders.ts';
import type { ContentRow } from './known-orders.ts';
import { ASKED, readSettledOrders } from './known-orders.ts';
import { bytesOf, packIds, packNumbers } from './packing.ts';

/**
 * Locks what the orders debit, limits before floats, each in order of number. Whoever changes the
 * status of a sender, of his limit or of a till does so under the same lock.
 */
export async function lockOrders(tx: Tx, { ledger, device }: OrderQuestion): Promise<void> {
  if (ledger.length > 0) {
    await tx.query(
      `select no from limit_wallets
        where kyc_user in (select no from kyc_users where user_id = any ($1::text[]))
        order by no for no key update`,
      [distinct(ledger.map(({ userId }) => userId))],
    );
  }
  if (device.length > 0) {
    await tx.query(
      `select no from tenant_floats
        where tenant in (select tenant from tills where device_id = any ($1::text[]))
        order by no for no key update`,
      [distinct(device.map(({ deviceId }) => deviceId))],
    );
  }
}

/** What deciding about orders needs. Nothing is read where there is neither carrier nor order. */
export async function readOrderFacts(
  db: Db,
  question: OrderQuestion,
  uploadId: bigint | undefined,
): Promise<OrderFacts> {
  const { carried, ledger, device, documentIds } = question;
  const review = carried && uploadId !== undefined ? await readReview(db, uploadId) : undefined;
  if (documentIds.length === 0) return { ...NO_ORDER_FACTS, review };
  const senders = await readSenders(db, distinct(ledger.map(({ userId }) => userId)));
  const tills = await readTills(db, distinct(device.map(({ deviceId }) => deviceId)));
  return {
    review,
    senders,
    receivers: await readReceivers(db, distinct(ledger.map(({ toId }) => toId))),
    tills,
    transactions: device.length === 0 ? new Map() : await readTransactions(db, documentIds),
    taken: await readTaken(db, namesOf(question, { senders, tills })),
    settled: await readSettledOrders(db, documentIds),
  };
}

async function readReview(db: Db, uploadId: bigint): Promise<OrderFacts['review']> {
  const { rowCount } = await db.query(
    `select id from reviews where upload_id = $1 and outcome = 'rejected'`,
    [uploadId],
  );
  return rowCount > 0 ? 'rejected' : undefined;
}

interface SenderRow {
  readonly user_id: string;
  readonly no: bigint;
  readonly key_id: Buffer;
  readonly wallet_id: string | null;
  readonly ledger_account: bigint | null;
  readonly currency: number | null;
  readonly approved: boolean;
}

async function readSenders(db: Db, userIds: readonly string[]): Promise<OrderFacts['senders']> {
  if (userIds.length === 0) return NO_ORDER_FACTS.senders;
  const { rows } = await db.query<SenderRow>(
    `select u.user_id, u.no, u.key_id, l.wallet_id, l.ledger_account, l.currency,
        coalesce(u.status = 'approved' and a.status = 'active' and l.status = 'approved', false)
          as approved
      from kyc_users as u
      left join limit_wallets as l on l.kyc_user = u.no
      left join accounts as a on a.id = u.account_id
      where u.user_id = any ($1::text[])`,
    [userIds],
  );
  return new Map(rows.map((row): [string, LedgerSender] => [row.user_id, senderOf(row)]));
}

function senderOf({ no, key_id, wallet_id, ledger_account, currency, approved }: SenderRow) {
  const isFunded = wallet_id !== null && ledger_account !== null && currency !== null;
  const limit = isFunded ? { walletId: wallet_id, account: ledger_account, currency } : undefined;
  return { no, keyId: bytesOf(key_id), limit, approved };
}

interface ReceiverRow {
  readonly user_id: string;
  readonly approved: boolean;
  readonly number: bigint | null;
  readonly account: bigint | null;
  readonly currency: number | null;
}

async function readReceivers(db: Db, userIds: readonly string[]): Promise<OrderFacts['receivers']> {
  if (userIds.length === 0) return NO_ORDER_FACTS.receivers;
  const { rows } = await db.query<ReceiverRow>(
    `select u.user_id, u.status = 'approved' as approved, w.number, w.ledger_account as account,
        w.currency
      from kyc_users as u
      left join wallets as w on w.account_id = u.account_id and w.kind = 'current'
      where u.user_id = any ($1::text[])`,
    [userIds],
  );
  const receivers = new Map<string, LedgerReceiver>();
  for (const { user_id: userId, approved, number, account, currency } of rows) {
    const wallets = new Map(receivers.get(userId)?.wallets);
    if (number !== null && account !== null && currency !== null) {
      wallets.set(currency, { number: Number(number), account });
    }
    receivers.set(userId, { approved, wallets });
  }
  return receivers;
}

interface TillRow {
  readonly device_id: string;
  readonly no: bigint;
  readonly key_id: Buffer;
  readonly status: KnownTill['status'];
  readonly currency: number | null;
  readonly account: bigint | null;
}

async function readTills(db: Db, deviceIds: readonly string[]): Promise<OrderFacts['tills']> {
  if (deviceIds.length === 0) return NO_ORDER_FACTS.tills;
  const { rows } = await db.query<TillRow>(
    `select t.device_id, t.no, t.key_id, t.status, f.currency, f.ledger_account as account
      from tills as t left join tenant_floats as f on f.tenant = t.tenant
      where t.device_id = any ($1::text[])`,
    [deviceIds],
  );
  const tills = new Map<string, KnownTill>();
  for (const { device_id: deviceId, no, key_id: keyId, status, currency, account } of rows) {
    const floats = new Map(tills.get(deviceId)?.floats);
    if (currency !== null && account !== null) floats.set(currency, account);
    tills.set(deviceId, { no, keyId: bytesOf(keyId), status, floats });
  }
  return tills;
}

interface TransactionRow extends ContentRow {
  readonly bundle: bigint;
  readonly payload_sha256: Buffer;
  readonly cleared: boolean;
  readonly own: boolean;
  readonly payee_wallet: bigint | null;
}

async function readTransactions(
  db: Db,
  documentIds: readonly Uint8Array[],
): Promise<OrderFacts['transactions']> {
  const { rows } = await db.query<TransactionRow>(
    `select t.document_id, t.content_sha256, t.bundle, b.payload_sha256,
        b.cleared_at is not null as cleared, t.own, t.payee_wallet
      from (${ASKED}) as asked
      join till_transactions as t on t.document_id = asked.id
      join device_bundles as b on b.id = t.bundle`,
    [packIds(documentIds)],
  );
  return new Map(
    rows.map((row): [string, TakenTransaction] => [
      keyOf(bytesOf(row.document_id)),
      {
        bundle: row.bundle,
        payloadHash: bytesOf(row.payload_sha256),
        cleared: row.cleared,
        content: bytesOf(row.content_sha256),
        own: row.own,
        payeeWallet: row.payee_wallet === null ? undefined : Number(row.payee_wallet),
      },
    ]),
  );
}

function namesOf(
  { ledger, device }: OrderQuestion,
  { senders, tills }: Pick<OrderFacts, 'senders' | 'tills'>,
): readonly OrderName[] {
  const entries = ledger.flatMap(({ userId, txnId: number }): OrderName[] => {
    const signer = senders.get(userId)?.no;
    return signer === undefined ? [] : [{ kind: 'ledger_entry', signer, number }];
  });
  const transactions = device.flatMap(({ deviceId, localId: number }): OrderName[] => {
    const signer = tills.get(deviceId)?.no;
    return signer === undefined ? [] : [{ kind: 'device_transaction', signer, number }];
  });
  const named = [...entries, ...transactions];
  return [...new Map(named.map((name) => [orderNameOf(name), name])).values()];
}

interface TakenRow extends ContentRow, OrderName {}

async function readTaken(db: Db, names: readonly OrderName[]): Promise<OrderFacts['taken']> {
  if (names.length === 0) return NO_ORDER_FACTS.taken;
  const { rows } = await db.query<TakenRow>(
    `select o.kind, o.signer, o.number, o.document_id, o.content_sha256
      from unnest($1::text[], $2::bigint[], $3::text[]) as asked (kind, signer, number)
      join signed_orders as o on o.kind = asked.kind and o.signer = asked.signer
        and o.number = asked.number collate "C"`,
    [
      names.map(({ kind }) => kind),
      packNumbers(names.map(({ signer }) => signer)),
      names.map(({ number }) => number),
    ],
  );
  return new Map(
    rows.map((row): [string, TakenNumber] => [
      orderNameOf(row),
      { documentId: bytesOf(row.document_id), content: bytesOf(row.content_sha256) },
    ]),
  );
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
