import type { WalletKey } from '@sikka/protocol';
import type { Db, Tx } from '../../db/index.ts';
import type {
  AskedNonce,
  KeyFacts,
  KeyPayer,
  KeyQuestion,
  KeyWindow,
  KnownKeys,
  KnownQuestion,
  SettledKeyPayment,
  TakenNonce,
} from '../facts.ts';
import { NO_KEY_FACTS, NO_KNOWN_KEYS, nonceKeyOf } from '../facts.ts';
import { keyOf } from '../keys.ts';
import { limits } from '../limits.ts';
import { bytesOf, packIds, packNumbers, secondsOf } from './packing.ts';

/** The ids packed in `$1`, one a row. */
const ASKED = `select substring($1::bytea from 32 * place + 1 for 32) as id
  from generate_series(0, octet_length($1::bytea) / 32 - 1) as place`;

/** Candidates only, read without locks: what a key is worth is read again under them. */
export async function readKnownKeys(db: Db, question: KnownQuestion['keys']): Promise<KnownKeys> {
  const { nonces, paymentIds } = question;
  if (nonces.length === 0) return NO_KNOWN_KEYS;
  return {
    byWallet: await readCandidates(db, walletsOf(nonces)),
    byNonce: await readFirstKeys(db, nonces),
    settled: await readSettledKeys(db, paymentIds),
  };
}

interface KeyRow {
  readonly wallet: bigint;
  readonly id: Buffer;
  readonly modulus: Buffer;
}

async function readCandidates(db: Db, wallets: readonly number[]): Promise<KnownKeys['byWallet']> {
  const { rows } = await db.query<KeyRow>(
    `select k.wallet, k.id, k.modulus
      from unnest($1::bigint[]) as asked (number)
      cross join lateral (
        (select wallet, id, modulus, retired_at from wallet_keys
          where wallet = asked.number and retired_at is null)
        union all
        (select wallet, id, modulus, retired_at from wallet_keys
          where wallet = asked.number and retired_at is not null
          order by retired_at desc limit $2)
      ) as k
      order by k.wallet, k.retired_at desc nulls first`,
    [packNumbers(wallets), limits.retiredKeysTried],
  );
  const found = new Map<number, WalletKey[]>();
  for (const row of rows) {
    const wallet = Number(row.wallet);
    found.set(wallet, [...(found.get(wallet) ?? []), keyOfRow(row)]);
  }
  return found;
}

async function readFirstKeys(db: Db, nonces: readonly AskedNonce[]): Promise<KnownKeys['byNonce']> {
  const { rows } = await db.query<KeyRow & { readonly nonce: string }>(
    `select p.payer_wallet as wallet, p.nonce, k.id, k.modulus
      from unnest($1::bigint[], $2::text[]) as asked (wallet, nonce)
      join key_payments as p on p.payer_wallet = asked.wallet and p.nonce = asked.nonce
      join wallet_keys as k on k.id = p.key_id`,
    packNonces(nonces),
  );
  return new Map(
    rows.map((row) => [
      nonceKeyOf({ wallet: Number(row.wallet), nonce: row.nonce }),
      keyOfRow(row),
    ]),
  );
}

function keyOfRow({ id, modulus }: KeyRow): WalletKey {
  return { id: bytesOf(id), modulus: bytesOf(modulus) };
}

/**
 * Locks the wallets that would pay, in order of number: whoever registers or retires a key, takes
 * a nonce or changes the wallet's status does so under the same lock.
 */
export async function lockKeyWallets(tx: Tx, { nonces }: KeyQuestion): Promise<void> {
  if (nonces.length === 0) return;
  await tx.query(
    `select number from wallets where number = any ($1::bigint[])
      order by number for no key update`,
    [packNumbers(walletsOf(nonces))],
  );
}

/** What deciding about payments by wallet keys needs. Nothing is read where there are none. */
export async function readKeyFacts(
  db: Db,
  question: KeyQuestion,
  uploadId: bigint | undefined,
): Promise<KeyFacts> {
  const { keyIds, nonces, paymentIds } = question;
  if (nonces.length === 0) return NO_KEY_FACTS;
  return {
    payers: await readKeyPayers(db, walletsOf(nonces)),
    keys: await readWindows(db, keyIds),
    taken: await readTaken(db, nonces),
    settled: await readSettledKeys(db, paymentIds),
    refusedBefore: await readRefusedPlaces(db, uploadId),
  };
}

interface PayerRow {
  readonly number: bigint;
  readonly account_id: bigint;
  readonly owner: string;
  readonly ledger_account: bigint;
  readonly kind: KeyPayer['kind'];
  readonly currency: number;
  readonly active: boolean;
  readonly account_active: boolean;
  readonly blocked_at: Date | null;
}

async function readKeyPayers(db: Db, wallets: readonly number[]): Promise<KeyFacts['payers']> {
  const { rows } = await db.query<PayerRow>(
    `select w.number, w.account_id, a.public_id as owner, w.ledger_account, w.kind, w.currency,
        w.status = 'active' as active, a.status = 'active' as account_active, a.blocked_at
      from wallets as w join accounts as a on a.id = w.account_id
      where w.number = any ($1::bigint[])`,
    [packNumbers(wallets)],
  );
  return new Map(rows.map((row) => [Number(row.number), payerOf(row)]));
}

function payerOf(row: PayerRow): KeyPayer {
  return {
    accountId: row.account_id,
    owner: row.owner,
    account: row.ledger_account,
    kind: row.kind,
    currency: row.currency,
    active: row.active,
    accountActive: row.account_active,
    blockedAt: row.blocked_at === null ? -Infinity : secondsOf(row.blocked_at),
  };
}

interface WindowRow {
  readonly id: Buffer;
  readonly wallet: bigint;
  readonly owner: string;
  readonly created_at: Date;
  readonly retired_at: Date | null;
}

async function readWindows(db: Db, ids: readonly Uint8Array[]): Promise<KeyFacts['keys']> {
  const { rows } = await db.query<WindowRow>(
    `select k.id, k.wallet, a.public_id as owner, k.created_at, k.retired_at
      from wallet_keys as k
      join wallets as w on w.number = k.wallet
      join accounts as a on a.id = w.account_id
      where k.id in (select asked.id from (${ASKED}) as asked)`,
    [packIds(ids)],
  );
  return new Map(rows.map((row) => [keyOf(bytesOf(row.id)), windowOf(row)]));
}

function windowOf({ wallet, owner, created_at: from, retired_at: until }: WindowRow): KeyWindow {
  return {
    wallet: Number(wallet),
    owner,
    from: secondsOf(from),
    until: until === null ? undefined : secondsOf(until),
  };
}

interface TakenRow {
  readonly payer_wallet: bigint;
  readonly nonce: string;
  readonly payment_id: Buffer;
  readonly received_at: Date;
  readonly by_session: boolean;
}

async function readTaken(db: Db, nonces: readonly AskedNonce[]): Promise<KeyFacts['taken']> {
  const { rows } = await db.query<TakenRow>(
    `select p.payer_wallet, p.nonce, p.payment_id, p.received_at,
        p.stored_by = 'sign_and_store' as by_session
      from unnest($1::bigint[], $2::text[]) as asked (wallet, nonce)
      join key_payments as p on p.payer_wallet = asked.wallet and p.nonce = asked.nonce`,
    packNonces(nonces),
  );
  return new Map(
    rows.map((row): [string, TakenNonce] => [
      nonceKeyOf({ wallet: Number(row.payer_wallet), nonce: row.nonce }),
      {
        paymentId: bytesOf(row.payment_id),
        receivedAt: secondsOf(row.received_at),
        bySession: row.by_session,
      },
    ]),
  );
}

/** Of rows `s` of settled_key_payments. */
export const SETTLED_KEY_COLUMNS = `s.payment_id, s.payer_wallet, s.amount, s.currency,
  s.payee_wallet, s.settled_at, s.item_sha256`;

export interface SettledKeyRow {
  readonly payment_id: Buffer;
  readonly payer_wallet: bigint;
  readonly amount: bigint;
  readonly currency: number;
  readonly payee_wallet: bigint;
  readonly settled_at: Date;
  readonly item_sha256: Buffer;
}

async function readSettledKeys(db: Db, ids: readonly Uint8Array[]): Promise<KnownKeys['settled']> {
  const { rows } = await db.query<SettledKeyRow>(
    `select ${SETTLED_KEY_COLUMNS}
      from (${ASKED}) as asked join settled_key_payments as s on s.payment_id = asked.id`,
    [packIds(ids)],
  );
  return new Map(rows.map((row) => [keyOf(bytesOf(row.payment_id)), settledKeyOf(row)]));
}

export function settledKeyOf(row: SettledKeyRow): SettledKeyPayment {
  return {
    id: bytesOf(row.payment_id),
    payerWallet: Number(row.payer_wallet),
    amountMinor: row.amount,
    currency: row.currency,
    payeeWallet: Number(row.payee_wallet),
    settledAt: secondsOf(row.settled_at),
    sha256: bytesOf(row.item_sha256),
  };
}

async function readRefusedPlaces(
  db: Db,
  uploadId: bigint | undefined,
): Promise<KeyFacts['refusedBefore']> {
  if (uploadId === undefined) return NO_KEY_FACTS.refusedBefore;
  const { rows } = await db.query<{ readonly item: number }>(
    `select distinct item from rejected_items where upload_id = $1 and kind = 'key_payment'`,
    [uploadId],
  );
  return new Set(rows.map(({ item }) => item));
}

function walletsOf(nonces: readonly AskedNonce[]): readonly number[] {
  return [...new Set(nonces.map(({ wallet }) => wallet))];
}

function packNonces(nonces: readonly AskedNonce[]): readonly unknown[] {
  const distinct = [...new Map(nonces.map((each) => [nonceKeyOf(each), each])).values()];
  return [packNumbers(distinct.map(({ wallet }) => wallet)), distinct.map(({ nonce }) => nonce)];
}
