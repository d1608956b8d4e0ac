import type { Db, Tx } from '../../db/index.ts';

/** What a challenge is signed for. */
export type PasskeyPurpose = 'register' | 'step_up' | 'login';

export interface PasskeyRecord {
  readonly credentialId: Uint8Array;
  readonly accountId: bigint;
  /** COSE_Key. */
  readonly publicKey: Uint8Array;
  readonly counter: bigint;
  readonly transports: readonly string[];
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

export async function readPasskeys(db: Db, accountId: bigint): Promise<readonly PasskeyRecord[]> {
  const { rows } = await db.query<PasskeyRecord>(
    `select credential_id as "credentialId", account_id as "accountId", public_key as "publicKey",
            counter, transports, name, created_at as "createdAt", last_used_at as "lastUsedAt"
       from passkeys
      where account_id = $1
      order by created_at, credential_id`,
    [accountId],
  );
  return rows;
}

/** Two that add at once count each other: the account's row is locked. */
export async function lockPasskeysOf(tx: Tx, accountId: bigint): Promise<void> {
  await tx.query(`select from accounts where id = $1 for no key update`, [accountId]);
}

/** False where the credential is somebody's already. */
export async function insertPasskey(
  tx: Tx,
  passkey: Omit<PasskeyRecord, 'lastUsedAt'>,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into passkeys
       (credential_id, account_id, public_key, counter, transports, name, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (credential_id) do nothing`,
    [
      passkey.credentialId,
      passkey.accountId,
      passkey.publicKey,
      passkey.counter,
      passkey.transports,
      passkey.name,
      passkey.createdAt,
    ],
  );
  return rowCount === 1;
}

/** False where it was used meanwhile, or is gone. */
export async function updateCounter(
  db: Db,
  used: {
    readonly credentialId: Uint8Array;
    readonly from: bigint;
    readonly to: bigint;
    readonly at: Date;
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update passkeys set counter = $3, last_used_at = $4
      where credential_id = $1 and counter = $2`,
    [used.credentialId, used.from, used.to, used.at],
  );
  return rowCount === 1;
}

export async function deletePasskey(
  tx: Tx,
  accountId: bigint,
  credentialId: Uint8Array,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `delete from passkeys where account_id = $1 and credential_id = $2`,
    [accountId, credentialId],
  );
  return rowCount === 1;
}

/** Everything of one account, when it is erased. */
export async function deletePasskeysOf(tx: Tx, accountId: bigint): Promise<void> {
  await tx.query(`delete from passkey_challenges where account_id = $1`, [accountId]);
  await tx.query(`delete from passkeys where account_id = $1`, [accountId]);
}

/** Takes those away that are over. */
export async function insertChallenge(
  db: Db,
  challenge: {
    readonly challenge: Uint8Array;
    readonly accountId: bigint;
    readonly purpose: PasskeyPurpose;
    readonly now: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await db.query(`delete from passkey_challenges where expires_at < $1`, [challenge.now]);
  await db.query(
    `insert into passkey_challenges (challenge, account_id, purpose, expires_at)
     values ($1, $2, $3, $4)`,
    [challenge.challenge, challenge.accountId, challenge.purpose, challenge.expiresAt],
  );
}

/** False where it was made for another account or purpose, has been used, or is over. */
export async function useChallenge(
  db: Db,
  used: {
    readonly challenge: Uint8Array;
    readonly accountId: bigint;
    readonly purpose: PasskeyPurpose;
    readonly now: Date;
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update passkey_challenges set used_at = $4
      where challenge = $1 and account_id = $2 and purpose = $3
        and used_at is null and expires_at > $4`,
    [used.challenge, used.accountId, used.purpose, used.now],
  );
  return rowCount === 1;
}

/** Whose login this is: the password was right, and the second factor is still to be proved. */
export async function readLogin(
  db: Db,
  login: { readonly id: Uint8Array; readonly fingerprint: Uint8Array; readonly now: Date },
): Promise<bigint | undefined> {
  const { rows } = await db.query<{ accountId: bigint }>(
    `select account_id as "accountId" from otp_challenges
      where id = $1 and purpose = 'login' and fingerprint = $2 and account_id is not null
        and used_at is null and attempts < 5 and expires_at > $3`,
    [login.id, login.fingerprint, login.now],
  );
  return rows[0]?.accountId;
}

/** Uses it up, so that its code is good for nothing more. False where that has happened. */
export async function useLogin(tx: Tx, id: Uint8Array, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update otp_challenges set used_at = $2
      where id = $1 and purpose = 'login' and used_at is null`,
    [id, at],
  );
  return rowCount === 1;
}
