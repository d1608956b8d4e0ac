import type { BundleTransactionType } from '@sikka/protocol';
import { packBytes, packNumbers, packTimes, packWords } from '../../../db/index.ts';
import type { Db, Tx } from '../../../db/index.ts';

/** Rows of bundles and of tills' transactions (migration 0024). */

export type Verdict = 'accepted' | 'pending_review' | 'quarantined' | 'rejected';

/** A bundle as it was first answered. */
export interface BundleRow {
  readonly id: bigint;
  readonly bundleId: string;
  readonly till: bigint;
  readonly payloadHash: Uint8Array;
  readonly verdict: Verdict;
  /** Of a rejected one. */
  readonly code: string | undefined;
  /** Ten thousandths. */
  readonly score: number | undefined;
  readonly count: number;
}

export async function findBundle(db: Db, bundleId: string): Promise<BundleRow | undefined> {
  const { rows } = await db.query<{
    id: bigint;
    till: bigint;
    payload_sha256: Uint8Array;
    verdict: Verdict;
    code: string | null;
    score: number | null;
    tx_count: number;
  }>(
    `select id, till, payload_sha256, verdict, code, score, tx_count
     from device_bundles where bundle_id = $1`,
    [bundleId],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { id, till, verdict, tx_count: count } = row;
  const payloadHash = new Uint8Array(row.payload_sha256);
  const said = { code: row.code ?? undefined, score: row.score ?? undefined };
  return { id, bundleId, till, payloadHash, verdict, count, ...said };
}

export interface NewBundle extends Omit<BundleRow, 'id'> {
  readonly nonce: string;
  readonly policy: { readonly country: string; readonly version: number } | undefined;
  readonly review: bigint | undefined;
  /** Minor units by currency. */
  readonly totals: Readonly<Record<string, string>>;
  readonly clock: Date;
  readonly at: Date;
}

export async function insertBundle(tx: Tx, bundle: NewBundle): Promise<bigint> {
  const { policy, verdict, at } = bundle;
  const { rows } = await tx.query<{ id: bigint }>(
    `insert into device_bundles (bundle_id, till, payload_sha256, nonce, verdict, code,
       policy_country, policy_version, score, review, tx_count, totals, device_clock, received_at,
       cleared_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     returning id`,
    [
      ...[bundle.bundleId, bundle.till, bundle.payloadHash, bundle.nonce, verdict, bundle.code],
      ...[policy?.country, policy?.version, bundle.score, bundle.review, bundle.count],
      ...[JSON.stringify(bundle.totals), bundle.clock, at, verdict === 'accepted' ? at : null],
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('A bundle was not written.');
  return row.id;
}

export async function nameUpload(tx: Tx, bundle: bigint, uploadId: bigint): Promise<void> {
  await tx.query('update device_bundles set upload_id = $2 where id = $1', [bundle, uploadId]);
}

/** Two tills may choose one name at one moment: the second waits for the first. */
export async function lockBundleId(tx: Tx, bundleId: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 24))', [bundleId]);
}

export async function countAttempt(db: Db, bundle: bigint): Promise<void> {
  await db.query('update device_bundles set push_attempts = push_attempts + 1 where id = $1', [
    bundle,
  ]);
}

export async function isNonceUsed(db: Db, till: bigint, nonce: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from device_bundles where till = $1 and nonce = $2 and verdict <> 'rejected'`,
    [till, nonce],
  );
  return rowCount > 0;
}

export interface KnownTransaction {
  readonly id: bigint;
  readonly localId: string;
  readonly content: Uint8Array;
}

/** Those of these numbers that the till has used. */
export async function readNumbers(
  db: Db,
  till: bigint,
  localIds: readonly string[],
): Promise<ReadonlyMap<string, KnownTransaction>> {
  const { rows } = await db.query<{ id: bigint; local_id: string; content_sha256: Uint8Array }>(
    `select id, local_id, content_sha256 from till_transactions
     where till = $1 and local_id = any ($2::text[])`,
    [till, localIds],
  );
  return new Map(
    rows.map(({ id, local_id: localId, content_sha256 }) => [
      localId,
      { id, localId, content: new Uint8Array(content_sha256) },
    ]),
  );
}

/** Payments that this till brought before, as hex: those of these ids. */
export async function readTakenPayments(
  db: Db,
  till: bigint,
  documentIds: readonly Uint8Array[],
): Promise<ReadonlySet<string>> {
  if (documentIds.length === 0) return new Set();
  const { rows } = await db.query<{ id: string }>(
    `select encode(document_id, 'hex') as id from till_transactions
     where document_id = any ($2::bytea[]) and till = $1`,
    [till, documentIds],
  );
  return new Set(rows.map(({ id }) => id));
}

export interface NewTransaction {
  readonly localId: string;
  readonly ordinal: number;
  readonly content: Uint8Array;
  readonly type: BundleTransactionType;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly sender: string;
  readonly receiver: string;
  readonly payeeWallet: number | undefined;
  readonly own: boolean;
  readonly documentId: Uint8Array | undefined;
  /** Place in the bundle's upload. */
  readonly item: number | undefined;
  readonly refused: string | undefined;
  readonly initiatedAt: Date;
}

/** Takes their numbers for ever, in the order of the numbers. Answers the row of each. */
export async function insertTransactions(
  tx: Tx,
  of: { readonly till: bigint; readonly bundle: bigint },
  transactions: readonly NewTransaction[],
): Promise<ReadonlyMap<string, bigint>> {
  if (transactions.length === 0) return new Map();
  const { rows } = await tx.query<{ id: bigint; local_id: string }>(
    `insert into till_transactions (till, bundle, local_id, ordinal, content_sha256, type, amount,
       currency, sender, receiver, payee_wallet, own, document_id, item, refused, initiated_at)
     select $1, $2, t.*
     from unnest($3::text[], $4::int[], $5::bytea[], $6::text[], $7::bigint[], $8::int[],
       $9::text[], $10::text[], $11::bigint[], $12::boolean[], $13::bytea[], $14::int[],
       $15::text[], $16::timestamptz[])
       as t (local_id, ordinal, content, type, amount, currency, sender, receiver, payee, own,
       document, item, refused, initiated)
     order by t.local_id collate "C"
     returning id, local_id`,
    [
      ...[of.till, of.bundle],
      transactions.map(({ localId }) => localId),
      packNumbers(transactions.map(({ ordinal }) => ordinal)),
      packBytes(transactions.map(({ content }) => content)),
      packWords(transactions.map(({ type }) => type)),
      packNumbers(transactions.map(({ amountMinor }) => amountMinor)),
      packNumbers(transactions.map(({ currency }) => currency)),
      transactions.map(({ sender }) => sender),
      transactions.map(({ receiver }) => receiver),
      packNumbers(transactions.map(({ payeeWallet }) => payeeWallet)),
      packWords(transactions.map(({ own }) => own)),
      packBytes(transactions.map(({ documentId }) => documentId)),
      packNumbers(transactions.map(({ item }) => item)),
      transactions.map(({ refused }) => refused ?? null),
      packTimes(transactions.map(({ initiatedAt }) => initiatedAt)),
    ],
  );
  return new Map(rows.map(({ id, local_id: localId }) => [localId, id]));
}

/** What a bundle listed; `same` is false where the number was taken by something else. */
export async function insertListed(
  tx: Tx,
  bundle: bigint,
  listed: readonly {
    readonly ordinal: number;
    readonly transaction: bigint;
    readonly same: boolean;
  }[],
): Promise<void> {
  await tx.query(
    `insert into bundle_transactions (bundle, ordinal, transaction, same)
     select $1, l.* from unnest($2::int[], $3::bigint[], $4::boolean[]) as l`,
    [
      bundle,
      packNumbers(listed.map(({ ordinal }) => ordinal)),
      packNumbers(listed.map(({ transaction }) => transaction)),
      packWords(listed.map(({ same }) => same)),
    ],
  );
}

/** By UTC day; the till's row is locked by the caller. */
export async function readCounts(
  tx: Tx,
  till: bigint,
  days: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.query<{ day: string; count: number }>(
    'select day, count from till_counters where till = $1 and day = any ($2::date[])',
    [till, days],
  );
  return new Map(rows.map(({ day, count }) => [day, count]));
}

export async function addCounts(
  tx: Tx,
  till: bigint,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  if (counts.size === 0) return;
  await tx.query(
    `insert into till_counters as c (till, day, count)
     select $1, a.day, a.count from unnest($2::date[], $3::int[]) as a (day, count)
     order by a.day
     on conflict (till, day) do update set count = c.count + excluded.count`,
    [till, [...counts.keys()], [...counts.values()]],
  );
}
