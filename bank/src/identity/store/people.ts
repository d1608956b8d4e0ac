import type { Db, Tx } from '../../db/index.ts';

/** A row of personal_data that has not been erased. */
export interface SealedPerson {
  readonly accountId: bigint;
  readonly sealed: Uint8Array;
  readonly sealedKey: Uint8Array;
  readonly language: 'en' | 'ur';
  readonly emailVerifiedAt: Date | undefined;
  readonly phoneVerifiedAt: Date | undefined;
  /** Under what a verified number is found. */
  readonly phoneLookup: Uint8Array | undefined;
  readonly holdUntil: Date | undefined;
}

interface PersonRow {
  readonly account_id: bigint;
  readonly sealed: Buffer;
  readonly sealed_key: Buffer;
  readonly language: 'en' | 'ur';
  readonly email_verified_at: Date | null;
  readonly phone_verified_at: Date | null;
  readonly phone_lookup: Buffer | null;
  readonly hold_until: Date | null;
}

const PERSON_COLUMNS = `
  p.account_id, p.sealed, k.sealed as sealed_key, p.language, p.email_verified_at,
  p.phone_verified_at, p.phone_lookup, p.hold_until`;

/** Everybody who would write under this address waits here until the transaction ends. */
export async function lockLookup(tx: Tx, lookup: Uint8Array): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended(encode($1::bytea, 'hex'), 3))`, [
    lookup,
  ]);
}

export async function readIdByLookup(db: Db, lookup: Uint8Array): Promise<bigint | undefined> {
  const { rows } = await db.query<{ account_id: bigint }>(
    `select account_id from personal_data where email_lookup = $1`,
    [lookup],
  );
  return rows[0]?.account_id;
}

export async function readPerson(db: Db, accountId: bigint): Promise<SealedPerson | undefined> {
  const [person] = await readPeople(db, [accountId]);
  return person;
}

/** Those of them that there are and have not been erased. */
export async function readPeople(
  db: Db,
  accountIds: readonly bigint[],
): Promise<readonly SealedPerson[]> {
  const { rows } = await db.query<PersonRow>(
    `select ${PERSON_COLUMNS} from personal_data p
     join person_keys k on k.account_id = p.account_id
     where p.account_id = any ($1::bigint[]) and p.erased_at is null`,
    [accountIds],
  );
  return rows.map((row) => ({
    accountId: row.account_id,
    sealed: row.sealed,
    sealedKey: row.sealed_key,
    language: row.language,
    emailVerifiedAt: row.email_verified_at ?? undefined,
    phoneVerifiedAt: row.phone_verified_at ?? undefined,
    phoneLookup: row.phone_lookup === null ? undefined : new Uint8Array(row.phone_lookup),
    holdUntil: row.hold_until ?? undefined,
  }));
}

/** Waits for whoever is changing this person's data. */
export async function lockPerson(tx: Tx, accountId: bigint): Promise<void> {
  await tx.query(`select account_id from personal_data where account_id = $1 for no key update`, [
    accountId,
  ]);
}

export async function insertPerson(
  tx: Tx,
  person: {
    readonly accountId: bigint;
    readonly lookup: Uint8Array;
    readonly emailVerifiedAt: Date | undefined;
    readonly sealed: Uint8Array;
    readonly sealedKey: Uint8Array;
    readonly vault: string;
    readonly language: 'en' | 'ur';
  },
): Promise<void> {
  await tx.query(
    `insert into personal_data (account_id, email_lookup, email_verified_at, sealed, language)
     values ($1, $2, $3, $4, $5)`,
    [
      person.accountId,
      person.lookup,
      person.emailVerifiedAt ?? null,
      person.sealed,
      person.language,
    ],
  );
  await tx.query(`insert into person_keys (account_id, sealed, vault) values ($1, $2, $3)`, [
    person.accountId,
    person.sealedKey,
    person.vault,
  ]);
}

/** A verified number stays so only while the profile has it. */
export async function updatePerson(
  tx: Tx,
  accountId: bigint,
  change: {
    readonly lookup: Uint8Array;
    readonly phoneLookup: Uint8Array | undefined;
    readonly sealed: Uint8Array;
    readonly language: string;
  },
): Promise<void> {
  await tx.query(
    `update personal_data
     set email_lookup = $2, sealed = $3, language = $4,
       phone_lookup = case when phone_lookup = $5 then phone_lookup end,
       phone_verified_at = case when phone_lookup = $5 then phone_verified_at end
     where account_id = $1 and erased_at is null`,
    [accountId, change.lookup, change.sealed, change.language, change.phoneLookup ?? null],
  );
}

/** Whose verified number it is, however long ago that was. */
export async function readIdByPhone(db: Db, lookup: Uint8Array): Promise<bigint | undefined> {
  const { rows } = await db.query<{ account_id: bigint }>(
    `select account_id from personal_data where phone_lookup = $1`,
    [lookup],
  );
  return rows[0]?.account_id;
}

/** Accounts by the lookup in hex; without those whose number was verified before `since`. */
export async function readIdsByPhone(
  db: Db,
  lookups: readonly Uint8Array[],
  since: Date,
): Promise<ReadonlyMap<string, bigint>> {
  if (lookups.length === 0) return new Map();
  const { rows } = await db.query<{ lookup: string; account_id: bigint }>(
    `select encode(phone_lookup, 'hex') as lookup, account_id from personal_data
     where phone_lookup = any ($1::bytea[]) and phone_verified_at > $2`,
    [lookups, since],
  );
  return new Map(rows.map(({ lookup, account_id: accountId }) => [lookup, accountId]));
}

export async function updatePhone(
  tx: Tx,
  accountId: bigint,
  change: {
    readonly sealed: Uint8Array;
    readonly verified: { readonly lookup: Uint8Array; readonly at: Date } | undefined;
  },
): Promise<void> {
  const { sealed, verified } = change;
  await tx.query(
    `update personal_data set sealed = $2, phone_lookup = $3, phone_verified_at = $4
     where account_id = $1 and erased_at is null`,
    [accountId, sealed, verified?.lookup ?? null, verified?.at ?? null],
  );
}

export async function updateEmailVerified(tx: Tx, accountId: bigint, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update personal_data set email_verified_at = $2
     where account_id = $1 and email_verified_at is null and erased_at is null`,
    [accountId, at],
  );
  return rowCount > 0;
}

export async function updateHold(
  tx: Tx,
  accountId: bigint,
  until: Date | undefined,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update personal_data set hold_until = $2 where account_id = $1 and erased_at is null`,
    [accountId, until ?? null],
  );
  return rowCount > 0;
}

/** Forgets the key, what it sealed, and by which address the person was found. */
export async function erasePerson(tx: Tx, accountId: bigint, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update personal_data
     set email_lookup = null, email_verified_at = null, phone_lookup = null,
       phone_verified_at = null, sealed = null, erased_at = $2
     where account_id = $1 and erased_at is null`,
    [accountId, at],
  );
  await tx.query(`delete from person_keys where account_id = $1`, [accountId]);
  await tx.query(`delete from passwords where account_id = $1`, [accountId]);
  await tx.query(`delete from otp_challenges where account_id = $1`, [accountId]);
  return rowCount > 0;
}

export interface Leftover {
  readonly accountId: bigint;
  readonly email: string;
  readonly name: string;
  readonly phone: string | undefined;
  readonly createdAt: Date;
}

/** Accounts that still keep an address in the clear, locked. */
export async function takeLeftovers(tx: Tx, most: number): Promise<readonly Leftover[]> {
  const { rows } = await tx.query<{
    id: bigint;
    email: string;
    name: string | null;
    phone: string | null;
    created_at: Date;
  }>(
    `select id, email, name, phone, created_at from accounts
     where email is not null order by id limit $1 for no key update skip locked`,
    [most],
  );
  return rows.map(({ id, email, name, phone, created_at: createdAt }) => ({
    accountId: id,
    email,
    name: name ?? '',
    phone: phone ?? undefined,
    createdAt,
  }));
}

/** A name that nobody has verified goes as well. */
export async function clearLeftovers(tx: Tx, accountIds: readonly bigint[]): Promise<void> {
  await tx.query(
    `update accounts set email = null, phone = null,
       name = case when name_verified_at is null then null else name end
     where id = any ($1::bigint[])`,
    [accountIds],
  );
}

/** Seals anew: `keys` runs them (SealedStatements). */
export const SEALED_PERSON_KEYS = {
  count: `
    select count(*)::int as count from person_keys
    where substring(sealed from 1 for octet_length($1::bytea)) <> $1`,
  take: `
    select account_id as key, sealed from person_keys
    where substring(sealed from 1 for octet_length($1::bytea)) <> $1
      and ($2::bigint is null or account_id > $2)
    order by account_id limit $3 for no key update`,
  put: `update person_keys set sealed = $2, vault = $3 where account_id = $1`,
} as const;
