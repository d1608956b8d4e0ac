import type { Db, Tx } from '../../db/index.ts';

/** Rows of what older clients say beside their payments (migration 0017). */

export interface HeadRow {
  /** Lower-case hex of the fingerprint's hash. */
  readonly fingerprint: string;
  readonly sequence: bigint;
  /** Lower-case hex. */
  readonly entry: string;
}

/** One at a time a person: two uploads at once extend one chain one after the other. */
export async function lockChains(tx: Tx, accountId: bigint): Promise<void> {
  await tx.query('select from accounts where id = $1 for no key update', [accountId]);
}

/** The last entry of each of these chains that has one. */
export async function readHeads(
  db: Db,
  accountId: bigint,
  fingerprints: readonly string[],
): Promise<readonly HeadRow[]> {
  const { rows } = await db.query<HeadRow>(
    `select encode(asked.fingerprint, 'hex') as fingerprint, last.sequence,
       encode(last.entry_hash, 'hex') as entry
     from (select decode(unnest($2::text[]), 'hex') as fingerprint) as asked
     cross join lateral (
       select sequence, entry_hash from chain_entries
       where account_id = $1 and fingerprint = asked.fingerprint
       order by sequence desc limit 1
     ) as last`,
    [accountId, fingerprints],
  );
  return rows;
}

export interface EntryRow {
  /** All of them lower-case hex. */
  readonly fingerprint: string;
  readonly entry: string;
  readonly canonicalSha256: string;
}

/** Those of these entry hashes that were taken before. */
export async function readEntries(
  db: Db,
  accountId: bigint,
  entries: readonly string[],
): Promise<readonly EntryRow[]> {
  const { rows } = await db.query<{ fingerprint: string; entry: string; canonical: string }>(
    `select encode(fingerprint, 'hex') as fingerprint, encode(entry_hash, 'hex') as entry,
       encode(canonical_sha256, 'hex') as canonical
     from chain_entries
     where account_id = $1
       and entry_hash in (select decode(hash, 'hex') from unnest($2::text[]) as hash)`,
    [accountId, entries],
  );
  return rows.map(({ canonical, ...row }) => ({ ...row, canonicalSha256: canonical }));
}

export interface NewEntry extends EntryRow {
  readonly sequence: bigint;
  readonly previous: string;
}

export async function insertEntries(
  tx: Tx,
  accountId: bigint,
  entries: readonly NewEntry[],
  at: Date,
): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(
    `insert into chain_entries
       (account_id, fingerprint, sequence, prev_hash, entry_hash, canonical_sha256, at)
     select $1, decode(e.fingerprint, 'hex'), e.sequence, decode(e.previous, 'hex'),
       decode(e.entry, 'hex'), decode(e.canonical, 'hex'), $7
     from unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[])
       as e (fingerprint, sequence, previous, entry, canonical)`,
    [
      accountId,
      entries.map(({ fingerprint }) => fingerprint),
      entries.map(({ sequence }) => sequence),
      entries.map(({ previous }) => previous),
      entries.map(({ entry }) => entry),
      entries.map(({ canonicalSha256 }) => canonicalSha256),
      at,
    ],
  );
}

export interface NewAttestation {
  readonly accountId: bigint;
  readonly receiverWallet: number;
  readonly nonce: string;
  readonly payerId: string;
  readonly txId: string;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly keyId: Uint8Array;
  readonly text: string;
  readonly signature: Uint8Array;
  readonly contentSha256: Uint8Array;
}

/** The content hash that is kept under this wallet, payer and nonce: this one's, or the first's. */
export async function keepAttestation(
  db: Db,
  attestation: NewAttestation,
  at: Date,
): Promise<Uint8Array> {
  const { receiverWallet, payerId, nonce } = attestation;
  await db.query(
    `insert into receiver_attestations (account_id, receiver_wallet, nonce, payer_id, tx_id,
       amount, currency, key_id, text, signature, content_sha256, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (receiver_wallet, payer_id, nonce) do nothing`,
    [
      attestation.accountId,
      receiverWallet,
      nonce,
      payerId,
      attestation.txId,
      attestation.amountMinor,
      attestation.currency,
      attestation.keyId,
      Buffer.from(attestation.text),
      attestation.signature,
      attestation.contentSha256,
      at,
    ],
  );
  const { rows } = await db.query<{ content_sha256: Buffer }>(
    `select content_sha256 from receiver_attestations
     where receiver_wallet = $1 and payer_id = $2 and nonce = $3`,
    [receiverWallet, payerId, nonce],
  );
  if (rows[0] === undefined) throw new Error('An attestation that was kept is not there.');
  return new Uint8Array(rows[0].content_sha256);
}

/** The numbers under which older clients know payments, by payment id in lower-case hex. */
export async function readIds(
  db: Db,
  paymentIds: readonly Uint8Array[],
): Promise<ReadonlyMap<string, number>> {
  if (paymentIds.length === 0) return new Map();
  const { rows } = await db.query<{ payment_id: string; id: bigint }>(
    `select encode(payment_id, 'hex') as payment_id, id from key_payments
     where payment_id = any($1::bytea[])`,
    [paymentIds],
  );
  return new Map(rows.map(({ payment_id: paymentId, id }) => [paymentId, Number(id)]));
}

/** Those of these payments, in lower-case hex, that the bank holds and has not refused for ever. */
export async function readOpen(
  db: Db,
  paymentIds: readonly Uint8Array[],
): Promise<ReadonlySet<string>> {
  if (paymentIds.length === 0) return new Set();
  const { rows } = await db.query<{ payment_id: string }>(
    `select encode(k.payment_id, 'hex') as payment_id from key_payments as k
     where k.payment_id = any($1::bytea[])
       and not exists (select from rejected_items as r where r.document_id = k.payment_id)`,
    [paymentIds],
  );
  return new Set(rows.map(({ payment_id: paymentId }) => paymentId));
}

export interface Details {
  readonly covered: 'six' | 'whole';
  readonly confirmedAt: Date | undefined;
}

/** What settlement does not say of these payments, by their numbers. */
export async function readDetails(
  db: Db,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, Details>> {
  const { rows } = await db.query<{
    id: bigint;
    covered: Details['covered'];
    confirmed_at: Date | null;
  }>(
    `select k.id, k.covered, c.at as confirmed_at
     from key_payments as k left join offline_confirmations as c on c.key_payment = k.id
     where k.id = any($1::bigint[])`,
    [ids],
  );
  return new Map(
    rows.map((row) => [
      row.id,
      { covered: row.covered, confirmedAt: row.confirmed_at ?? undefined },
    ]),
  );
}

/** The first confirmation stays. */
export async function insertConfirmation(
  tx: Tx,
  confirmation: { readonly id: bigint; readonly accountId: bigint; readonly at: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into offline_confirmations (key_payment, by_account, at) values ($1, $2, $3)
     on conflict (key_payment) do nothing`,
    [confirmation.id, confirmation.accountId, confirmation.at],
  );
  return rowCount === 1;
}

/** What is known of one nonce from both sides. */
export interface HistoryRow {
  readonly nonce: string;
  readonly txId: string | undefined;
  readonly amountMinor: bigint;
  readonly currency: number;
  readonly isPayer: boolean;
  /** Public ids. */
  readonly payer: string | undefined;
  readonly payee: string | undefined;
  readonly payment: bigint | undefined;
  readonly attestation: bigint | undefined;
  /** When the payer's payment was handed in, by whoever did. */
  readonly paymentAt: Date | undefined;
  readonly settledAt: Date | undefined;
  readonly attestedAt: Date | undefined;
}

/**
 * Payments of this person with what their payee attested of them, and this person's attestations of
 * payments that the bank has not got. An attestation is linked where its nonce is the payment's and
 * its author is the payment's payee: what strangers attest about somebody is shown to nobody.
 */
export async function readHistory(
  db: Db,
  accountId: bigint,
  most: number,
): Promise<readonly HistoryRow[]> {
  const { rows } = await db.query<{
    nonce: string;
    tx_id: string | null;
    amount: bigint;
    currency: number;
    is_payer: boolean;
    payer: string | null;
    payee: string | null;
    payment: bigint | null;
    attestation: bigint | null;
    payment_at: Date | null;
    settled_at: Date | null;
    attested_at: Date | null;
  }>(HISTORY, [accountId, most]);
  return rows.map((row) => ({
    nonce: row.nonce,
    txId: row.tx_id ?? undefined,
    amountMinor: row.amount,
    currency: row.currency,
    isPayer: row.is_payer,
    payer: row.payer ?? undefined,
    payee: row.payee ?? undefined,
    payment: row.payment ?? undefined,
    attestation: row.attestation ?? undefined,
    paymentAt: row.payment_at ?? undefined,
    settledAt: row.settled_at ?? undefined,
    attestedAt: row.attested_at ?? undefined,
  }));
}

/** `between`: see `selectKeyPaymentsOf` of settlement. */
const HISTORY = `
  with own as (select number from wallets where account_id = $1),
   paid as (
     (select k.id from key_payments as k where k.payer_account = $1 order by k.id desc limit $2)
     union
     (select part.id from own cross join lateral (
       select k.id from key_payments as k where k.payee_wallet between own.number and own.number
       order by k.payee_wallet desc, k.id desc limit $2
     ) as part)
     union
     (select part.key_payment from own cross join lateral (
       select late.key_payment from settled_key_payments as late
       where late.payee_wallet between own.number and own.number
       order by late.payee_wallet desc, late.key_payment desc limit $2
     ) as part)
   ),
   both_sides as (
     select k.nonce, a.tx_id, k.amount, k.currency, k.payer_account = $1 as is_payer,
       payer.public_id as payer, payee.public_id as payee, k.id as payment, a.id as attestation,
       k.received_at as payment_at, s.settled_at, a.received_at as attested_at
     from key_payments as k join accounts as payer on payer.id = k.payer_account
     left join settled_key_payments as s on s.key_payment = k.id
     left join wallets as w on w.number = coalesce(s.payee_wallet, k.payee_wallet)
     left join accounts as payee on payee.id = w.account_id
     left join lateral (
       select a.id, a.tx_id, a.received_at from receiver_attestations as a
       where a.nonce = k.nonce and a.account_id = w.account_id and a.payer_id = payer.public_id
       order by a.id limit 1
     ) as a on true
     where k.id in (select id from paid)
   ),
   alone as (
     select a.nonce, a.tx_id, a.amount, a.currency, false as is_payer, a.payer_id as payer,
       me.public_id as payee, null::bigint as payment, a.id as attestation,
       null::timestamptz as payment_at, null::timestamptz as settled_at, a.received_at
     from receiver_attestations as a join accounts as me on me.id = a.account_id
     where a.account_id = $1
       and not exists (
         select from key_payments as k join accounts as payer on payer.id = k.payer_account
         left join settled_key_payments as s on s.key_payment = k.id
         join wallets as w on w.number = coalesce(s.payee_wallet, k.payee_wallet)
         where k.nonce = a.nonce and w.account_id = $1 and payer.public_id = a.payer_id
       )
     order by a.id desc limit $2
   )
   select nonce, tx_id, amount, currency, is_payer, payer, payee, payment, attestation,
     payment_at, settled_at, attested_at
   from (select * from both_sides union all select * from alone) as entries
   order by greatest(payment_at, attested_at) desc, payment desc, attestation desc limit $2`;
