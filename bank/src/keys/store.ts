import type { Suite } from '@sikka/protocol';
import type { Db, Tx } from '../db/index.ts';

export interface IssuerKeyRow {
  readonly number: number;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly from: Date;
  readonly until: Date;
  readonly retiredAt: Date | undefined;
}

export interface SealedIssuerKey {
  readonly number: number;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly sealed: Uint8Array;
}

interface IssuerKeyColumns {
  readonly number: number;
  readonly suite: Suite;
  readonly public_key: Uint8Array;
  readonly valid_from: Date;
  readonly valid_until: Date;
  readonly retired_at: Date | null;
}

export async function readIssuerKeys(db: Db): Promise<readonly IssuerKeyRow[]> {
  const { rows } = await db.query<IssuerKeyColumns>(
    `select number, suite, public_key, valid_from, valid_until, retired_at
       from issuer_keys
      order by number`,
  );
  return rows.map(issuerKeyOf);
}

/**
 * Locks: all issuer keys, by number. Two statements, because rows that were added while waiting
 * are seen only by the next one.
 */
export async function lockIssuerKeys(tx: Tx): Promise<readonly IssuerKeyRow[]> {
  await tx.query(`select number from issuer_keys order by number for update`);
  return readIssuerKeys(tx);
}

function issuerKeyOf(row: IssuerKeyColumns): IssuerKeyRow {
  return {
    number: row.number,
    suite: row.suite,
    publicKey: row.public_key,
    from: row.valid_from,
    until: row.valid_until,
    retiredAt: row.retired_at ?? undefined,
  };
}

export interface NewIssuerKey extends SealedIssuerKey {
  readonly vault: string;
  readonly createdAt: Date;
  readonly from: Date;
  readonly until: Date;
}

/** False where another transaction made a key of this number first. */
export async function insertIssuerKey(tx: Tx, key: NewIssuerKey): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into issuer_keys
       (number, suite, public_key, sealed_private, vault, created_at, valid_from, valid_until)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (number) do nothing`,
    [
      key.number,
      key.suite,
      key.publicKey,
      key.sealed,
      key.vault,
      key.createdAt,
      key.from,
      key.until,
    ],
  );
  return rowCount === 1;
}

export async function retireIssuerKeys(
  tx: Tx,
  { before, at }: { readonly before: number; readonly at: Date },
): Promise<void> {
  await tx.query(
    `update issuer_keys set retired_at = $2 where number < $1 and retired_at is null`,
    [before, at],
  );
}

/** The newest key that may sign at this time. */
export async function readSigningKey(db: Db, now: Date): Promise<SealedIssuerKey | undefined> {
  const { rows } = await db.query<SealedIssuerKey>(
    `select number, suite, public_key as "publicKey", sealed_private as sealed
       from issuer_keys
      where retired_at is null and valid_from <= $1 and valid_until >= $1
      order by number desc
      limit 1`,
    [now],
  );
  return rows[0];
}

export interface SealingKeyRow {
  readonly number: number;
  readonly publicKey: Uint8Array;
  readonly from: Date;
  readonly until: Date;
  readonly retiredAt: Date | undefined;
}

export async function readSealingKeys(db: Db): Promise<readonly SealingKeyRow[]> {
  const { rows } = await db.query<Omit<IssuerKeyColumns, 'suite'>>(
    `select number, public_key, valid_from, valid_until, retired_at
       from sealing_keys
      order by number`,
  );
  return rows.map((row) => ({
    number: row.number,
    publicKey: row.public_key,
    from: row.valid_from,
    until: row.valid_until,
    retiredAt: row.retired_at ?? undefined,
  }));
}

/** Locks: all sealing keys, by number, as `lockIssuerKeys` does. */
export async function lockSealingKeys(tx: Tx): Promise<readonly SealingKeyRow[]> {
  await tx.query(`select number from sealing_keys order by number for update`);
  return readSealingKeys(tx);
}

export interface NewSealingKey {
  readonly number: number;
  readonly publicKey: Uint8Array;
  readonly sealed: Uint8Array;
  readonly vault: string;
  readonly from: Date;
  readonly until: Date;
}

/** False where another transaction made a key of this number first. */
export async function insertSealingKey(tx: Tx, key: NewSealingKey): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into sealing_keys
       (number, public_key, sealed_private, vault, created_at, valid_from, valid_until)
     values ($1, $2, $3, $4, $5, $5, $6)
     on conflict (number) do nothing`,
    [key.number, key.publicKey, key.sealed, key.vault, key.from, key.until],
  );
  return rowCount === 1;
}

export async function retireSealingKeys(
  tx: Tx,
  { before, at }: { readonly before: number; readonly at: Date },
): Promise<void> {
  await tx.query(
    `update sealing_keys set retired_at = $2 where number < $1 and retired_at is null`,
    [before, at],
  );
}

export async function readSealedSealingKeys(
  db: Db,
  number?: number,
): Promise<readonly Pick<NewSealingKey, 'number' | 'publicKey' | 'sealed'>[]> {
  const { rows } = await db.query<Pick<NewSealingKey, 'number' | 'publicKey' | 'sealed'>>(
    `select number, public_key as "publicKey", sealed_private as sealed
       from sealing_keys
      where $1::int is null or number = $1
      order by number`,
    [number],
  );
  return rows;
}

export async function readSecret(db: Db, name: string): Promise<Uint8Array | undefined> {
  const { rows } = await db.query<{ sealed: Uint8Array }>(
    `select sealed from bank_secrets where name = $1`,
    [name],
  );
  return rows[0]?.sealed;
}

/** Leaves the row alone where another process made this secret first. */
export async function insertSecret(
  db: Db,
  secret: {
    readonly name: string;
    readonly sealed: Uint8Array;
    readonly vault: string;
    readonly at: Date;
  },
): Promise<void> {
  await db.query(
    `insert into bank_secrets (name, sealed, vault, created_at)
     values ($1, $2, $3, $4)
     on conflict (name) do nothing`,
    [secret.name, secret.sealed, secret.vault, secret.at],
  );
}

/** Seals anew: `keys` runs them (SealedStatements). */
export const SEALED_ISSUER_KEYS = {
  count: `
    select count(*)::int as count from issuer_keys
    where substring(sealed_private from 1 for octet_length($1::bytea)) <> $1`,
  take: `
    select number as key, sealed_private as sealed, suite, public_key as "publicKey"
    from issuer_keys
    where substring(sealed_private from 1 for octet_length($1::bytea)) <> $1
      and ($2::int is null or number > $2)
    order by number limit $3 for no key update`,
  put: `update issuer_keys set sealed_private = $2, vault = $3 where number = $1`,
} as const;

/** Seals anew: `keys` runs them (SealedStatements). */
export const SEALED_SEALING_KEYS = {
  count: `
    select count(*)::int as count from sealing_keys
    where substring(sealed_private from 1 for octet_length($1::bytea)) <> $1`,
  take: `
    select number as key, sealed_private as sealed, public_key as "publicKey" from sealing_keys
    where substring(sealed_private from 1 for octet_length($1::bytea)) <> $1
      and ($2::int is null or number > $2)
    order by number limit $3 for no key update`,
  put: `update sealing_keys set sealed_private = $2, vault = $3 where number = $1`,
} as const;

/** Seals anew: `keys` runs them (SealedStatements). */
export const SEALED_SECRETS = {
  count: `
    select count(*)::int as count from bank_secrets
    where substring(sealed from 1 for octet_length($1::bytea)) <> $1`,
  take: `
    select name as key, sealed from bank_secrets
    where substring(sealed from 1 for octet_length($1::bytea)) <> $1
      and ($2::text is null or name > $2)
    order by name limit $3 for no key update`,
  put: `update bank_secrets set sealed = $2, vault = $3 where name = $1`,
} as const;
