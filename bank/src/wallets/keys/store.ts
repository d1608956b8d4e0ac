import { hex } from '@sikka/protocol';
import type { Db, Tx } from '../../db/index.ts';
import { limits } from './limits.ts';
import type { WalletKeyRecord } from './records.ts';

interface KeyRow {
  readonly id: Buffer;
  readonly wallet: bigint;
  readonly modulus: Buffer;
  readonly origin: WalletKeyRecord['origin'];
  readonly in_escrow: boolean;
  readonly proved_at: Date | null;
  readonly created_at: Date;
  readonly retired_at: Date | null;
}

const COLUMNS = `
  k.id, k.wallet, k.modulus, k.origin, k.sealed_private is not null as in_escrow, k.proved_at,
  k.created_at, k.retired_at`;

export async function readKeysOf(
  db: Db,
  wallets: readonly number[],
): Promise<readonly WalletKeyRecord[]> {
  const { rows } = await db.query<KeyRow>(
    `select ${COLUMNS}
     from unnest($1::bigint[]) as asked (number)
     cross join lateral (
       (select * from wallet_keys where wallet = asked.number and retired_at is null)
       union all
       (select * from wallet_keys where wallet = asked.number and retired_at is not null
         order by retired_at desc, created_at desc limit $2)
     ) as k
     order by k.wallet, k.retired_at desc nulls first, k.created_at desc`,
    [[...new Set(wallets)], limits.retiredKeysTried],
  );
  return rows.map(recordOf);
}

export async function readLiveKey(db: Db, wallet: number): Promise<WalletKeyRecord | undefined> {
  const { rows } = await db.query<KeyRow>(
    `select ${COLUMNS} from wallet_keys as k where k.wallet = $1 and k.retired_at is null`,
    [wallet],
  );
  return rows.map(recordOf)[0];
}

export async function readKey(db: Db, id: Uint8Array): Promise<WalletKeyRecord | undefined> {
  const { rows } = await db.query<KeyRow>(
    `select ${COLUMNS} from wallet_keys as k where k.id = $1`,
    [id],
  );
  return rows.map(recordOf)[0];
}

export async function readOwnersOfKeys(
  db: Db,
  ids: readonly Uint8Array[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ id: Buffer; wallet: bigint }>(
    'select id, wallet from wallet_keys where id = any($1::bytea[])',
    [ids],
  );
  return new Map(rows.map(({ id, wallet }) => [hex(id), Number(wallet)]));
}

export interface NewKey {
  readonly id: Uint8Array;
  readonly wallet: number;
  readonly modulus: Uint8Array;
  readonly origin: WalletKeyRecord['origin'];
  readonly provedAt: Date | undefined;
  readonly sealed: { readonly bytes: Uint8Array; readonly vault: string } | undefined;
  readonly at: Date;
}

/** False where the key is known already, or the wallet has a live one. */
export async function insertKey(tx: Tx, key: NewKey): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into wallet_keys
       (id, wallet, modulus, origin, proved_at, sealed_private, vault, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict do nothing`,
    [
      key.id,
      key.wallet,
      key.modulus,
      key.origin,
      key.provedAt ?? null,
      key.sealed?.bytes ?? null,
      key.sealed?.vault ?? null,
      key.at,
    ],
  );
  return rowCount === 1;
}

export interface LockedWallet {
  readonly kind: 'current' | 'offline';
  readonly currency: number;
  readonly ledgerAccount: bigint;
}

/**
 * Serialises what happens to a wallet's keys, and settlement with them: the first lock of all.
 * Undefined where the wallet is not this account's.
 */
export async function lockOwnWallet(
  tx: Tx,
  own: { readonly wallet: number; readonly accountId: bigint },
): Promise<LockedWallet | undefined> {
  const { rows } = await tx.query<{
    kind: LockedWallet['kind'];
    currency: number;
    ledger_account: bigint;
  }>(
    `select kind, currency, ledger_account from wallets
     where number = $1 and account_id = $2 for no key update`,
    [own.wallet, own.accountId],
  );
  return rows.map((row) => ({
    kind: row.kind,
    currency: row.currency,
    ledgerAccount: row.ledger_account,
  }))[0];
}

/** Ledger accounts of all wallets that an account has in a currency. */
export async function readAccounts(
  db: Db,
  accountId: bigint,
  currency: number,
): Promise<readonly bigint[]> {
  const { rows } = await db.query<{ ledger_account: bigint }>(
    'select ledger_account from wallets where account_id = $1 and currency = $2',
    [accountId, currency],
  );
  return rows.map((row) => row.ledger_account);
}

/** Its authority ends now, and its private half is destroyed. */
export async function retireKey(
  tx: Tx,
  id: Uint8Array,
  { reason, at }: { readonly reason: string; readonly at: Date },
): Promise<void> {
  await tx.query(
    `update wallet_keys
     set retired_at = $2, retired_reason = $3, sealed_private = null, vault = null
     where id = $1 and retired_at is null`,
    [id, at, reason],
  );
}

/**
 * Keys of an account's devices whose possession was never shown retire; how many. The wallets'
 * rows are locked first, as by whatever changes a key.
 */
export async function retireUnproved(
  tx: Tx,
  accountId: bigint,
  { reason, at }: { readonly reason: string; readonly at: Date },
): Promise<number> {
  await tx.query(
    'select number from wallets where account_id = $1 order by number for no key update',
    [accountId],
  );
  const { rowCount } = await tx.query(
    `update wallet_keys as k set retired_at = $2, retired_reason = $3
     from wallets as w
     where w.number = k.wallet and w.account_id = $1 and k.retired_at is null
       and k.origin = 'device' and k.proved_at is null`,
    [accountId, at, reason],
  );
  return rowCount ?? 0;
}

/** The private half is gone; the key goes on. */
export async function destroyPrivate(tx: Tx, id: Uint8Array): Promise<void> {
  await tx.query('update wallet_keys set sealed_private = null, vault = null where id = $1', [id]);
}

export async function markProved(tx: Tx, id: Uint8Array, at: Date): Promise<void> {
  await tx.query('update wallet_keys set proved_at = $2 where id = $1 and proved_at is null', [
    id,
    at,
  ]);
}

export async function countRegistrations(tx: Tx, wallet: number, since: Date): Promise<number> {
  const { rows } = await tx.query<{ count: bigint }>(
    `select count(*) as count from wallet_keys
     where wallet = $1 and created_at > $2 and origin = 'device'`,
    [wallet, since],
  );
  return Number(rows[0]?.count ?? 0n);
}

export async function countReleases(tx: Tx, wallet: number, since: Date): Promise<number> {
  const { rows } = await tx.query<{ count: bigint }>(
    'select count(*) as count from wallet_key_releases where wallet = $1 and at > $2',
    [wallet, since],
  );
  return Number(rows[0]?.count ?? 0n);
}

export async function insertRelease(
  tx: Tx,
  release: { readonly key: Uint8Array; readonly wallet: number; readonly at: Date },
): Promise<void> {
  await tx.query('insert into wallet_key_releases (key_id, wallet, at) values ($1, $2, $3)', [
    release.key,
    release.wallet,
    release.at,
  ]);
}

/** The sealed private half; undefined where the bank has none. */
export async function readSealed(tx: Tx, id: Uint8Array): Promise<Uint8Array | undefined> {
  const { rows } = await tx.query<{ sealed_private: Buffer | null }>(
    'select sealed_private from wallet_keys where id = $1',
    [id],
  );
  return rows[0]?.sealed_private ?? undefined;
}

function recordOf(row: KeyRow): WalletKeyRecord {
  return {
    id: new Uint8Array(row.id),
    wallet: Number(row.wallet),
    modulus: new Uint8Array(row.modulus),
    origin: row.origin,
    inEscrow: row.in_escrow,
    proved: row.origin === 'escrow' || row.proved_at !== null,
    createdAt: row.created_at,
    retiredAt: row.retired_at ?? undefined,
  };
}

/** Seals anew: `keys` runs them (SealedStatements). */
export const SEALED_WALLET_KEYS = {
  count: `
    select count(*)::int as count from wallet_keys
    where substring(sealed_private from 1 for octet_length($1::bytea)) <> $1`,
  take: `
    select id as key, sealed_private as sealed from wallet_keys
    where substring(sealed_private from 1 for octet_length($1::bytea)) <> $1
      and ($2::bytea is null or id > $2)
    order by id limit $3 for no key update`,
  put: `update wallet_keys set sealed_private = $2, vault = $3 where id = $1`,
} as const;
